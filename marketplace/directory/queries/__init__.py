"""Reads of the directory."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Case, Exists, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Organization
from accounts.vat import PURPOSE
from marketplace.core.encryption import keyed_hashes
from marketplace.core.errors import NotFound
from marketplace.directory.models import (
    Application,
    Certificate,
    Certification,
    Finish,
    InspectionLevel,
    Manufacturer,
    Material,
    Process,
)
from marketplace.directory.rules import Lack, missing_for_application
from marketplace.directory.states import MANUFACTURER, CertificateState, ManufacturerState


def listed_manufacturers(
    *, process: str = "", material: str = "", country: str = "", text: str = ""
) -> QuerySet[Manufacturer]:
    """Verified manufacturers, newest first; filters are codes, `text` matches the name's start."""
    rows = Manufacturer.objects.filter(_shown())
    if process:
        rows = rows.filter(processes__code=process)
    if material:
        rows = rows.filter(materials__code=material)
    if country:
        rows = rows.filter(organization__country=country.upper())
    if text:
        rows = rows.filter(organization__name__icontains=text[:80])
    return rows.select_related("organization").prefetch_related("processes")


def _shown() -> Q:
    """Who is shown to buyers: verified companies. In the test twin its bots alone, because whoever
    tries something there is nobody else's business."""
    shown = Q(state=ManufacturerState.VERIFIED)
    return shown & Q(organization__is_demo=True) if settings.TWIN_OF else shown


