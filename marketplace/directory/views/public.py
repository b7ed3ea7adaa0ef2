"""The directory, for everybody."""

from django.http import HttpResponse

from accounts.decorators import public_page
from accounts.http import Request
from accounts.roles import Permission
from marketplace.core.pages import keyset_page, render_page
from marketplace.directory import queries
from marketplace.directory.queries.supplier_lists import lists_with
from marketplace.directory.scorecard import card_of, figures_of, stars_of


@public_page
def manufacturers(request: Request) -> HttpResponse:
    """Verified manufacturers with filters as URL parameters."""
    chosen = {
        key: request.GET.get(key, "")[:80] for key in ("process", "material", "country", "text")
    }
    page = keyset_page(queries.listed_manufacturers(**chosen), request.GET.get("after", ""))
    context = {
        "page": page,
        "chosen": chosen,
        "processes": queries.active_processes(),
        "materials": queries.active_materials(),
    }
    return render_page(request, "directory/public/manufacturers.html", context, fragment="list")


@public_page
def manufacturer_detail(request: Request, slug: str) -> HttpResponse:
    """One manufacturer; a buyer finds here which of its lists it is on."""
    actor = request.actor
    found = queries.get_listed_manufacturer(slug)
    is_own = actor.organization is not None and actor.organization.pk == found.organization_id
    buys = actor.organization is not None and actor.organization.is_buyer
    lists = lists_with(actor, found) if buys and not is_own else []
    card = card_of(found)
    context = {
        "manufacturer": found,
        "card": card,
        "figures": figures_of(card),
        "stars": stars_of(card),
        "can_list": buys and not is_own and actor.may(Permission.EDIT_RFQS),
        "lists_with": [row for row in lists if row.has_it],  # type: ignore[attr-defined]
        "lists_without": [row for row in lists if not row.has_it],  # type: ignore[attr-defined]
    }
    return render_page(request, "directory/public/manufacturer_detail.html", context)
