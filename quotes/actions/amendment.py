"""Changing a published request, and the quotes that have to be confirmed because of it."""

from dataclasses import replace

from django.db import transaction

from accounts.actor import Actor
from accounts.roles import Permission, Side
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import record
from marketplace.core.states import WrongState, check_move, move
from quotes import admission, events, rules
from quotes.actions.rfq import Draft, write_draft
from quotes.actions.talks import end_counters
from quotes.changes import changes_between, snapshot
from quotes.completeness import completeness_of
from quotes.models import RFQ, Amendment, Quote, QuotePrice
from quotes.queries import fingerprint_of, lines_of, lock_quote, lock_rfq, waiting_order_of
from quotes.queries.questions import asked_organizations
from quotes.states import QUOTE, RFQ_LIFECYCLE, QuoteState

# A timeline holds 400 characters; the whole list stands in the amendment.
MAX_IN_FACT = 300


@transaction.atomic
def amend_rfq(*, actor: Actor, public_id: str, draft: Draft, seen: int) -> Amendment:
    """Write the changed request as its next revision; submitted quotes wait to be confirmed.

    `seen` is the revision on the page. The currency, who is asked and under which terms
    of secrecy stay. Raises WrongState when
    the request is not open, somebody changed it meanwhile or an award waits; DomainError when
    nothing changed or something is missing. Nothing is saved then.
    """
    rfq = lock_rfq(public_id)
    rules.check_owns(actor, rfq, Permission.EDIT_RFQS)
    check_move(rfq, RFQ_LIFECYCLE, "amend_rfq", by=Side.BUYER)
    if not rfq.takes_quotes:
        raise WrongState("The deadline has passed. Extend it first, then change the request.")
    if waiting_order_of(rfq) is not None:
        raise WrongState("An award of this request waits for approval. Cancel that order first.")
    if seen != rfq.revision:
        raise WrongState(
            f"Somebody of your organization changed this request to revision {rfq.revision} "
            "meanwhile. Compare it with what you typed below."
        )
    before = snapshot(rfq, lines_of(rfq))
    asked = list(rfq.invitations.values_list("manufacturer__public_id", flat=True))
    header = replace(
        draft.header,
        currency=rfq.currency,
        currencies=rfq.currencies,
        visibility=rfq.visibility,
        is_sealed=rfq.is_sealed,
        is_export_controlled=rfq.is_export_controlled,
        countries=rfq.countries,
        certifications=list(rfq.certifications.all()),
        nda=rfq.nda,
    )
    write_draft(rfq, replace(draft, header=header, invited=asked, edition=None))
    lines = lines_of(rfq)
    if missing := completeness_of(rfq, lines, max(len(asked), 1)).missing:
        raise DomainError(" ".join(check.sentence for check in missing), code="incomplete")
    is_secret = rfq.nda_id is not None
    changes = changes_between(before, snapshot(rfq, lines), is_secret=is_secret)
    if not changes:
        raise DomainError("Nothing changed, so nobody has to be told.")
    rfq.revision += 1
    rfq.save(update_fields=["revision"])
    move(rfq, RFQ_LIFECYCLE, "amend_rfq", by=Side.BUYER)
    amendment = Amendment.objects.create(rfq=rfq, revision=rfq.revision, changes=changes)
    shops = [i.manufacturer.organization for i in asked_organizations(rfq)]
    record(
        events.RFQ_AMENDED,
        rfq,
        actor=actor,
        visible_to=[rfq.organization, *shops],
        changes=_shortened(changes),
    )
    _ask_reconfirmation(rfq, actor)
    return amendment


def _shortened(changes: list[str]) -> str:
    text = "; ".join(changes)
    return text if len(text) <= MAX_IN_FACT else text[: MAX_IN_FACT - 1] + "…"


def _ask_reconfirmation(rfq: RFQ, actor: Actor) -> None:
    """Each shop with a submitted quote is asked on its own; none learns of another."""
    quotes = (
        rfq.quotes.filter(state=QuoteState.SUBMITTED)
        .select_related("manufacturer__organization")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    for quote in quotes:
        move(quote, QUOTE, "ask_reconfirmation", by=Side.BUYER)
        end_counters(rfq, actor, "the request changed", quote=quote)
        record(
            events.RECONFIRMATION_ASKED,
            quote,
            actor=actor,
            thread=rfq,
            visible_to=[rfq.organization, quote.manufacturer.organization],
        )


@transaction.atomic
def reconfirm_quote(*, actor: Actor, public_id: str) -> Quote:
    """The shop stands by its prices although the request changed.

    Prices of quantities nobody asks for any more are taken out. Raises WrongState after the
    deadline or when no confirmation is asked for, DomainError when no price is left.
    """
    rfq_id = Quote.objects.filter(public_id=public_id).values_list("rfq__public_id", flat=True)
    first = rfq_id.first()
    if first is None:
        raise NotFound()
    rfq, quote = lock_rfq(first), lock_quote(public_id)
    rules.check_quotes_for(actor, quote)
    admission.check_may_open(actor, rfq)
    check_move(quote, QUOTE, "reconfirm_quote", by=Side.MANUFACTURER)
    rules.check_can_quote(actor, rfq, quote)
    for line in quote.lines.select_related("rfq_line"):
        line.prices.exclude(quantity__in=line.rfq_line.quantities).delete()
    if not QuotePrice.objects.filter(line__quote=quote).exists():
        raise DomainError("None of your prices is for a quantity still asked. Change the quote.")
    if not quote.is_valid_today:
        raise DomainError("Your quote's validity has ended. Change the quote to renew it.")
    quote.rfq_revision = rfq.revision
    quote.fingerprint = fingerprint_of(rfq)
    quote.save(update_fields=["rfq_revision", "fingerprint"])
    move(quote, QUOTE, "reconfirm_quote", by=Side.MANUFACTURER)
    record(
        events.QUOTE_RECONFIRMED,
        quote,
        actor=actor,
        thread=rfq,
        visible_to=[rfq.organization, quote.manufacturer.organization],
    )
    return quote