def get_listed_manufacturer(slug: str) -> Manufacturer:
    """One verified manufacturer, by slug or public id, with all its page shows. Raises NotFound."""
    today = timezone.localdate()
    found = (
        listed_manufacturers()
        .select_related("scorecard")
        .prefetch_related(
            "materials",
            Prefetch(
                "certificates",
                Certificate.objects.valid_on(today).select_related("certification"),
            ),
        )
        .filter(Q(slug=slug) | Q(public_id=slug))
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def manufacturer_of(actor: Actor) -> Manufacturer | None:
    """The acting organization's own profile, in whatever state."""
    if actor.organization is None:
        return None
    return (
        Manufacturer.objects.select_related("organization", "scorecard")
        .filter(organization=actor.organization)
        .first()
    )


def lacks_of(actor: Actor, profile: Manufacturer | None) -> list[Lack]:
    """What the acting organization has to say before it can apply; nothing once it has applied."""
    if profile is not None and not MANUFACTURER.find("apply_manufacturer", profile.state):
        return []
    return missing_for_application(profile.organization if profile else actor.company, profile)


def lock_own_manufacturer(actor: Actor) -> Manufacturer | None:
    """The acting organization's own profile, locked until the transaction ends."""
    return (
        Manufacturer.objects.select_for_update(of=("self",))
        .select_related("organization")
        .filter(organization=actor.organization)
        .first()
        if actor.organization
        else None
    )


def lock_manufacturer(public_id: str) -> Manufacturer:
    """A profile for staff and timers, locked until the transaction ends. Raises NotFound."""
    found = (
        Manufacturer.objects.select_for_update(of=("self",))
        .select_related("organization")
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def certificates_of(actor: Actor) -> QuerySet[Certificate]:
    """The acting organization's certificates but the withdrawn ones: at most a few dozen."""
    return (
        Certificate.objects.filter(manufacturer__organization=actor.organization)
        .exclude(state=CertificateState.WITHDRAWN)
        .select_related("certification", "file")
        .order_by("certification__position", "-expires_on", "pk")
    )


def get_certificate(actor: Actor, public_id: str) -> Certificate:
    """One of the acting organization's own certificates. Raises NotFound."""
    found = certificates_of(actor).filter(public_id=public_id).first()
    if found is None or actor.organization is None:
        raise NotFound()
    return found


def lock_certificate(public_id: str) -> Certificate:
    """A certificate with its profile, locked until the transaction ends. Raises NotFound."""
    found = (
        Certificate.objects.select_for_update(of=("self",))
        .select_related("manufacturer__organization", "certification", "replaces__certification")
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def waiting_applications() -> QuerySet[Application]:
    """What staff have to verify, oldest first, with what the list warns of. Three queries."""
    twins = Organization.objects.filter(vat_id_hash=OuterRef("organization__vat_id_hash"))
    twins = twins.exclude(vat_id_hash="").exclude(pk=OuterRef("organization_id"))
    return (
        Application.objects.filter(state=ManufacturerState.APPLIED)
        .select_related("organization")
        .prefetch_related(
            Prefetch("certificates", Certificate.objects.select_related("certification"))
        )
        .annotate(has_twin=Exists(twins))
        .order_by("applied_at", "pk")
    )


def organizations_with_vat_id_of(organization: Organization) -> list[Organization]:
    """Other organizations with the same VAT id, under whichever key it was hashed; at most 20."""
    if not organization.vat_id:
        return []
    same = Organization.objects.filter(vat_id_hash__in=keyed_hashes(organization.vat_id, PURPOSE))
    return list(same.exclude(pk=organization.pk)[:20])


def active_certifications() -> QuerySet[Certification]:
    """The certifications one can hold."""
    return Certification.objects.filter(is_active=True)


def active_processes() -> QuerySet[Process]:
    """The processes one can ask for."""
    return Process.objects.filter(is_active=True)


def active_materials() -> QuerySet[Material]:
    """The materials one can ask for."""
    return Material.objects.filter(is_active=True)


def active_finishes() -> QuerySet[Finish]:
    """The finishes one can ask for."""
    return Finish.objects.filter(is_active=True)


def active_inspection_levels() -> QuerySet[InspectionLevel]:
    """The inspection levels one can ask for."""
    return InspectionLevel.objects.filter(is_active=True)


@dataclass(frozen=True)
class Need:
    """What a request asks of a manufacturer: codes, the largest box (mm, longest first), and the
    countries it may be made in (none means anywhere)."""

    processes: frozenset[str]
    materials: frozenset[str]
    box_mm: tuple[float, float, float] | None = None
    certifications: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Match:
    """A manufacturer, why it fits, and what it lacks. `score` ranks, higher first."""

    manufacturer: Manufacturer
    score: int
    reasons: Sequence[str] = field(default_factory=list)
    gaps: Sequence[str] = field(default_factory=list)


def match_manufacturers(
    need: Need,
    *,
    buyer: Organization,
    exclude: Collection[int] = (),
    also: Collection[str] = (),
    load: Mapping[int, int] | None = None,
    limit: int = 50,
) -> list[Match]:
    """Verified manufacturers for a need, best first, each rank explained in words.

    Four queries. A shop that runs none of the processes is left out unless its public id is in
    `also`; a missing material, a missing certificate or a part larger than its machines is said as
    a gap and ranks lower. Certificates count when staff checked them and their last day is not
    over. `exclude` are row numbers; `load` is row number -> orders in hand, where known.
    """
    valid = Certificate.objects.valid_on(timezone.localdate()).select_related("certification")
    rows = (
        Manufacturer.objects.filter(
            Q(processes__code__in=need.processes) | Q(public_id__in=also),
            _shown(),
        )
        .exclude(organization=buyer)
        .exclude(pk__in=exclude)
        .select_related("organization")
        .prefetch_related("processes", "materials", Prefetch("certificates", valid))
        .distinct()
        .order_by("-pk")
    )
    if also:
        # Those asked for by name are never cut off.
        first = Case(When(public_id__in=also, then=Value(0)), default=Value(1))
        rows = rows.annotate(rank=first).order_by("rank", "-pk")
    found = load or {}
    matches = [_match(row, need, found.get(row.pk, 0)) for row in rows[:500]]
    ranked = sorted(matches, key=lambda m: (-m.score, m.manufacturer.pk))
    return ranked[:limit] + [m for m in ranked[limit:] if m.manufacturer.public_id in also]


def match_one(manufacturer: Manufacturer, needs: Sequence[Need]) -> list[Match]:
    """How one shop fits each of several needs, in their order. Four queries."""
    valid = Certificate.objects.valid_on(timezone.localdate()).select_related("certification")
    row = (
        Manufacturer.objects.select_related("organization")
        .prefetch_related("processes", "materials", Prefetch("certificates", valid))
        .get(pk=manufacturer.pk)
    )
    return [_match(row, need) for need in needs]


def _match(row: Manufacturer, need: Need, in_hand: int = 0) -> Match:
    reasons, gaps = [], []
    names = {p.code: p.name for p in row.processes.all()}
    runs = need.processes & names.keys()
    if runs:
        reasons.append("Runs " + ", ".join(sorted(names[code] for code in runs)))
    if missing := len(need.processes - runs):
        gaps.append(f"{missing} of {len(need.processes)} processes are not in the profile")
    known = {m.code: m.name for m in row.materials.all()}
    stocked = need.materials & known.keys()
    if stocked:
        reasons.append("Works in " + ", ".join(sorted(known[code] for code in stocked)))
    if missing := len(need.materials - stocked):
        gaps.append(f"{missing} of {len(need.materials)} materials are not in the profile")
    fits = True
    if need.box_mm:
        fits = all(part <= room for part, room in zip(need.box_mm, row.envelope_mm, strict=True))
        room = " x ".join(str(edge) for edge in row.envelope_mm)
        (reasons if fits else gaps).append(
            f"{'Takes' if fits else 'The largest part does not fit'} {room} mm"
        )
    held = {c.certification.code: c.certification.name for c in row.certificates.all()}
    if held:
        reasons.append("Certified to " + ", ".join(held.values()))
    lacking = len(need.certifications - held.keys())
    if lacking:
        gaps.append(f"{lacking} of {len(need.certifications)} certifications are not held")
    country = row.organization.country
    allowed = not need.countries or country in need.countries
    if need.countries:
        (reasons if allowed else gaps).append(
            f"In {country}" if allowed else f"In {country}, which the request does not allow"
        )
    if row.rating:
        buyers = "buyer" if row.rating_count == 1 else "buyers"
        reasons.append(f"Rated {row.rating:.1f} of 5 by {row.rating_count} {buyers}")
    if in_hand:
        reasons.append(f"{in_hand} order{'s' if in_hand > 1 else ''} in hand")
    reasons.append(f"Usually ships in {row.lead_time_days} working days")
    score = 40 * len(runs) + 15 * len(stocked) + (20 if fits else -30)
    score -= 0 if allowed else 100
    score += 10 * len(need.certifications & held.keys()) - 40 * lacking
    score += round(4 * (row.rating or 0)) - min(row.lead_time_days, 30) // 5
    # A point an order, ten at most: a full shop ranks below an equal one, never below a worse one.
    score -= min(in_hand, 10)
    return Match(row, score, reasons, gaps)
