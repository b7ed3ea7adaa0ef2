"""Sample data of the component gallery, so that the page needs nothing from its view."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms, template
from django.utils import timezone

from marketplace.core.pages import Page

register = template.Library()

STATES = [
    "draft",
    "open",
    "submitted",
    "awaiting_payment",
    "in_production",
    "shipped",
    "accepted",
    "disputed",
    "on_hold",
    "held",
    "released",
    "failed",
    "expired",
    "verified",
]
STEPS = [
    "Quote accepted",
    "Paid",
    "Confirmed",
    "In production",
    "Quality check",
    "Shipped",
    "Accepted",
]


class SampleForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label="Part name", max_length=40, help_text="As on the drawing.")
    process = forms.ChoiceField(choices=[("milling", "CNC milling"), ("sheet", "Sheet metal")])
    quantity = forms.IntegerField(min_value=1)
    need_by = forms.DateField(required=False)
    inspection = forms.ChoiceField(
        choices=[("standard", "Standard"), ("fai", "First article (AS9102)")],
        widget=forms.RadioSelect,
    )
    certificates = forms.MultipleChoiceField(
        required=False,
        choices=[("iso9001", "ISO 9001"), ("as9100", "AS9100")],
        widget=forms.CheckboxSelectMultiple,
    )
    notes = forms.CharField(widget=forms.Textarea, required=False)
    drawing = forms.FileField(required=False)
    controlled = forms.BooleanField(
        required=False,
        label="This part is export controlled",
        help_text="Only manufacturers cleared for it will see it.",
    )

    def clean(self) -> dict[str, Any]:
        """Always complains, to show an error that belongs to no field."""
        raise forms.ValidationError(
            "The deadline lies after the need-by date. Choose an earlier deadline."
        )


def _orders() -> list[dict[str, Any]]:
    today = timezone.now().date()
    rows = [("in_production", 123456), ("shipped", 246912), ("disputed", 493824)]
    return [
        {
            "number": f"ORD-10{place}",
            "manufacturer": "Example Precision",
            "state": state,
            "label": _label(state),
            "total": total,
            "due": today + timedelta(days=place),
        }
        for place, (state, total) in enumerate(rows, 1)
    ]


def _label(state: str) -> str:
    return state.replace("_", " ").capitalize()


def _steps() -> list[dict[str, str]]:
    current = 3
    states = ["done"] * current + ["current"] + ["todo"] * (len(STEPS) - current - 1)
    notes = {current: "due in 8 days"}
    return [
        {"label": label, "state": state, "note": notes.get(place, "")}
        for place, (label, state) in enumerate(zip(STEPS, states, strict=True))
    ]


def _prices() -> list[dict[str, Any]]:
    rows = [(1, Decimal("184.50"), 10), (50, Decimal("42.125"), 12), (1000, Decimal("18.9"), 21)]
    return [
        {
            "quantity": quantity,
            "unit_price": price,
            "total": int(price * quantity * 100),
            "lead_time_days": lead,
        }
        for quantity, price, lead in rows
    ]


def _timeline() -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {
            "who": "Example Buyer",
            "sentence": "accepted the quote of Example Precision.",
            "at": now - timedelta(days=3),
            "icon": "check",
            "tone": "success",
        },
        {
            "who": "",
            "sentence": "The payment of $1,234.56 is held.",
            "at": now - timedelta(days=2),
            "icon": "banknote",
            "tone": "info",
        },
        {
            "who": "Example Precision",
            "sentence": "reported the milestone Production with 3 photos.",
            "at": now,
        },
    ]


@register.simple_tag
def gallery_samples() -> dict[str, Any]:
    """Everything the gallery shows, by name."""
    return {
        "states": [(state, _label(state)) for state in STATES],
        "steps": _steps(),
        "orders": _orders(),
        "page": Page(rows=[], next_after="44", is_first=False),
        "prices": _prices(),
        "facts": [
            {"label": "Material", "value": "EN AW-6082 T6"},
            {"label": "Finish", "value": "Anodized, clear"},
            {"label": "Volume", "value": "48.2 cm³"},
            {"label": "Bounding box", "value": "130 × 80 × 105 mm"},
        ],
        "part_facts": ["130 × 80 × 105 mm", "48.2 cm³"],
        "timeline": _timeline(),
        "form": SampleForm(auto_id="empty_%s"),
        "bound_form": SampleForm({"name": "Bracket <b>", "quantity": "-1"}, auto_id="bound_%s"),
    }
