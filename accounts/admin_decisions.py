"""Decisions of staff: a button, a small form for the sentence, one action."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.admin import StoryAdmin
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors


@dataclass(frozen=True)
class Decision:
    """`field` names the action's argument for the sentence; "" makes the sentence a note, which
    may stay empty and becomes the reason of the staff member who acts. `form` asks for more than
    one sentence: its clean values are the action's arguments. `always`: it is no move, and offered
    in every state. `facts` of the thing, (name, value), stand above the form: what has to be known
    to decide."""

    label: str
    action: Callable[..., Any]
    field: str
    question: str
    done: str
    form: type[forms.Form] | None = None
    always: bool = False
    facts: Callable[[Any], Sequence[tuple[str, str]]] | None = None


class SentenceForm(forms.Form):
    """The one sentence a decision needs."""

    def __init__(self, data: Any, decision: Decision) -> None:
        super().__init__(data)
        self.fields[decision.field or "note"] = forms.CharField(
            label=decision.question,
            max_length=1000 if decision.field else 120,
            required=bool(decision.field),
            widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
        )


def offered(page: Decided, thing: Any) -> list[tuple[str, str]]:
    """(address, label) of every decision that the table of moves allows staff now, and of those
    that are always there."""
    name = f"admin:{page.opts.app_label}_{page.opts.model_name}_decide"
    allowed = page.lifecycle.available(thing.state, Side.STAFF)
    return [
        (reverse(name, args=[thing.pk, verb]), decision.label)
        for verb, decision in page.decisions.items()
        if decision.always or verb in allowed
    ]


def decide(page: Decided, request: HttpRequest, pk: str, verb: str) -> HttpResponse:
    """The small form, and the action once it is sent. Raises Http404, PermissionDenied."""
    thing = page.get_object(request, pk)
    decision = page.decisions.get(verb)
    if thing is None or decision is None:
        raise Http404
    if not page.has_change_permission(request, thing):
        raise PermissionDenied
    form = _form_of(decision, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            _carry_out(page.desk, decision, thing, request, form.cleaned_data)
        except DomainError as error:
            add_errors(form, error)
        else:
            page.message_user(request, f"{thing} {decision.done}.")
            return redirect(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "original": thing,
        "title": f"{decision.label}: {thing}",
        "form": form,
        "decision": decision,
        "facts": decision.facts(thing) if decision.facts else (),
        "back": reverse(
            f"admin:{page.opts.app_label}_{page.opts.model_name}_change", args=[thing.pk]
        ),
    }
    return render(request, "admin/decide.html", context, status=422 if form.errors else 200)


def _form_of(decision: Decision, data: Any) -> forms.Form:
    return decision.form(data) if decision.form else SentenceForm(data, decision)


def _carry_out(
    desk: str, decision: Decision, thing: Any, request: HttpRequest, typed: dict[str, Any]
) -> None:
    note = " ".join(typed.pop("note", "").split())
    actor = Actor.staff(request.user, note or desk)  # type: ignore[arg-type]
    decision.action(actor=actor, public_id=thing.public_id, **typed)


class Decided(StoryAdmin):
    """A page whose state changes only by decisions, each with its own small form."""

    decisions: Any = {}
    lifecycle: Any = None
    # Which desk of the platform acts here; facts name it where no reason was typed.
    desk = "verification"
    change_form_template = "admin/decided.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_decide"
        view = self.admin_site.admin_view(self.decide_view)
        return [path("<path:pk>/decide/<slug:verb>/", view, name=name), *super().get_urls()]

    def decide_view(self, request: HttpRequest, pk: str, verb: str) -> HttpResponse:
        """Ask for the sentence, then carry the decision out."""
        return decide(self, request, pk, verb)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        thing = context.get("original")
        if thing is not None and self.has_change_permission(request, thing):
            context["decisions"] = offered(self, thing)
        if set(self.get_fields(request, thing)) <= set(self.get_readonly_fields(request, thing)):
            context["show_save"] = context["show_save_and_continue"] = False
        return super().render_change_form(request, context, *args, **kwargs)
