"""Sharing a comparison by a link, ending it, and counting who opens it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.actions.tokens import digest_of
from accounts.actor import Actor
from accounts.roles import Permission
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import record
from marketplace.core.templatetags.formats import moment_text
from quotes import events, rules
from quotes.compared import Compared, compare_rfq
from quotes.differences import terms_of
from quotes.models import ComparisonShare
from quotes.pricing import Pick
from quotes.queries import get_rfq, lock_rfq, quotes_for_buyer
from quotes.share_links import derive_secret
from quotes.share_snapshot import snapshot_of

FEWEST_DAYS, MOST_DAYS = 1, 30
MOST_LIVE = 20
OVER = "This link opens nothing. It may have ended; ask whoever sent it for a new one."


@dataclass(frozen=True)
class Look:
    """What is looked at: the quantity of each line (row number), picks by hand, the strategy."""

    chosen: Mapping[int, int]
    picks: Mapping[str, Sequence[Pick]] = field(default_factory=dict)
    strategy: str = ""


@transaction.atomic
def share_comparison(
    *,
    actor: Actor,
    public_id: str,
    look: Look,
    days: int,
    note: str = "",
    with_names: bool = False,
) -> ComparisonShare:
    """Freeze a comparison behind a link of `days` days (1 to 30).

    Raises NotFound, NotAllowed, DomainError
    without a quote, for another number of days, or above 20 live links.
    """
    rfq = lock_rfq(public_id)
    rules.check_owns(actor, rfq, Permission.AWARD)
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        sentence = f"A link lasts {FEWEST_DAYS} to {MOST_DAYS} days."
        raise DomainError(sentence, fields={"days": sentence})
    found = _compared(actor, public_id, look)
    if not found.quotes:
        raise DomainError("There is no quote to share yet.")
    now = timezone.now()
    if rfq.shares.filter(revoked_at=None, expires_at__gt=now).count() >= MOST_LIVE:
        raise DomainError(f"At most {MOST_LIVE} links of a request are open. End one first.")
    share = ComparisonShare(
        rfq=rfq,
        note=" ".join(note.split())[:80],
        with_names=with_names,
        snapshot=snapshot_of(
            found, terms_of(found.rfq, found.lines, found.quotes), with_names=with_names
        ),
        expires_at=now + timedelta(days=days),
        created_at=now,
    )
    share.token_hash = digest_of(derive_secret(share))
    share.save()
    record(
        events.COMPARISON_SHARED,
        share,
        actor=actor,
        thread=rfq,
        visible_to=[rfq.organization],
        until=moment_text(share.expires_at),
        names="with" if with_names else "without",
    )
    return share


def _compared(actor: Actor, public_id: str, look: Look) -> Compared:
    rfq = get_rfq(actor, public_id)
    lines = [line for line in rfq.lines.all() if line.quantities]
    return compare_rfq(rfq, lines, quotes_for_buyer(rfq), look.chosen, look.picks, look.strategy)


@transaction.atomic
def revoke_share(*, actor: Actor, public_id: str, share_id: str) -> ComparisonShare:
    """End a link at once; twice is once. Raises NotFound, NotAllowed."""
    rfq = lock_rfq(public_id)
    rules.check_owns(actor, rfq, Permission.AWARD)
    share = rfq.shares.filter(public_id=share_id).first()
    if share is None:
        raise NotFound()
    if share.revoked_at is None:
        share.revoked_at = timezone.now()
        share.save(update_fields=["revoked_at"])
        record(events.SHARE_REVOKED, share, actor=actor, thread=rfq, visible_to=[rfq.organization])
    return share


def open_share(*, actor: Actor, secret: str, counts: bool = True) -> ComparisonShare:
    """The comparison a link shows; the opening is counted unless the reader is the buyer's.

    Raises NotFound with the same sentence for a link that is forged, over or ended.
    """
    share = (
        ComparisonShare.objects.select_related("rfq")
        .filter(token_hash=digest_of(secret), revoked_at=None, expires_at__gt=timezone.now())
        .first()
    )
    if share is None:
        raise NotFound(OVER)
    own = actor.organization is not None and actor.organization.pk == share.rfq.organization_id
    if counts and not own:
        ComparisonShare.objects.filter(pk=share.pk).update(
            opened_count=F("opened_count") + 1, opened_at=timezone.now()
        )
    return share
