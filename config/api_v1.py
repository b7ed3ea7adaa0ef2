"""Every /api/v1/ route, one line a resource."""

from django.urls import include, path, re_path

from accounts.api.urls import (
    access_token_urls,
    address_urls,
    approval_rule_urls,
    audit_urls,
    invitation_urls,
    me_urls,
    member_urls,
    organization_urls,
    token_urls,
)
from marketplace.core.api.schema import SchemaCollection, SchemaDocument, SchemaPage
from marketplace.core.api.views import UnknownPath
from marketplace.directory.api.urls import (
    manufacturer_urls,
    own_urls,
    supplier_list_urls,
    taxonomy_urls,
)
from marketplace.integrations.api.urls import endpoint_urls, fact_urls
from marketplace.notifications.api.urls import notification_urls
from marketplace.operations.api.urls import export_urls
from marketplace.operations.urls import health_urls
from marketplace.parts.api.urls import direct_urls, part_urls
from orders.api.urls import approval_urls, blanket_urls, manufacturer_review_urls, order_urls
from payments.api.urls import api_urls as payment_urls
from quotes.api.urls import estimate_urls, quote_urls, request_urls, rfq_urls
from quotes.api.urls import order_urls as reorder_urls

api_urls = [
    path("me/", include(me_urls)),
    path("organization/", include(organization_urls)),
    path("organization/exports/", include(export_urls)),
    path("members/", include(member_urls)),
    path("invitations/", include(invitation_urls)),
    path("addresses/", include(address_urls)),
    path("approval-rules/", include(approval_rule_urls)),
    path("tokens/", include(token_urls)),
    path("access-tokens/", include(access_token_urls)),
    path("webhook-endpoints/", include(endpoint_urls)),
    path("webhook-facts/", include(fact_urls)),
    path("audit/", include(audit_urls)),
    path("manufacturers/", include(manufacturer_urls)),
    path("manufacturers/", include(manufacturer_review_urls)),
    path("manufacturer/", include(own_urls)),
    path("supplier-lists/", include(supplier_list_urls)),
    path("", include(taxonomy_urls)),
    path("parts/", include(part_urls)),
    path("", include(direct_urls)),
    path("estimates/", include(estimate_urls)),
    path("rfqs/", include(rfq_urls)),
    path("requests/", include(request_urls)),
    path("quotes/", include(quote_urls)),
    path("orders/", include(order_urls)),
    path("orders/", include(reorder_urls)),
    path("blanket-orders/", include(blanket_urls)),
    path("approvals/", include(approval_urls)),
    path("", include(payment_urls)),
    path("notifications/", include(notification_urls)),
    path("", include(health_urls)),
    path("schema/", SchemaDocument.as_view(), name="api_schema"),
    path("collection/", SchemaCollection.as_view(), name="api_collection"),
    path("docs/", SchemaPage.as_view(), name="api_docs"),
    # Last: what is no path is answered by the API too, not by a page.
    re_path(r"^.*$", UnknownPath.as_view()),
]
