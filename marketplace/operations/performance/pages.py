"""How many queries our own pages and lists ask, and whether it grows with what they show.

Each is asked for as a person would, inside a transaction that is rolled back. The same statement
many times in one answer is a query for each row.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count
from django.test import Client
from django.test.utils import override_settings

from accounts.models import Membership, Organization, User
from accounts.roles import Role
from marketplace.operations.performance.findings import Finding, Level, judged

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# The same statement so often in one answer is one for each row.
REPEATED = 5
# More than this is much for one answer, whatever the reason.
MANY = 80
ALL = "100"
PUBLIC = ("/", "/manufacturers/", "/accounts/login/", "/status/")
BUYER = ("/home/", "/parts/", "/rfqs/", "/rfqs/record/", "/orders/", "/payments/", "/suppliers/")
SHOP = ("/portal/", "/portal/requests/", "/portal/requests/open/", "/portal/orders/")
SHOP_MONEY = ("/portal/orders/board/", "/portal/payouts/")
ANYBODY = ("/inbox/", "/settings/members/", "/settings/audit/")
STAFF = ("/admin/", "/admin/accounts/user/", "/admin/orders/order/", "/admin/quotes/rfq/")
BUYER_LISTS = ("parts", "rfqs", "orders", "manufacturers", "notifications", "audit", "members")
SHOP_LISTS = ("requests", "requests/open", "quotes", "orders", "notifications")


@dataclass(frozen=True)
class Asked:
    """The answer to one page: its status, its queries, and the statement asked most often."""

    path: str
    status: int
    queries: int
    repeated: int
    statement: str

    @property
    def grows(self) -> bool:
        return self.repeated >= REPEATED

    def __str__(self) -> str:
        if self.status != HTTPStatus.OK:
            return f"{self.path}: not measured, it answers {self.status}"
        line = f"{self.path}: {self.queries} queries"
        if self.grows:
            line += f", one of them {self.repeated} times: {self.statement[:120]}"
        return line


def queries_of_pages() -> list[Finding]:
    """Two findings: whether an answer costs a query for each row, and what each costs at all."""
    asked = list(ask_all())
    measured = [each for each in asked if each.status == HTTPStatus.OK]
    growing = [str(each) for each in measured if each.grows]
    repeated = judged(
        "rows",
        "A query for each row",
        f"None of {len(measured)} pages and lists asks one.",
        "{count} pages and lists ask the same again for each row.",
        growing,
        Level.FAILS,
    )
    many = [each for each in measured if each.queries > MANY]
    most = max(measured, key=lambda each: each.queries, default=None)
    told = f"At most {most.queries} for one answer ({most.path})." if most else "Nothing answered."
    level = Level.NOTE if many or not most else Level.OK
    counts = Finding("queries", "Queries of pages", level, told, [str(each) for each in asked])
    return [repeated, counts]


def ask_all() -> Iterator[Asked]:
    """Every page and list on the table, each for the person it is for; without one it is left
    out."""
    buyer, shop = busiest("rfqs", is_buyer=True), busiest("sales", is_manufacturer=True)
    lists = {
        "buyer": [f"/api/v1/{each}/?page_size={ALL}" for each in BUYER_LISTS],
        "shop": [f"/api/v1/{each}/?page_size={ALL}" for each in SHOP_LISTS],
    }
    yield from (ask(path, None) for path in PUBLIC)
    if buyer:
        yield from (ask(path, buyer) for path in (*BUYER, *ANYBODY, *lists["buyer"]))
    if shop:
        yield from (ask(path, shop) for path in (*SHOP, *SHOP_MONEY, *lists["shop"]))
    if staff := a_member_of_staff():
        yield from (ask(path, staff) for path in STAFF)


def busiest(what: str, **of: bool) -> User | None:
    """The first owner of the organization that has most of `what` (`rfqs` or `sales`)."""
    organizations = Organization.objects.filter(**of).annotate(busy=Count(what))
    first = organizations.order_by("-busy", "pk").first()
    if first is None:
        return None
    owners = Membership.objects.filter(
        organization=first, role=Role.OWNER, deactivated_at=None, user__is_active=True
    )
    owner = owners.order_by("pk").first()
    return owner.user if owner else None


def a_member_of_staff() -> User | None:
    """The first who may see everything in the admin."""
    return User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()


def ask(path: str, person: User | None) -> Asked:
    """Ask twice, so that what is kept from the first time does not count; nothing is left of it."""
    site = urlsplit(settings.SITE_URL)
    client = Client(SERVER_NAME=site.hostname or "localhost", raise_request_exception=False)
    # The figures and the logs of the site are about people.
    with override_settings(COUNT_REQUESTS=False), _silence(), transaction.atomic():
        if person:
            client.force_login(person, BACKEND)
        get = partial(client.get, path, secure=site.scheme == "https")
        get()
        with counted() as statements:
            status = get().status_code
        transaction.set_rollback(True)
    statement, repeated = (statements.most_common(1) or [("", 0)])[0]
    return Asked(path, status, statements.total(), repeated, " ".join(statement.split()))


@contextmanager
def _silence() -> Iterator[None]:
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(before)


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Counts every statement by its words, without the values in it."""
    found: Counter[str] = Counter()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            found[sql] += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found
