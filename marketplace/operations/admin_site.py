"""The admin site: our own index with what waits for staff."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.template.response import TemplateResponse


class MarketplaceAdminSite(AdminSite):
    """The stock admin under the site's name."""

    site_header = "Marketplace staff"
    site_title = "Staff"
    index_title = "Staff desk"
    index_template = "admin/staff_index.html"

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> TemplateResponse:
        """The index with the queues on top."""
        from marketplace.operations.queries import staff_queues

        return super().index(request, {"queues": staff_queues(), **(extra_context or {})})


class MarketplaceAdminConfig(AdminConfig):
    default_site = "marketplace.operations.admin_site.MarketplaceAdminSite"
