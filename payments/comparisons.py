"""What a reconciliation compares, as pure functions on plain values: our books and Stripe's word.

Amounts are minor units. Our side is read first and Stripe is asked after it, so that whatever we
know Stripe knows too; what only Stripe knows counts once it is older than `settled_before`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from marketplace.core.money import EXPONENTS, Money
from payments.values import Movement

# Of one comparison; the sums count everything.
MOST_FINDINGS = 100


class Kind(models.TextChoices):
    """The comparisons; the first six are those of the design, the last one is an alarm."""

    BALANCE = "balance", "Balance"
    MOVEMENTS = "movements", "Movements"
    UNFINISHED = "unfinished", "Unfinished work"
    BOOKS = "books", "Our books"
    MIRROR = "mirror", "Copy of Stripe"
    TRANSFERS = "transfers", "Transfers"
    COVER = "cover", "Cover"


@dataclass(frozen=True)
class Finding:
    """One thing that differs. `key` is the same in every run that finds it."""

    kind: str
    key: str
    sentence: str
    minor: int = 0
    currency: str = ""
    model: str = ""
    row: int | None = None


@dataclass(frozen=True)
class Comparison:
    """Two figures that must be equal, minor units of `currency`, or a count of things without.

    `difference` adds up the difference of every single thing, so that two faults do not cancel
    each other out: it can be more than `expected` and `found` are apart.
    """

    kind: str
    label: str
    currency: str
    expected: int
    found: int
    difference: int
    findings: tuple[Finding, ...] = field(default=())
    is_cut: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The figures, for JSON."""
        names = ("kind", "label", "currency", "expected", "found", "difference")
        return {name: getattr(self, name) for name in names}

    def amount(self, minor: int) -> str:
        """One of the figures, for people."""
        return amount_of(minor, self.currency)


@dataclass(frozen=True)
class Booked:
    """What our books say one movement did to the Stripe balance; `row` is its first entry."""

    net: int
    currency: str
    row: int


@dataclass(frozen=True)
class Sent:
    """What our books say was transferred for one order."""

    minor: int
    reference: str
    order_pk: int


def amount_of(minor: int, currency: str) -> str:
    """An amount for people: money of a currency we trade in, else the plain number."""
    if currency in EXPONENTS:
        return str(Money(minor, currency))
    return f"{minor:,} {currency}".strip()


def comparison(
    kind: str,
    label: str,
    figures: tuple[int, int, int],
    findings: Iterable[Finding],
    currency: str = "",
) -> Comparison:
    """Put one together from (expected, found, difference); at most MOST_FINDINGS are kept."""
    kept = list(findings)
    expected, found, difference = figures
    return Comparison(
        kind,
        label,
        currency,
        expected,
        found,
        difference,
        tuple(kept[:MOST_FINDINGS]),
        len(kept) > MOST_FINDINGS,
    )


def compare_movements(
    books: Mapping[str, int],
    booked: Mapping[str, Booked],
    done: Mapping[str, tuple[str, int]],
    movements: Iterable[Movement],
    *,
    settled_before: int,
) -> tuple[list[Comparison], dict[str, int]]:
    """Stripe's balance against ours, and every movement on both sides.

    `books` is our balance by currency, `booked` what we booked by the id of Stripe's movement,
    `done` the instructions carried out, Stripe's id -> (key, row). Returns the comparisons and
    Stripe's balance by currency. `settled_before` in Unix seconds.
    """
    stripe: Counter[str] = Counter()
    only_ours, missing = dict(booked), dict(done)
    findings: list[Finding] = []
    count = 0
    for movement in movements:
        entry = movement.entry
        ours = only_ours.pop(entry.id, None)
        missing.pop(movement.source, None)
        if ours is None and movement.created >= settled_before:
            continue
        count += 1
        stripe[entry.currency] += entry.net
        if ours is None:
            findings.append(_unknown(movement))
        elif (ours.net, ours.currency) != (entry.net, entry.currency):
            findings.append(_differs(movement, ours))
    findings += [_unheard(ref, ours) for ref, ours in sorted(only_ours.items())]
    every = count + len(only_ours)
    agree = every - len(findings)
    findings += [_not_done(ref, *what) for ref, what in sorted(missing.items())]
    compared = [
        _balance(currency, books.get(currency, 0), stripe[currency])
        for currency in sorted({*books, *stripe}) or [""]
    ]
    figures = (every, agree, len(findings))
    label = "Every movement of Stripe's balance is in our books, and the other way round"
    return [*compared, comparison(Kind.MOVEMENTS, label, figures, findings)], dict(stripe)


def _balance(currency: str, ours: int, theirs: int) -> Comparison:
    findings = []
    if ours != theirs:
        words = f"Our books say {amount_of(ours, currency)}, Stripe {amount_of(theirs, currency)}."
        findings = [Finding(Kind.BALANCE, f"balance:{currency}", words, theirs - ours, currency)]
    label = "Our books and Stripe's balance agree"
    return comparison(Kind.BALANCE, label, (ours, theirs, abs(theirs - ours)), findings, currency)


def _unknown(movement: Movement) -> Finding:
    entry = movement.entry
    moved = amount_of(entry.net, entry.currency)
    words = f"Stripe moved {moved} ({movement.kind} {movement.source}), our books did not."
    return Finding(Kind.MOVEMENTS, f"movement:{entry.id}", words, entry.net, entry.currency)


