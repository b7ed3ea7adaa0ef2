"""Reads of NDAs, of what a shop may see of a request, and of the receipts of its files."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.actor import Actor
from marketplace.core.errors import NotFound
from marketplace.directory.models import Material, Process
from marketplace.files.models import FileAccess
from marketplace.files.queries import receipts_of_room
from quotes import admission
from quotes.models import NDA, RFQ, Invitation, NDAAcceptance, RFQLine
from quotes.queries import lines_with_files_of


@dataclass(frozen=True)
class Outline:
    """A line without anything of its part: what a shop reads before it accepted the NDA, or while
    it lacks what the request asks of it."""

    public_id: str
    position: int
    process: Process | None
    material: Material | None
    quantities: Sequence[int]
    # Everything below is kept back; the names are those of a line.
    part_revision: None = None
    finish: None = None
    inspection: None = None
    tolerance: str = ""
    threads: str = ""
    notes: str = ""


def ndas_of(actor: Actor) -> QuerySet[NDA]:
    """Every version of the acting buyer's NDA, newest first."""
    return NDA.objects.filter(organization=actor.company).select_related("created_by")


def choosable_ndas(actor: Actor) -> list[NDA]:
    """What a new request may ask for: the newest version, none when the buyer wrote none."""
    return list(ndas_of(actor)[:1])


def nda_of_request(invitation: Invitation) -> NDA:
    """The NDA of a request the caller may read. Raises NotFound for one without."""
    if invitation.rfq.nda is None:
        raise NotFound()
    return invitation.rfq.nda


def acceptances_on(actor: Actor, rfq: RFQ) -> QuerySet[NDAAcceptance]:
    """Who accepted the NDA of the acting buyer's own request, of the shops that were asked."""
    shops = rfq.invitations.values("manufacturer__organization")
    return NDAAcceptance.objects.filter(
        nda__organization=actor.company, nda=rfq.nda, organization__in=shops
    ).select_related("organization", "nda")


def lines_for_shop(actor: Actor, invitation: Invitation) -> list[RFQLine] | list[Outline]:
    """The lines of a request as the acting shop's member may read them: `is_kept_back` or not.

    Before that, nothing of the parts is loaded, so nothing of them can be shown.
    """
    if not admission.is_kept_back(actor, invitation.rfq):
        return lines_with_files_of(invitation.rfq)
    rows = invitation.rfq.lines.select_related("process", "material").only(
        "public_id", "position", "quantities", "rfq_id", "process", "material"
    )
    return [
        Outline(row.public_id, row.position, row.process, row.material, row.quantities)
        for row in rows
    ]


def file_receipts(actor: Actor, rfq: RFQ) -> QuerySet[FileAccess]:
    """Who opened which file of the acting buyer's own request, newest first."""
    return receipts_of_room(actor.company, rfq.public_id)
