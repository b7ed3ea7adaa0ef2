"""The admin site: our own index with what waits for staff."""

from functools import partial
from typing import Any

from django.apps import apps
from django.contrib.admin import AdminSite, ShowFacets
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode

from marketplace.core.admin_lists import EstimatingPaginator, find
from marketplace.core.errors import NotFound

# Business first, machinery last.
GROUPS = {
    label: place
    for place, label in enumerate(
        (
            "orders",
            "quotes",
            "payments",
            "directory",
            "accounts",
            "parts",
            "messaging",
            "files",
            "operations",
            "notifications",
            "integrations",
            "core",
        )
    )
}

# Packages that bring pages of their own, in the words of who reads them.
PACKAGES = {
    "auth": "Rights of staff",
    "axes": "Attempts to sign in",
    "djstripe": "Our copy of Stripe's data",
}

# What every list is given. Facets would count what each filter leaves: the whole table each time.
LONG_LISTS = {
    "paginator": EstimatingPaginator,
    "show_full_result_count": False,
    "show_facets": ShowFacets.NEVER,
}


class MarketplaceAdminSite(AdminSite):
    """The stock admin under the site's name."""

    site_header = "Marketplace staff"
    site_title = "Staff"
    index_title = "Staff desk"
    index_template = "admin/staff_index.html"

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Staff sign in where everybody does, with the same lock and second factor."""
        if request.user.is_authenticated:
            raise NotFound()  # signed in, but not staff
        back = urlencode({"next": request.GET.get("next", reverse("admin:index"))})
        return redirect(f"{reverse('account_login')}?{back}")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict | None = None
    ) -> HttpResponse:
        """One page for one's own password, which also ends the other sessions."""
        return redirect("account_change_password")

    def register(self, model_or_iterable: Any, *args: Any, **options: Any) -> None:
        """Every list, also of packages, stays quick where there are a million rows."""
        super().register(model_or_iterable, *args, **options)
        is_one = isinstance(model_or_iterable, type)
        for model in [model_or_iterable] if is_one else model_or_iterable:
            if self.is_registered(model):
                desk = self.get_model_admin(model)
                given = {**LONG_LISTS, "get_search_results": partial(find, desk)}
                for name, value in given.items():
                    setattr(desk, name, value)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The apps in the order staff need them; what packages bring stands last."""
        found = super().get_app_list(request, app_label)
        return sorted(found, key=lambda app: GROUPS.get(app["app_label"], len(GROUPS)))

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> TemplateResponse:
        """The index with the queues on top."""
        from marketplace.operations.queries import staff_queues, support_contacts

        queues = staff_queues()
        desk = {
            "queues": [queue for queue in queues if queue.waiting],
            "quiet": [queue for queue in queues if not queue.waiting],
            "contacts": support_contacts(),
        }
        return super().index(request, {**desk, **(extra_context or {})})


class MarketplaceAdminConfig(AdminConfig):
    """The stock admin with our site, its groups named."""

    default_site = "marketplace.operations.admin_site.MarketplaceAdminSite"

    def ready(self) -> None:
        """Name the groups and load every app's pages."""
        for label, name in PACKAGES.items():
            apps.get_app_config(label).verbose_name = name
        super().ready()
