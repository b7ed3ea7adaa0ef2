"""Between the real site and its test twin."""

from allauth.account.utils import perform_login
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import never_cache

from accounts import callers
from accounts.decorators import member_page, public_page
from accounts.http import Request
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.pages import render_page
from marketplace.operations.twin.entering import enter_twin
from marketplace.operations.twin.tickets import read_ticket, write_ticket


@member_page
def open_twin(request: Request) -> HttpResponse:
    """From the real site: with a ticket to the twin. Not found where there is none."""
    if not settings.TWIN_URL or request.actor.visit is not None:
        raise NotFound()
    return HttpResponseRedirect(f"{settings.TWIN_URL}/twin/{write_ticket(request.actor)}/")


@public_page
@never_cache
def enter(request: Request, ticket: str) -> HttpResponse:
    """In the twin: who comes in as whom; the button signs them in. Not found on the real site."""
    if not settings.TWIN_OF:
        raise NotFound()
    try:
        said = read_ticket(ticket)
        if request.method != "POST":
            return render_page(request, "operations/public/enter_twin.html", {"ticket": said})
        user = enter_twin(said)
    except DomainError as error:
        context = {"sentence": error.sentence, "back": settings.TWIN_OF}
        return render_page(request, "operations/public/enter_twin.html", context, status=410)
    # Through allauth, so that this sign-in is counted, recorded and limited like every other.
    answer: HttpResponse = perform_login(request, user)
    request.session[callers.ORGANIZATION_KEY] = said.organization
    return answer
