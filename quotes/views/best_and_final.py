"""The page that asks several shops for their best and final offer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.actor import Actor
from accounts.decorators import buyer_page
from accounts.http import Request
from accounts.roles import Permission
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.core.kept import kept_typed
from marketplace.core.pages import render_page
from quotes import queries, rules
from quotes.actions import best_and_final
from quotes.forms.negotiation import BestAndFinalForm
from quotes.queries import negotiation


@buyer_page
def ask_best_and_final(request: Request, rfq: str) -> HttpResponse:
    """Ask several shops at once for their last word, and see who answered."""
    actor: Actor = request.actor
    found = queries.get_rfq(actor, rfq)
    quotes = queries.quotes_for_buyer(found)
    rounds = negotiation.asked_as_final(found)
    waiting = {asked.quote_id for asked in rounds if negotiation.is_asked(asked)}
    askable = [q for q in quotes if rules.can_negotiate(found, q) and q.pk not in waiting]
    form = BestAndFinalForm(request.POST or kept_typed(request), quotes=askable)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            values = form.cleaned_data
            try:
                asked = best_and_final.ask_best_and_final(
                    actor=actor,
                    rfq_id=rfq,
                    quote_ids=values["quotes"],
                    due_at=values["due_at"],
                    message=values["message"],
                )
            except DomainError as error:
                add_errors(form, error)
                status = error.status
            else:
                messages.success(request, f"Asked {len(asked)}. Each is told for itself.")
                return redirect("ask_best_and_final", rfq)
    context = {
        "rfq": found,
        "form": form,
        "rounds": rounds,
        "askable": askable,
        "may_ask": actor.may(Permission.AWARD),
        "held_order": queries.waiting_order_of(found),
    }
    return render_page(request, "quotes/buyer/ask_best_and_final.html", context, status=status)
