"""Sums on pages of staff: read as money, not as the minor units of a column."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from marketplace.core.money import Money

ENDING = "_minor"


def _currency_of(thing: Any) -> str:
    """Of the row itself, or of the order it belongs to; "" where neither says."""
    return getattr(thing, "currency", "") or getattr(
        getattr(thing, "order", None) or getattr(thing, "request", None), "currency", ""
    )


@cache
def _shown(name: str) -> Callable[[Model], str]:
    """The column `name` as a field of a page: "395.00 EUR" for 39500."""
    label = name.removesuffix(ENDING).replace("_", " ").capitalize()

    def field(thing: Model) -> str:
        minor, currency = getattr(thing, name), _currency_of(thing)
        if minor is None:
            return "-"
        return str(Money(minor, currency)) if currency else str(minor)

    field.__name__ = name
    return admin.display(description=label, ordering=name)(field)


def _as_money(names: Iterable[Any]) -> list[Any]:
    """The same fields, each once, those in minor units as money."""
    found = (_shown(n) if isinstance(n, str) and n.endswith(ENDING) else n for n in names)
    return list(dict.fromkeys(found))


class MoneyShown:
    """For a page or an inline whose fields nobody types into."""

    model: Any

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """With sums as money."""
        return _as_money(super().get_fields(request, obj))  # type: ignore[misc]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Sums are never typed into."""
        own = [f.name for f in self.model._meta.concrete_fields if f.name.endswith(ENDING)]
        return _as_money([*super().get_readonly_fields(request, obj), *own])  # type: ignore[misc]

    def get_list_display(self, request: HttpRequest) -> Any:
        """With sums as money."""
        return _as_money(super().get_list_display(request))  # type: ignore[misc]

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the order that says the currency, in the same query."""
        rows = super().get_queryset(request)  # type: ignore[misc]
        fields = {field.name for field in self.model._meta.concrete_fields}
        if "currency" in fields or not any(name.endswith(ENDING) for name in fields):
            return rows
        return rows.select_related(*fields.intersection({"order", "request"}))