def _differs(movement: Movement, ours: Booked) -> Finding:
    entry = movement.entry
    theirs = amount_of(entry.net, entry.currency)
    words = f"{entry.id} moved {theirs}, our books say {amount_of(ours.net, ours.currency)}."
    return Finding(
        Kind.MOVEMENTS,
        f"movement:{entry.id}",
        words,
        entry.net - ours.net,
        entry.currency,
        "payments.ledgerentry",
        ours.row,
    )


def _unheard(ref: str, ours: Booked) -> Finding:
    words = (
        f"Our books name the movement {ref} of {amount_of(ours.net, ours.currency)}, "
        "Stripe does not know it."
    )
    return Finding(
        Kind.MOVEMENTS,
        f"movement:{ref}",
        words,
        -ours.net,
        ours.currency,
        "payments.ledgerentry",
        ours.row,
    )


def _not_done(ref: str, key: str, row: int) -> Finding:
    words = f"Instruction {key} was done as {ref}, Stripe moved nothing for it."
    return Finding(Kind.MOVEMENTS, f"done:{ref}", words, model="payments.instruction", row=row)


def compare_transfers(
    sent: Mapping[tuple[str, str], Sent],
    booked: Collection[str],
    transfers: Iterable[Mapping[str, Any]],
    *,
    settled_before: int,
) -> list[Comparison]:
    """What left for each order, ours against Stripe's; keys are (transfer group, currency).

    `booked` are Stripe's movements that `sent` adds up. `settled_before` in Unix seconds.
    """
    theirs: Counter[tuple[str, str]] = Counter()
    for transfer in transfers:
        if transfer["balance_transaction"] in booked or transfer["created"] < settled_before:
            place = (transfer["transfer_group"] or "", transfer["currency"].upper())
            theirs[place] += transfer["amount"] - _taken_back(transfer, booked, settled_before)
    by_currency: dict[str, list[Finding]] = {currency: [] for _, currency in [*sent, *theirs]}
    by_currency = by_currency or {"": []}
    for group, currency in sorted({*sent, *theirs}):
        ours, found = sent.get((group, currency)), theirs[group, currency]
        minor = ours.minor if ours else 0
        if minor != found:
            words = (
                f"{ours.reference if ours else group or 'No order'}: our books transferred "
                f"{amount_of(minor, currency)}, Stripe {amount_of(found, currency)}."
            )
            key = f"transfers:{group}:{currency}"
            about = ("orders.order", ours.order_pk) if ours else ("", None)
            finding = Finding(Kind.TRANSFERS, key, words, found - minor, currency, *about)
            by_currency[currency].append(finding)
    label = "Transfers of each order are what was released for it"
    return [
        comparison(
            Kind.TRANSFERS,
            label,
            (
                sum(ours.minor for (_, of), ours in sent.items() if of == currency),
                sum(minor for (_, of), minor in theirs.items() if of == currency),
                sum(abs(finding.minor) for finding in findings),
            ),
            findings,
            currency,
        )
        for currency, findings in sorted(by_currency.items())
    ]


def _taken_back(transfer: Mapping[str, Any], booked: Collection[str], settled_before: int) -> int:
    """What was taken back of a transfer, without what our books may not have heard of yet."""
    young = sum(
        reversal["amount"]
        for reversal in (transfer.get("reversals") or {}).get("data", [])
        if reversal["balance_transaction"] not in booked and reversal["created"] >= settled_before
    )
    return int(transfer["amount_reversed"] - young)


def compare_mirror(
    name: str, fetched: Mapping[str, object], mirrored: Mapping[str, object]
) -> tuple[Comparison, list[str]]:
    """How many of Stripe's objects the copy shows as they are, and the ids of the others."""
    behind = [one for one, shown in fetched.items() if mirrored.get(one) != shown]
    findings = []
    if behind:
        words = (
            f"The copy of Stripe was behind for {len(behind)} of its {name}; "
            "they are fetched again."
        )
        findings = [Finding(Kind.MIRROR, f"mirror:{name}", words)]
    figures = (len(fetched), len(fetched) - len(behind), len(behind))
    label = f"The copy shows Stripe's {name} as they are"
    return comparison(Kind.MIRROR, label, figures, findings), behind


def compare_cover(owed: Mapping[str, int], stripe: Mapping[str, int]) -> list[Comparison]:
    """Does Stripe's balance cover what is owed to others? Figures: owed, balance, shortfall."""
    compared = []
    for currency in sorted({*owed, *stripe}) or [""]:
        due, balance = owed.get(currency, 0), stripe.get(currency, 0)
        short = max(0, due - balance)
        words = (
            f"The Stripe balance of {amount_of(balance, currency)} is {amount_of(short, currency)} "
            f"below what is owed to others ({amount_of(due, currency)}). Top it up; pay nothing "
            "out to the platform."
        )
        finding = Finding(Kind.COVER, f"cover:{currency}", words, -short, currency)
        label = "Stripe's balance is at least what is owed to others"
        figures = (due, balance, short)
        compared.append(
            comparison(Kind.COVER, label, figures, [finding] if short else [], currency)
        )
    return compared
