"""A buyer's supplier lists."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.decorators import buyer_page
from accounts.http import Request
from accounts.roles import Permission
from marketplace.core.errors import DomainError
from marketplace.core.pages import keyset_page, render_page
from marketplace.directory.actions import supplier_lists as actions
from marketplace.directory.models import SupplierList
from marketplace.directory.queries import get_listed_manufacturer
from marketplace.directory.queries import supplier_lists as queries


def _posted(request: Request, name: str) -> str:
    """A posted word, of the length nobody needs more of and without what no column takes."""
    return request.POST.get(name, "").replace("\x00", "")[:200]


def _lists_page(request: Request, sentence: str = "", status: int = 200) -> HttpResponse:
    rows = queries.supplier_lists_of(request.actor)
    context = {
        "page": keyset_page(rows, request.GET.get("after", "")),
        "may_edit": request.actor.may(Permission.EDIT_RFQS),
        "name": _posted(request, "name"),
        "sentence": sentence,
    }
    return render_page(request, "directory/buyer/supplier_lists.html", context, status=status)


def _list_page(
    request: Request, found: SupplierList, sentence: str = "", status: int = 200
) -> HttpResponse:
    rows = queries.suppliers_in(found)
    context = {
        "supplier_list": found,
        "page": keyset_page(rows, request.GET.get("after", "")),
        "may_edit": request.actor.may(Permission.EDIT_RFQS),
        "name": _posted(request, "name") or found.name,
        "sentence": sentence,
    }
    return render_page(request, "directory/buyer/supplier_list.html", context, status=status)


@buyer_page
def supplier_lists(request: Request) -> HttpResponse:
    """The organization's lists; the POST starts one."""
    if request.method != "POST":
        return _lists_page(request)
    try:
        made = actions.create_supplier_list(actor=request.actor, name=_posted(request, "name"))
    except DomainError as error:
        if error.status in (403, 404):
            raise
        return _lists_page(request, error.sentence, error.status)
    messages.success(request, f"The list {made.name} is started. Put manufacturers on it.")
    return redirect("supplier_list", made.public_id)


@buyer_page
def supplier_list(request: Request, supplier_list: str) -> HttpResponse:
    """One list: who is on it and who of them can be asked now."""
    found = queries.get_supplier_list(request.actor, supplier_list, with_shops=False)
    return _list_page(request, found)


@buyer_page
@require_POST
def rename_supplier_list(request: Request, supplier_list: str) -> HttpResponse:
    """Give a list another name."""
    name = _posted(request, "name")
    try:
        actions.rename_supplier_list(actor=request.actor, public_id=supplier_list, name=name)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        found = queries.get_supplier_list(request.actor, supplier_list, with_shops=False)
        return _list_page(request, found, error.sentence, error.status)
    messages.success(request, "The list is renamed.")
    return redirect("supplier_list", supplier_list)


@buyer_page
@require_POST
def delete_supplier_list(request: Request, supplier_list: str) -> HttpResponse:
    """Forget a list."""
    found = actions.delete_supplier_list(actor=request.actor, public_id=supplier_list)
    messages.success(request, f"The list {found.name} is deleted. Requests stay as they are.")
    return redirect("supplier_lists")


@buyer_page
@require_POST
def remove_supplier(request: Request, supplier_list: str, manufacturer: str) -> HttpResponse:
    """Take a manufacturer off a list."""
    found = actions.remove_supplier(
        actor=request.actor, public_id=supplier_list, manufacturer_id=manufacturer
    )
    messages.success(request, f"Taken off the list {found.name}.")
    return redirect("supplier_list", supplier_list)


@buyer_page
@require_POST
def add_supplier(request: Request) -> HttpResponse:
    """From a manufacturer's page: onto the list chosen there, or onto a new one of that `name`."""
    shop = get_listed_manufacturer(_posted(request, "manufacturer"))
    actor, chosen = request.actor, _posted(request, "list")
    try:
        if not chosen:
            name = _posted(request, "name")
            chosen = actions.create_supplier_list(actor=actor, name=name).public_id
        found = actions.add_supplier(actor=actor, public_id=chosen, manufacturer_id=shop.public_id)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, error.sentence)
    else:
        messages.success(request, f"{shop.organization.name} is on the list {found.name}.")
    return redirect("manufacturer_detail", shop.slug)
