"""What is looked at in the first two days: a little every 15 minutes, more every hour."""

import shutil
import time
from datetime import timedelta
from io import StringIO

from axes.models import AccessAttempt
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models import Sum
from django.utils import timezone

from accounts.models import AccountMail, User
from marketplace.core.models import Delivery
from marketplace.operations.launch.checks import (
    Asked,
    Check,
    Failed,
    backups,
    certificate,
    payments,
    storage,
)
from marketplace.operations.launch.outside import ask
from orders.models import Order
from payments.models import InboundEvent, Instruction, PaymentRequest
from payments.states import InstructionState, PaymentState
from quotes.models import RFQ

OFTEN = timedelta(minutes=15)
# The threshold of the plan for an answer.
SLOW_SECONDS = 2.0
# The outbox is swept every 20 seconds; what waits longer waits for a worker.
OWED_TOO_LONG = timedelta(minutes=5)
DISK_PERCENT = 90
MOST_FAILURES = 100


def answers(asked: Asked) -> str:
    """The site and its database answer, and soon."""
    started = time.monotonic()
    answer = ask(f"{settings.SITE_URL}/readyz")
    took = time.monotonic() - started
    if answer.status != 200:
        raise Failed(f"/readyz answers {answer.status}; look at the logs of web and db.")
    if took > SLOW_SECONDS:
        raise Failed(f"/readyz took {took:.1f} s; look at the load of the machine.")
    return f"The site answers in {took * 1000:.0f} ms."


def outbox(asked: Asked) -> str:
    """What happened reaches whoever should hear of it."""
    dead = Delivery.objects.filter(status=Delivery.State.DEAD).count()
    if dead:
        raise Failed(f"{dead} deliveries failed for good; see them in the admin.")
    since = timezone.now() - OWED_TOO_LONG
    owed = Delivery.objects.filter(status=Delivery.State.PENDING, due_at__lt=since).count()
    if owed:
        raise Failed(f"{owed} deliveries wait for over 5 minutes; are worker and beat running?")
    return "No delivery waits."


def money(asked: Asked) -> str:
    """Nothing of a payment waits for a person."""
    counts = {
        "payments in review": PaymentRequest.objects.filter(state=PaymentState.REVIEW),
        "payments disputed at a bank": PaymentRequest.objects.filter(state=PaymentState.DISPUTED),
        "events of Stripe that failed": InboundEvent.objects.filter(state="dead"),
        "blocked transfers or refunds": Instruction.objects.filter(state=InstructionState.BLOCKED),
    }
    waiting = [f"{rows.count()} {name}" for name, rows in counts.items() if rows.exists()]
    if waiting:
        raise Failed(f"{', '.join(waiting)}; see the desk of payments in the admin.")
    return "No payment waits for a person."


def mail(asked: Asked) -> str:
    """Mails with links leave at once."""
    since = timezone.now() - OWED_TOO_LONG
    waiting = AccountMail.objects.filter(created_at__lt=since).count()
    if waiting:
        raise Failed(f"{waiting} mails about accounts wait; look at the mail provider.")
    return "No mail waits."


def arrivals(asked: Asked) -> str:
    """What real people did in the last hour; never a failure."""
    since = timezone.now() - timedelta(hours=1)
    people = User.objects.filter(is_demo=False, date_joined__gte=since).count()
    requests = RFQ.objects.filter(organization__is_demo=False, published_at__gte=since).count()
    orders = Order.objects.filter(buyer__is_demo=False, created_at__gte=since).count()
    return f"In the last hour: {people} sign-ups, {requests} requests sent out, {orders} orders."


def attacks(asked: Asked) -> str:
    """Nobody tries passwords by the hundred."""
    since = timezone.now() - timedelta(hours=1)
    recent = AccessAttempt.objects.filter(attempt_time__gte=since)
    tried = recent.aggregate(tried=Sum("failures_since_start"))["tried"] or 0
    if tried > MOST_FAILURES:
        raise Failed(f"{tried} failed sign-ins in an hour; see the access attempts in the admin.")
    return f"{tried} failed sign-ins in the last hour."


def books(asked: Asked) -> str:
    """The books agree with themselves."""
    said = StringIO()
    try:
        call_command("check_ledger", offline=True, stdout=said)
    except CommandError as error:
        raise Failed(f"{error} Run manage.py check_ledger.") from error
    return "The books agree."


def disk(asked: Asked) -> str:
    """There is room."""
    usage = shutil.disk_usage(settings.BASE_DIR)
    percent = 100 * usage.used / usage.total
    if percent > DISK_PERCENT:
        raise Failed(f"The disk is {percent:.0f} % full; make room before it is full.")
    return f"The disk is {percent:.0f} % full."


QUARTER_HOURLY = (
    Check("answers", "Site answers", 15, answers),
    Check("outbox", "Deliveries", 15, outbox),
    Check("money", "Payments", 15, money),
    Check("mail", "Mail", 15, mail),
)
HOURLY = (
    Check("arrivals", "Arrivals", 15, arrivals),
    Check("attacks", "Failed sign-ins", 15, attacks),
    Check("books", "Books", 300, books),
    Check("stripe", "Stripe", 60, payments),
    Check("storage", "Storage", 60, storage),
    Check("disk", "Disk", 5, disk),
    Check("certificate", "Certificate", 20, certificate),
    Check("backups", "Backup of today", 10, backups),
)
