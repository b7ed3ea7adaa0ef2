"""Template filters and tags: how money, numbers, sizes, dates and states are written everywhere.

The filters are loaded as builtins, so a template needs no `{% load %}`. An unknown value (None or
"") is written as a dash, never as 0.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.timesince import timesince
from django.utils.translation import get_language, ngettext

from marketplace.core.money import EXPONENTS, Money
from marketplace.core.templatetags import states, widgets

register = template.Library()

UNKNOWN = "—"
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£"}


def _decimal(value: Any) -> Decimal | None:
    """`value` as a finite Decimal, or None when there is nothing to write."""
    if value is None or value == "":
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _grouped(number: Decimal, places: int) -> str:
    """`number` rounded half up to `places`, with the separators of the active locale."""
    return _written(number, places, get_language())


# A page of prices writes the same numbers over and over: a comparison has some six thousand.
@lru_cache(maxsize=8192)
def _written(number: Decimal, places: int, language: str | None) -> str:
    rounded = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return number_format(rounded, decimal_pos=places, use_l10n=True, force_grouping=True)


def _trimmed(number: Decimal, places: int) -> str:
    """As `_grouped`, without trailing zeros: 12.50 -> 12.5, 3.00 -> 3."""
    shown = 0
    rounded = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    while shown < places and rounded != round(rounded, shown):
        shown += 1
    return _grouped(rounded, shown)


def _with_currency(digits: str, currency: str, *, negative: bool) -> str:
    sign = "−" if negative else ""
    symbol = SYMBOLS.get(currency)
    if symbol is None:
        return f"{sign}{currency}\u00a0{digits}"
    # Digits, separators and a symbol of ours: nothing in it has to be escaped.
    return mark_safe(f"{sign}{symbol}{digits}")  # noqa: S308


@register.filter
def money(value: Money | int | None, currency: str = "") -> str:
    """A `Money`, or whole minor units with their currency: `{{ order.total_minor|money:"USD" }}`.

    Raises KeyError for a currency this installation does not trade in.
    """
    if value is None or value == "":
        return UNKNOWN
    amount = value if isinstance(value, Money) else Money(int(value), currency)
    digits = _grouped(abs(amount.decimal), EXPONENTS[amount.currency])
    return _with_currency(digits, amount.currency, negative=amount.minor < 0)


@register.filter
def unit_price(value: Any, currency: str = "") -> str:
    """A price per piece in major units; keeps up to the 4 decimals a unit price may have."""
    number = _decimal(value)
    if number is None:
        return UNKNOWN
    magnitude = abs(number)
    places = EXPONENTS.get(currency, 2)
    while places < 4 and magnitude != round(magnitude, places):
        places += 1
    return _with_currency(_grouped(magnitude, places), currency, negative=number < 0)


@register.filter
def number(value: Any, places: int = 2) -> str:
    """A plain number with at most `places` decimals."""
    parsed = _decimal(value)
    return UNKNOWN if parsed is None else _trimmed(parsed, int(places))


@register.filter
def quantity(value: Any) -> str:
    """A count of pieces: "1 pc", "1,500 pcs"."""
    parsed = _decimal(value)
    if parsed is None:
        return UNKNOWN
    return f"{_grouped(parsed, 0)}\u00a0{ngettext('pc', 'pcs', int(parsed))}"


@register.filter
def days(value: Any) -> str:
    """A lead time in days: "1 day", "12 days"."""
    parsed = _decimal(value)
    if parsed is None:
        return UNKNOWN
    return f"{_grouped(parsed, 0)}\u00a0{ngettext('day', 'days', int(parsed))}"


@register.filter
def percent(value: Any, places: int = 1) -> str:
    """A share between 0 and 1 in percent."""
    parsed = _decimal(value)
    return UNKNOWN if parsed is None else f"{_trimmed(parsed * 100, int(places))}%"


@register.filter
def mm(value: Any) -> str:
    """A length in millimeters."""
    parsed = _decimal(value)
    return UNKNOWN if parsed is None else f"{_trimmed(parsed, 2)}\u00a0mm"


@register.filter
def dims(value: Sequence[Any] | None) -> str:
    """A bounding box [x, y, z] in millimeters: "120 × 80 × 24.5 mm"; what is flat has two sides."""
    sides = [_decimal(side) for side in value or ()]
    if not sides or None in sides:
        return UNKNOWN
    shown = [side for side in sides if side] or sides
    return " × ".join(_trimmed(side, 1) for side in shown if side is not None) + "\u00a0mm"


@register.filter
def cm2(value: Any) -> str:
    """An area given in mm², written in cm², below one in mm²."""
    parsed = _decimal(value)
    if parsed is None:
        return UNKNOWN
    if abs(parsed) < 100:
        return f"{_trimmed(parsed, 2)}\u00a0mm²"
    return f"{_trimmed(parsed / 100, 2)}\u00a0cm²"


@register.filter
def cm3(value: Any) -> str:
    """A volume given in mm³, written in cm³, below one in mm³: a small part is not nothing."""
    parsed = _decimal(value)
    if parsed is None:
        return UNKNOWN
    if abs(parsed) < 1000:
        return f"{_trimmed(parsed, 2)}\u00a0mm³"
    return f"{_trimmed(parsed / 1000, 2)}\u00a0cm³"


@register.filter
def file_size(value: Any) -> str:
    """A number of bytes in kB, MB or GB (powers of 1000, as drives and browsers count)."""
    parsed = _decimal(value)
    if parsed is None:
        return UNKNOWN
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if parsed >= size:
            return f"{_trimmed(parsed / size, 1)}\u00a0{unit}"
    return f"{_grouped(parsed, 0)}\u00a0byte{'' if parsed == 1 else 's'}"


@register.filter
def span(value: timedelta | None) -> str:
    """A span of time in its largest unit, rounded: "6 days", "5 hours", "less than an hour"."""
    if value is None:
        return UNKNOWN
    hours = round(value.total_seconds() / 3600)
    if hours >= 48:
        return days(round(hours / 24))
    return f"{hours}\u00a0{ngettext('hour', 'hours', hours)}" if hours else "less than an hour"


def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


@register.filter
def plain_day(value: date | datetime | str | None) -> str:
    """A date as text, for documents, tables and mails; a fact keeps it as "2026-12-05"."""
    if isinstance(value, str):
        value = parse_date(value)
    return date_format(_local(value), "DATE_FORMAT") if value else UNKNOWN


@register.filter
def day(value: date | datetime | None) -> str:
    """A date as `<time>`."""
    if not value:
        return UNKNOWN
    local = _local(value)
    return format_html(
        '<time datetime="{}">{}</time>', local.isoformat(), date_format(local, "DATE_FORMAT")
    )


@register.filter
def moment_text(value: datetime | str | None) -> str:
    """A date with its time and time zone as text; a fact keeps it in RFC 3339."""
    if isinstance(value, str):
        value = parse_datetime(value)
    if not value:
        return UNKNOWN
    local = _local(value)
    return f"{date_format(local, 'DATE_FORMAT')}, {date_format(local, 'H:i')} {local:%Z}".strip()


@register.filter
def moment(value: datetime | None) -> str:
    """A date with its time and time zone as `<time>`."""
    if not value:
        return UNKNOWN
    return format_html(
        '<time datetime="{}">{}</time>', _local(value).isoformat(), moment_text(value)
    )


@register.filter
def relative(value: datetime | None) -> str:
    """How long ago or how far ahead, as `<time>` with the exact moment as its title."""
    if not value:
        return UNKNOWN
    now = timezone.now()
    local = _local(value)
    ahead = value > now
    span = timesince(now, value, depth=1) if ahead else timesince(value, now, depth=1)
    text = f"in {span}" if ahead else f"{span} ago"
    if abs(value - now) < timedelta(minutes=1):
        text = "just now"
    exact = f"{date_format(local, 'DATETIME_FORMAT')} {local:%Z}".strip()
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), exact, text)


@register.filter
def tone(state: Any) -> str:
    """The color family of a state: neutral, info, success, warning or error."""
    return states.tone_of(str(state))


@register.filter
def initials(name: str) -> str:
    """Up to two letters for an avatar: "Bea Buyer" -> "BB"."""
    words = [word for word in str(name).split() if word[0].isalnum()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[:2] for word in words]
    return "".join(letters).upper() or "?"


@register.filter
def styled(field: BoundField) -> str:
    """A bound form field's widget with our classes; the `field` component calls it."""
    return widgets.render_styled(field)


@register.filter
def widget_kind(field: BoundField) -> str:
    """Which layout a field needs: choices, checkbox, hidden, several or plain."""
    return widgets.kind_of(field)


@register.filter
def shell(actor: Any) -> str:
    """The layout of pages that belong to every side: `{% extends request.actor|shell %}`."""
    organization = getattr(actor, "organization", None)
    if organization is None:
        return "layouts/public.html"
    return "layouts/buyer.html" if organization.is_buyer else "layouts/portal.html"


@register.simple_tag
def site_name() -> str:
    """The installation's name. A tag, because allauth puts another `site` into its pages."""
    return settings.SITE_NAME


@register.simple_tag(takes_context=True)
def nav_current(context: template.Context, url: str, exact: bool = False) -> str:
    """The value of `aria-current`: "page" on `url` or an address below it, else ""."""
    request = context.get("request")
    path = request.path if request else ""
    here = path == url if exact else bool(url) and path.startswith(url)
    return "page" if here else ""
