"""What waits for staff, and whether the machine is well."""

import re
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission
from marketplace.core.errors import NotFound
from marketplace.core.models import Delivery
from marketplace.directory.models import Certificate, Manufacturer
from marketplace.directory.states import CertificateState, ManufacturerState
from marketplace.files.links import link_to
from marketplace.files.models import StoredFile
from marketplace.operations.leaving.chapters import CHAPTERS
from marketplace.operations.models import (
    Alert,
    DataExport,
    DeletionRequest,
    EarlierRecord,
    Incident,
    OrganizationExport,
    SupportContact,
)
from marketplace.operations.privacy import KEPT
from marketplace.operations.rules import hindrances, organizations_left_empty
from marketplace.operations.states import DeletionState, ExportState, IncidentState
from orders.desks import DESKS
from orders.models import Nonconformance, Order
from orders.review_queries import waiting_reports
from orders.states import NonconformanceState
from payments.credit_queries import applications_that_wait
from payments.reconciliation_queries import open_discrepancies
from payments.staff_queries import (
    banks_that_wait,
    payments_in_review,
    refunds_that_failed,
    settlements_that_wait,
)

MOST_COUNTED = 1000
# Where a file lies in the archive an earlier record came in.
PLACE = re.compile(r"files/([0-9a-f]{64})")


@dataclass(frozen=True)
class Queue:
    """A list of the admin with the number that waits in it, counted up to MOST_COUNTED."""

    label: str
    waiting: int
    link: str

    @property
    def said(self) -> str:
        """The number as it was counted."""
        return f"{self.waiting:,}" if self.waiting < MOST_COUNTED else f"{MOST_COUNTED:,} or more"


def staff_queues() -> list[Queue]:
    """Verification, disputes, differences in the books, failed deliveries."""
    return [
        *_queues_of_the_house(),
        Queue(
            "Manufacturers to verify",
            _capped(Manufacturer.objects.filter(state=ManufacturerState.APPLIED)),
            reverse("admin:directory_application_changelist"),
        ),
        Queue(
            "Certificates to check",
            _capped(Certificate.objects.filter(state=CertificateState.WAITING)),
            reverse("admin:directory_certificate_changelist") + "?state__exact=waiting",
        ),
        Queue(
            "Problems to decide",
            _capped(Nonconformance.objects.filter(state=NonconformanceState.ESCALATED)),
            reverse("admin:orders_nonconformance_changelist") + "?state__exact=escalated",
        ),
        *(
            Queue(
                f"Orders: {label.lower()}",
                _capped(Order.objects.filter(which(timezone.now()))),
                reverse("admin:orders_order_changelist") + f"?desk={name}",
            )
            for name, (label, which) in DESKS.items()
        ),
        Queue(
            "Reviews reported",
            _capped(waiting_reports()),
            reverse("admin:orders_reviewreport_changelist") + "?state__exact=open",
        ),
        Queue(
            "Applications to buy on account",
            _capped(applications_that_wait()),
            reverse("admin:payments_creditaccount_changelist") + "?state__exact=applied",
        ),
        Queue(
            "Bank disputes to answer",
            _capped(banks_that_wait()),
            reverse("admin:payments_disputecase_changelist") + "?state__exact=open",
        ),
        Queue(
            "Settlements of money to confirm",
            _capped(settlements_that_wait()),
            reverse("admin:payments_manualsettlement_changelist") + "?state__exact=proposed",
        ),
        Queue(
            "Payments in review",
            _capped(payments_in_review()),
            reverse("admin:payments_paymentrequest_changelist") + "?state__exact=review",
        ),
        Queue(
            "Refunds that came back",
            _capped(refunds_that_failed()),
            reverse("admin:payments_instruction_changelist") + "?state__exact=failed",
        ),
        Queue(
            "Differences between the books and Stripe",
            _capped(open_discrepancies()),
            reverse("admin:payments_reconciliation_board"),
        ),
        Queue(
            "Deliveries that failed",
            _capped(Delivery.objects.filter(status=Delivery.State.DEAD)),
            reverse("admin:core_delivery_changelist") + "?status__exact=dead",
        ),
    ]


