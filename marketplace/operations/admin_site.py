"""The admin site: our own index with what waits for staff."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode

from marketplace.core.errors import NotFound


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

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The apps by the house's order; what packages bring stands last."""
        apps = super().get_app_list(request, app_label)
        order = [label.rsplit(".", 1)[-1] for label in settings.LOCAL_APPS]
        own = [app for app in apps if app["app_label"] in order]
        foreign = [app for app in apps if app["app_label"] not in order]
        return [*sorted(own, key=lambda app: order.index(app["app_label"])), *foreign]

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> TemplateResponse:
        """The index with the queues on top."""
        from marketplace.operations.queries import staff_queues, support_contacts

        desk = {"queues": staff_queues(), "contacts": support_contacts()}
        return super().index(request, {**desk, **(extra_context or {})})


class MarketplaceAdminConfig(AdminConfig):
    default_site = "marketplace.operations.admin_site.MarketplaceAdminSite"
