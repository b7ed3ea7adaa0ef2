"""What an invoice or a credit note says, as plain values that are kept for good."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings

from accounts.models import Organization
from marketplace.core.money import Money
from payments.tax_rules import Side


@dataclass(frozen=True)
class Party:
    """A company as papers name it; `address` may have several lines."""

    name: str
    address: str
    city: str
    country: str
    vat_id: str
    registration: str

    @property
    def side(self) -> Side:
        """The same for the rules of VAT."""
        return Side(self.country, self.vat_id)

    @property
    def lines(self) -> list[str]:
        """Name, address and country, one a line."""
        street = [line.strip() for line in self.address.splitlines() if line.strip()]
        city = self.city if self.city and self.city not in self.address else ""
        return [part for part in (self.name, *street, city, self.country) if part]


@dataclass(frozen=True)
class Line:
    """One thing that is invoiced, minor units before VAT."""

    text: str
    net_minor: int


@dataclass(frozen=True)
class Facts:
    """Everything a document says. Days are ISO dates, amounts minor units of `currency`.

    `category` is the VAT category of EN 16931, `sentence` the reason for no or other VAT. `paid_on`
    and `paid_by` are empty for what was not paid through us; `due_on` and `pay_with` are the day to
    pay by and the reference to pay with of what is owed on account, `pay_to` our bank account
    (IBAN). `in_name_of` names who writes it when that is not the seller.
    """

    kind: str
    number: str
    issued_on: str
    currency: str
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    net_minor: int
    tax_minor: int
    rate_bps: int
    category: str
    sentence: str
    subject: str = ""
    buyer_reference: str = ""
    paid_on: str = ""
    paid_by: str = ""
    corrects: str = ""
    corrects_on: str = ""
    in_name_of: str = ""
    due_on: str = ""
    pay_with: str = ""
    pay_to: str = ""

    @property
    def gross_minor(self) -> int:
        """What it comes to."""
        return self.net_minor + self.tax_minor

    def money(self, minor: int) -> Money:
        """An amount of it."""
        return Money(minor, self.currency)

    def plain(self) -> dict[str, Any]:
        """As JSON; `facts_of` gives it back."""
        return asdict(self)


def facts_of(kept: dict[str, Any]) -> Facts:
    """What `Facts.plain` made."""
    values = dict(kept)
    values["seller"], values["buyer"] = Party(**kept["seller"]), Party(**kept["buyer"])
    values["lines"] = tuple(Line(**line) for line in kept["lines"])
    return Facts(**values)


def party_of(organization: Organization, country: str = "", vat_id: str | None = None) -> Party:
    """A company as it states itself now; `country` and `vat_id` as they were found for an order."""
    return Party(
        name=organization.legal_name or organization.name,
        address=organization.address,
        city=organization.city,
        country=country or organization.country,
        vat_id=organization.vat_id if vat_id is None else vat_id,
        registration=organization.registration_number,
    )


def platform() -> Party | None:
    """The company that runs the platform; None while its settings do not name it, and then no
    commission is invoiced."""
    values = settings.PLATFORM_COMPANY
    if not values["name"]:
        return None
    return Party(**values)
