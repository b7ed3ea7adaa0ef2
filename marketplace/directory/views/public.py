"""The directory, for everybody."""

from django.http import HttpResponse

from accounts.decorators import public_page
from accounts.http import Request
from marketplace.core.pages import keyset_page, render_page
from marketplace.directory import queries


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
    """One manufacturer."""
    return render_page(
        request,
        "directory/public/manufacturer_detail.html",
        {"manufacturer": queries.get_listed_manufacturer(slug)},
    )
