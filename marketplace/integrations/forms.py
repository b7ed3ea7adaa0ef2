"""Forms of webhooks."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms

from marketplace.integrations.actions import DESCRIPTION_LENGTH
from marketplace.integrations.addresses import LONGEST
from marketplace.integrations.facts import CHAPTERS, PUBLISHED
from marketplace.integrations.models import WebhookEndpoint


class EndpointForm(forms.Form):
    """Where to send, and what. Nothing ticked means every fact, those of later versions too."""

    url = forms.CharField(
        label="Address",
        max_length=LONGEST,
        help_text="Of your own system; begins with https://.",
        widget=forms.URLInput(attrs={"placeholder": "https://erp.example.com/hooks/parts"}),
    )
    description = forms.CharField(
        label="What it is for", max_length=DESCRIPTION_LENGTH, required=False
    )
    facts = forms.MultipleChoiceField(
        label="Facts",
        required=False,
        choices=[
            (chapter, [(name, name.replace("_", " ")) for name in names])
            for chapter, names in CHAPTERS.items()
        ],
        widget=forms.CheckboxSelectMultiple,
    )

    @classmethod
    def of(cls, endpoint: WebhookEndpoint) -> "EndpointForm":
        """Filled with what is kept."""
        return cls(
            initial={
                "url": endpoint.url,
                "description": endpoint.description,
                "facts": endpoint.facts,
            }
        )

    def clean_facts(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["facts"]
        return [] if len(chosen) == len(PUBLISHED) else chosen

    def chapters(self) -> list[tuple[str, list[Any], int]]:
        """(chapter, its checkboxes, how many of them are ticked), for the page."""
        boxes = {str(box.data["value"]): box for box in self["facts"].subwidgets}
        found = []
        for chapter, names in CHAPTERS.items():
            own = [boxes[name] for name in names]
            found.append((chapter, own, sum(bool(box.data["selected"]) for box in own)))
        return found


class ReplayForm(forms.Form):
    """Which messages are sent again: those of whole days (UTC)."""

    since = forms.DateField(label="From")
    until = forms.DateField(label="Until", required=False)
    everything = forms.BooleanField(label="Also those that were delivered", required=False)

    def period(self) -> dict[str, Any]:
        """What `replay` takes."""
        until = self.cleaned_data["until"]
        return {
            "since": midnight(self.cleaned_data["since"]),
            "until": midnight(until + timedelta(days=1)) if until else None,
            "only_failed": not self.cleaned_data["everything"],
        }


def midnight(day: date) -> datetime:
    """When a day begins, UTC."""
    return datetime.combine(day, time(), tzinfo=UTC)
