"""What waits for staff, and whether the machine is well."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.models import Delivery
from marketplace.directory.models import Certificate, Manufacturer
from marketplace.directory.states import CertificateState, ManufacturerState
from marketplace.files.links import link_to
from marketplace.operations.models import DataExport, DeletionRequest
from marketplace.operations.privacy import KEPT
from marketplace.operations.rules import hindrances, organizations_left_empty
from marketplace.operations.states import DeletionState, ExportState
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


@dataclass(frozen=True)
class Queue:
    """A list of the admin with the number that waits in it, counted up to MOST_COUNTED."""

    label: str
    waiting: int
    link: str


def staff_queues() -> list[Queue]:
    """Verification, disputes, differences in the books, failed deliveries."""
    return [
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
