"""Open requests that match a shop, before it takes part."""

from collections.abc import Sequence

from django.db.models import Count, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import NotFound
from marketplace.directory.models import Certification, Manufacturer
from marketplace.directory.queries import Match, Need, manufacturer_of, match_one
from marketplace.directory.states import ManufacturerState
from quotes import admission
from quotes.models import RFQ, RFQLine
from quotes.queries import LINES
from quotes.states import RFQState


def need_of_request(rfq: RFQ, lines: Sequence[RFQLine]) -> Need:
    """What a request asks of a shop, for matching. Under an NDA the size of the parts stays out."""
    asked = {c.code for c in rfq.certifications.all()}
    if rfq.is_export_controlled:
        asked.add(admission.EXPORT_CERTIFICATION)
    boxes = [] if rfq.nda_id else [b for line in lines if (b := line.part_revision.box_mm)]
    return Need(
        frozenset(line.process.code for line in lines if line.process),
        frozenset(line.material.code for line in lines if line.material),
        max(boxes, key=lambda box: box[0] * box[1] * box[2], default=None),
        frozenset(asked),
        frozenset(rfq.countries),
    )


def open_requests_for(actor: Actor) -> QuerySet[RFQ]:
    """Requests open to everybody that the acting shop could quote and has not joined.

    Verified shops only; at least one process in common, every requirement met.
    """
    shop = manufacturer_of(actor)
    if shop is None or shop.state != ManufacturerState.VERIFIED:
        return RFQ.objects.none()
    return _matching(shop)


def _matching(shop: Manufacturer) -> QuerySet[RFQ]:
    held = admission.held_by(shop)
    lacking = Certification.objects.exclude(code__in=held)
    country = shop.organization.country
    rows = (
        RFQ.objects.annotate(country_text=Cast("countries", TextField()))
        .filter(
            Q(countries=[]) | Q(country_text__contains=f'"{country}"'),
            state=RFQState.OPEN,
            visibility=RFQ.Visibility.OPEN,
            deadline__gt=timezone.now(),
            pk__in=RFQLine.objects.filter(process__in=shop.processes.all()).values("rfq"),
        )
        .exclude(organization=shop.organization)
        .exclude(pk__in=shop.invitations.values("rfq"))
        .exclude(certifications__in=lacking)
    )
    if admission.EXPORT_CERTIFICATION not in held:
        rows = rows.exclude(is_export_controlled=True)
    return rows.select_related("organization", "nda")


def with_reasons(actor: Actor, rows: Sequence[RFQ]) -> list[tuple[RFQ, Match]]:
    """Each request with why it matches the acting shop. Constant number of queries."""
    shop = manufacturer_of(actor)
    if shop is None or not rows:
        return []
    found = (
        RFQ.objects.filter(pk__in=[row.pk for row in rows])
        .select_related("organization", "nda")
        .prefetch_related(LINES, "certifications")
        .annotate(line_count=Count("lines", distinct=True))
    )
    by_pk = {rfq.pk: rfq for rfq in found}
    rfqs = [by_pk[row.pk] for row in rows]
    matches = match_one(shop, [need_of_request(rfq, list(rfq.lines.all())) for rfq in rfqs])
    return list(zip(rfqs, matches, strict=True))


def get_open_request(actor: Actor, rfq_id: str) -> RFQ:
    """One request the acting shop could join. Raises NotFound."""
    found = open_requests_for(actor).filter(public_id=rfq_id).first()
    if found is None:
        raise NotFound()
    return found
