"""The last word: several shops are asked at once for their best offer, each on its own."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission, Side
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.states import WrongState, move
from marketplace.core.templatetags.formats import moment_text
from quotes import events, rules
from quotes.actions.talks import end_counters, record_talk
from quotes.models import BestAndFinal, Quote
from quotes.queries import lock_quote, lock_rfq, waiting_awards
from quotes.queries.negotiation import end_of_validity
from quotes.states import BEST_AND_FINAL, BestAndFinalState

MAX_ASKED = 100


@transaction.atomic
def ask_best_and_final(
    *, actor: Actor, rfq_id: str, quote_ids: Collection[str], due_at: datetime, message: str = ""
) -> list[BestAndFinal]:
    """Ask the shops of these quotes for their best and final offer until `due_at`, all or none.

    Each is asked in a row and by a mail of its own that say nothing of the others; an open
    counter-offer on its quote ends. Raises NotFound, NotAllowed, WrongState when a quote is not
    submitted, was asked already or an award waits, DomainError for a moment that cannot be.
    """
    rfq = lock_rfq(rfq_id)
    rules.check_owns(actor, rfq, Permission.AWARD)
    chosen = sorted(set(quote_ids))
    if not chosen or len(chosen) > MAX_ASKED:
        sentence = "Choose at least one quote." if not chosen else "Choose at most 100 quotes."
        raise DomainError(sentence, fields={"quotes": sentence})
    rules.check_nothing_waits(waiting_awards(rfq))
    quotes = [_asked(rfq_id, public_id) for public_id in chosen]
    for quote in quotes:
        rules.check_can_negotiate(actor, rfq, quote, Side.BUYER)
    last = min(end_of_validity(quote) for quote in quotes)
    if not timezone.now() < due_at <= last:
        sentence = (
            f"Choose a moment in the future, at the latest {moment_text(last)}, when the "
            "first of these quotes ends."
        )
        raise DomainError(sentence, fields={"due_at": sentence})
    asked = []
    for quote in quotes:
        if quote.best_and_finals.filter(state=BestAndFinalState.ASKED).exists():
            raise WrongState(
                f"{quote.manufacturer.organization.name} was asked already and has not answered "
                "yet. Take the tick off."
            )
        end_counters(rfq, actor, "a best and final offer was asked for", quote=quote)
        row = BestAndFinal.objects.create(
            quote=quote, message=message.strip()[:2000], due_at=due_at, asked_by=actor.user
        )
        record_talk(events.BEST_AND_FINAL_ASKED, row, rfq, actor, due=due_at.isoformat())
        asked.append(row)
    return asked


@transaction.atomic
def confirm_final(*, actor: Actor, quote_id: str) -> BestAndFinal:
    """The shop's last word is the quote as it stands.

    Raises NotFound, NotAllowed, WrongState when nothing is asked, the time is up or the quote is
    taken back.
    """
    rfq_id = Quote.objects.filter(public_id=quote_id).values_list("rfq__public_id", flat=True)
    first = rfq_id.first()
    if first is None:
        raise NotFound()
    rfq, quote = lock_rfq(first), lock_quote(quote_id)
    rules.check_can_negotiate(actor, rfq, quote, Side.MANUFACTURER)
    asked = quote.best_and_finals.filter(state=BestAndFinalState.ASKED).first()
    if asked is None:
        raise WrongState("No best and final offer is asked of you now. Reload the page.")
    if asked.due_at <= timezone.now():
        raise WrongState("The time for a best and final offer is up. Your quote stands as it is.")
    asked.quote = quote
    move(asked, BEST_AND_FINAL, "confirm_final", by=Side.MANUFACTURER)
    end_counters(rfq, actor, "the quote was confirmed as final", quote=quote)
    record_talk(events.FINAL_CONFIRMED, asked, rfq, actor)
    return asked


def lapse_best_and_finals() -> int:
    """End what was asked and not answered in time; how many. Called by the timer."""
    due = BestAndFinal.objects.filter(state=BestAndFinalState.ASKED, due_at__lte=timezone.now())
    ended = 0
    for rfq_id, pk in list(due.values_list("quote__rfq__public_id", "pk")[:500]):
        with transaction.atomic():
            rfq = lock_rfq(rfq_id)
            asked = BestAndFinal.objects.select_related("quote__manufacturer__organization").get(
                pk=pk
            )
            if asked.state == BestAndFinalState.ASKED:
                move(asked, BEST_AND_FINAL, "lapse_best_and_final", by=Side.SYSTEM)
                actor = Actor.system("best and final timer")
                record_talk(events.BEST_AND_FINAL_LAPSED, asked, rfq, actor)
                ended += 1
    return ended


def _asked(rfq_id: str, public_id: str) -> Quote:
    found = Quote.objects.filter(public_id=public_id, rfq__public_id=rfq_id)
    if not found.exists():
        raise NotFound()
    return lock_quote(public_id)
