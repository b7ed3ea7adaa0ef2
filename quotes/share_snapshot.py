"""A comparison frozen as plain values, shops named or not: pure, nothing is read.

Without names a shop is a letter, and free texts of a quote are kept back, since they may name it.
"""

from collections.abc import Mapping, Sequence
from string import ascii_uppercase
from typing import Any

from marketplace.core.money import Money
from marketplace.core.templatetags.formats import money, unit_price
from quotes.compared import Compared, Strategy, matrix_of
from quotes.differences import Term

KEPT_BACK = "stated, kept back with the names"
NOTHING = "none"


def letters(number: int) -> str:
    """A, B ... Z, AA, AB ... for 0, 1, 2 ..."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = ascii_uppercase[rest] + text
    return text


def snapshot_of(found: Compared, terms: Sequence[Term], *, with_names: bool) -> dict[str, Any]:
    """What a reader of the link sees. Amounts are texts as shown; unknown ones are "".

    The order of shops is that of the comparison: the order in which their quotes came.
    """
    shown = matrix_of(found)
    shops = {
        quote.public_id: found.names[quote.public_id] if with_names else f"Shop {letters(at)}"
        for at, quote in enumerate(found.quotes)
    }
    currency = found.rfq.currency
    return {
        "reference": found.rfq.reference,
        "title": found.rfq.title,
        "company": found.rfq.organization.name,
        "currency": currency,
        "strategy": Strategy(found.strategy).label,
        "shops": [
            {
                "name": shops[column.quote.public_id],
                "currency": column.quote.currency,
                "standing": column.standing,
                "total": money(column.landed) if column.landed else "",
                "is_best": column.is_best and len(shops) > 1,
            }
            for column in shown["columns"]
        ],
        "plans": [_plan(key, found, shops) for key in Strategy if found.plans[key]],
        "lines": [_line(group, currency) for group in shown["groups"]],
        "terms": [_term(term, with_names) for term in terms],
        "rates": [used.sentence for used in found.rates],
    }


def _plan(key: Strategy, found: Compared, shops: Mapping[str, str]) -> dict[str, Any]:
    plan = found.plans[key]
    assert plan is not None  # the caller leaves out what leads to nothing
    return {
        "label": key.label,
        "total": money(Money(plan.total_minor, found.rfq.currency)),
        "lead_time_days": plan.lead_time_days,
        "shops": [shops[quote_id] for quote_id in plan.quote_ids],
        "left_out": found.left_out(plan),
        "is_exact": plan.is_exact,
        "not_said": plan.not_said,
        "is_current": key == found.strategy,
    }


def _line(group: Mapping[str, Any], currency: str) -> dict[str, Any]:
    part = group["line"].part_revision.part
    rows = [
        {
            "quantity": row["quantity"],
            "chosen": row["chosen"],
            "cells": [
                [_cell(each, currency) for each in (cell, *cell["others"])] for cell in row["cells"]
            ],
        }
        for row in group["rows"]
    ]
    return {"number": part.number, "name": part.name, "rows": rows}


def _cell(cell: Mapping[str, Any], currency: str) -> dict[str, Any]:
    landed, price = cell["landed"], cell["price"]
    return {
        "option": cell["option"],
        "is_quoted": price is not None,
        "each": unit_price(landed.each(currency), currency) if landed else "",
        "total": money(Money(landed.total_minor, currency)) if landed else "",
        "lead_time_days": price.lead_time_days if price else None,
        "not_said": [name for _, name in cell["not_said"]],
        "is_best": cell["is_best"],
        "is_fastest": cell["is_fastest"],
        "is_picked": cell["is_picked"],
    }


def _term(term: Term, with_names: bool) -> dict[str, Any]:
    keeps_back = term.is_free_text and not with_names
    answers = [
        KEPT_BACK if keeps_back and answer != NOTHING else str(answer) for answer in term.answers
    ]
    return {"name": term.name, "differs": term.differs, "answers": answers}
