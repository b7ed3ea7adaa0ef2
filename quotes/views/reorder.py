"""An order again: the page that says which of the two ways it is and why, and both ways."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.decorators import buyer_page
from accounts.http import Request
from accounts.roles import Permission
from marketplace.core.errors import DomainError
from marketplace.core.pages import render_page
from quotes.actions import reorder as actions
from quotes.queries.reorder import plan_of

TEMPLATE = "quotes/buyer/reorder.html"


class ReorderForm(forms.Form):
    seen = forms.IntegerField(min_value=0, max_value=1_000_000, widget=forms.HiddenInput)
    po_number = forms.CharField(max_length=60, required=False, label="Your PO number")


@buyer_page
def reorder(request: Request, order: str) -> HttpResponse:
    """Read which it is; press once to place the order at its price."""
    if request.method != "POST":
        return _show(request, order)
    form = ReorderForm(request.POST)
    sentence, status = "Something is missing or cannot be used. It is marked below.", 422
    if form.is_valid():
        try:
            new = actions.reorder(actor=request.actor, order_id=order, **form.cleaned_data)
        except DomainError as error:
            if error.status in (403, 404):
                raise
            sentence, status = error.sentence, error.status
        else:
            messages.success(request, "Ordered again at the same price.")
            return redirect("order_detail", new.public_id)
    return _show(request, order, typed=form, sentence=sentence, status=status)


@buyer_page
@require_POST
def request_again(request: Request, order: str) -> HttpResponse:
    """A request to the same manufacturer, opened in the builder."""
    rfq = actions.request_again(actor=request.actor, order_id=order)
    messages.success(
        request, "A draft with the lines of your order. Change what you like and publish it."
    )
    return redirect("edit_rfq", rfq.public_id)


def _show(
    request: Request,
    order: str,
    *,
    typed: ReorderForm | None = None,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    plan = plan_of(request.actor, order)
    form = ReorderForm(initial={"seen": plan.seen, "po_number": plan.order.po_number})
    if typed is not None:
        # A page shown again knows of the orders made meanwhile; what was typed stays.
        number = typed.data.get("po_number", "")
        form = ReorderForm(initial={"seen": plan.seen, "po_number": number})
    context = {
        "plan": plan,
        "order": plan.order,
        "form": form,
        "errors": typed.errors.get("po_number", []) if typed else [],
        "sentence": sentence,
        "may_award": request.actor.may(Permission.AWARD),
        "may_ask": plan.may_ask and request.actor.may(Permission.EDIT_RFQS),
    }
    return render_page(request, TEMPLATE, context, status=status)
