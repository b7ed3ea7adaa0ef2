"""Incidents, contacts and subscribers for staff."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.actor import Actor
from accounts.admin_decisions import Decided, Decision
from accounts.models import User
from marketplace.core.admin import ReadOnlyAdmin, ReadOnlyInline
from marketplace.operations.actions.incidents import (
    assess_incident,
    close_incident,
    open_incident,
    reopen_incident,
    resolve_incident,
    tell_incident,
    watch_incident,
)
from marketplace.operations.models import (
    Incident,
    IncidentUpdate,
    StatusSubscription,
    SupportContact,
)
from marketplace.operations.states import INCIDENT


class UpdateInline(ReadOnlyInline):
    model = IncidentUpdate
    fields = ["at", "state", "text", "author_label"]


class NewIncidentForm(forms.ModelForm):
    """What is known when an incident is opened; subscribers read the words at once."""

    text = forms.CharField(
        label="What people notice",
        help_text="Stands on the status page and is mailed to subscribers.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
    )

    class Meta:
        model = Incident
        fields = ["title", "part", "severity"]


@admin.register(Incident)
class IncidentAdmin(Decided):
    """Opened here, then moved on by decisions that each tell what happened."""

    list_display = ["title", "state", "severity", "part", "began_at", "resolved_at"]
    list_filter = ["state", "severity", "part"]
    search_fields = ["title", "=public_id"]
    inlines = [UpdateInline]
    lifecycle = INCIDENT
    desk = "incidents"
    decisions = {
        "tell_incident": Decision(
            "Tell more", tell_incident, "text", "How it stands", "was told", always=True
        ),
        "assess_incident": Decision(
            "Cause is known", assess_incident, "text", "What the cause is", "was told"
        ),
        "watch_incident": Decision(
            "Mended, is watched", watch_incident, "text", "What was done", "was told"
        ),
        "resolve_incident": Decision(
            "Resolved",
            resolve_incident,
            "text",
            "What was done, and since when it works",
            "is over",
        ),
        "reopen_incident": Decision(
            "It is back", reopen_incident, "text", "What people notice", "is open again"
        ),
        "close_incident": Decision(
            "Close with post-mortem",
            close_incident,
            "post_mortem",
            "Post-mortem: what caused it, what helped, what is changed. The status page shows it.",
            "is closed",
        ),
    }

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("operations.add_incident")

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kw: Any
    ) -> Any:
        """A form with the first words for a new one; of an old one nothing is edited."""
        if obj is None:
            kw["form"] = NewIncidentForm
        return super().get_form(request, obj, change=change, **kw)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["title", "part", "severity", "text"]
        return ["title", "state", "part", "severity", "began_at", "resolved_at", "post_mortem"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kw: Any) -> Any:
        """Nothing is saved on the page of an old one: it moves by its decisions."""
        kw["extra_context"] = {
            **(kw.get("extra_context") or {}),
            "show_save_and_add_another": False,
        }
        return super().change_view(request, object_id, *args, **kw)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return [] if obj is None else self.inlines

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Open it by the action; the form's own row is the action's."""
        if change:
            return
        opened = open_incident(
            actor=Actor.staff(cast(User, request.user), self.desk),
            title=obj.title,
            part=obj.part,
            severity=obj.severity,
            text=form.cleaned_data["text"],
        )
        obj.pk, obj.public_id = opened.pk, opened.public_id


@admin.register(SupportContact)
class SupportContactAdmin(admin.ModelAdmin):
    list_display = ["role", "name", "email", "phone", "hours", "is_public", "position"]
    list_editable = ["position", "is_public"]


@admin.register(StatusSubscription)
class StatusSubscriptionAdmin(ReadOnlyAdmin):
    list_display = ["email", "confirmed_at"]
    search_fields = ["=email"]