def _queues_of_the_house() -> list[Queue]:
    return [
        Queue(
            "Alerts of the machine",
            _capped(Alert.objects.filter(ended_at__isnull=True)),
            reverse("admin:operations_watch"),
        ),
        Queue(
            "Incidents that are not closed",
            _capped(Incident.objects.exclude(state=IncidentState.CLOSED)),
            reverse("admin:operations_incident_changelist"),
        ),
    ]


def support_contacts() -> QuerySet[SupportContact]:
    """Whom staff ask for what, in their order."""
    return SupportContact.objects.all()


def _capped(rows: object) -> int:
    return len(rows.values_list("pk")[:MOST_COUNTED])  # type: ignore[attr-defined]


def database_answers() -> bool:
    """True when the database answers a trivial query; raises what the driver raises otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def privacy_board(actor: Actor) -> dict[str, Any]:
    """What the person asked for and what hinders their deletion; links are the person's own."""
    assert actor.user is not None
    exports = DataExport.objects.filter(user=actor.user).select_related("file")
    export = exports.first()
    waiting = DeletionRequest.objects.filter(user=actor.user, state=DeletionState.REQUESTED).first()
    is_ready = export is not None and export.state == ExportState.READY
    return {
        "export": export,
        "export_link": link_to(export.file, actor) if export and is_ready else "",
        "deletion": waiting,
        "hindrances": [] if waiting else hindrances(actor.user),
        "left_empty": organizations_left_empty(actor.user),
        "kept": KEPT.items(),
    }


def organization_exports(actor: Actor) -> QuerySet[OrganizationExport]:
    """The organization's archives, newest first. Raises NotAllowed for all but owners."""
    actor.check(Permission.OWN)
    return OrganizationExport.objects.filter(organization=actor.company).select_related("file")


def get_organization_export(actor: Actor, public_id: str) -> OrganizationExport:
    """One of them. Raises NotFound for another organization's."""
    found = organization_exports(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


def archive_board(actor: Actor) -> dict[str, Any]:
    """The newest archive and how far it is; `may_ask` is the owners' word."""
    actor.check(Permission.MANAGE_ORGANIZATION)
    rows = OrganizationExport.objects.filter(organization=actor.company).select_related("file")
    export = rows.first()
    is_owner = actor.may(Permission.OWN)
    is_ready = export is not None and export.state == ExportState.READY
    return {
        "export": export,
        "link": link_to(export.file, actor) if export and is_ready and is_owner else "",
        "may_ask": is_owner,
        "done_percent": round(100 * export.chapter / len(CHAPTERS)) if export else 0,
        "has_earlier": EarlierRecord.objects.filter(organization=actor.company).exists(),
    }


def earlier_records(actor: Actor, chapter: str) -> QuerySet[EarlierRecord]:
    """What came from another installation, of one chapter or ("") all at the top."""
    actor.check(Permission.VIEW)
    rows = EarlierRecord.objects.filter(organization=actor.company).order_by("-pk")
    return rows.filter(chapter=chapter) if chapter else rows.filter(of="")


def earlier_chapters(actor: Actor) -> list[Any]:
    """The chapters there are, with the number of things in each."""
    rows = EarlierRecord.objects.filter(organization=actor.company)
    return list(rows.values("chapter").annotate(number=Count("pk")).order_by("chapter"))


def get_earlier_record(actor: Actor, pk: int) -> EarlierRecord:
    """One thing. Raises NotFound for another organization's."""
    found = EarlierRecord.objects.filter(organization=actor.company, pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def earlier_below(record: EarlierRecord) -> list[EarlierRecord]:
    """What belongs to it: an order's shipments, a request's quotes. The first 200."""
    if not record.thing_id:
        return []
    rows = EarlierRecord.objects.filter(organization=record.organization_id, of=record.thing_id)
    return list(rows.order_by("chapter", "pk")[:200])


def files_of_record(actor: Actor, record: EarlierRecord) -> list[dict[str, Any]]:
    """The files that its links led to: name and a link for the actor."""
    hashes = PLACE.findall(str(record.thing))
    files = StoredFile.objects.filter(organization=actor.company, sha256__in=hashes)
    return [{"name": file.name, "link": link_to(file, actor)} for file in files.order_by("pk")[:50]]
