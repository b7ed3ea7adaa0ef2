"""Every URL prefix, one line an app and audience."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from accounts.urls import account_urls, sign_in_urls
from config.api_v1 import api_urls
from marketplace.directory import urls as directory
from marketplace.files.urls import file_urls
from marketplace.integrations.urls import account_urls as webhook_urls
from marketplace.integrations.urls import browser_urls
from marketplace.notifications.urls import account_urls as notification_urls
from marketplace.operations import urls as operations
from marketplace.pages import urls as pages
from marketplace.parts.urls import buyer_urls as part_urls
from orders import urls as orders
from payments import urls as payments
from quotes import urls as quotes

urlpatterns = [
    path("", include(pages.public_urls)),
    path("", include(operations.public_urls)),
    path("status/", include(operations.status_urls)),
    path("", include(operations.account_urls)),
    path("", include(operations.twin_door_urls)),
    path("", include(operations.twin_urls)),
    path("", include(account_urls)),
    path("settings/webhooks/", include(webhook_urls)),
    path("", include(browser_urls)),
    path("", include(notification_urls)),
    path("accounts/", include(sign_in_urls(google=settings.GOOGLE_SIGN_IN))),
    path("admin/", admin.site.urls),
    path("api/v1/", include(api_urls)),
    path("files/", include(file_urls)),
    path("manufacturers/", include(directory.public_urls)),
    path("manufacturers/", include(orders.public_urls)),
    path("suppliers/", include(directory.buyer_urls)),
    path("home/", include(pages.buyer_urls)),
    path("first-steps/", include(pages.account_urls)),
    path("parts/", include(part_urls)),
    path("", include(quotes.settings_urls)),
    path("guest/", include(quotes.guest_urls)),
    path("shared/", include(quotes.shared_urls)),
    path("rfqs/", include(quotes.buyer_urls)),
    path("estimates/", include(quotes.estimate_urls)),
    path("calendar/", include(orders.feed_urls)),
    path("orders/", include(orders.buyer_urls)),
    path("orders/", include(quotes.order_urls)),
    path("blanket-orders/", include(orders.blanket_urls)),
    path("payments/", include(payments.buyer_urls)),
    path("portal/", include(pages.portal_urls)),
    path("portal/", include(directory.portal_urls)),
    path("portal/", include(quotes.portal_urls)),
    path("portal/orders/", include(orders.portal_urls)),
    path("portal/blanket-orders/", include(orders.portal_blanket_urls)),
    path("portal/payouts/", include(payments.portal_urls)),
    path("webhooks/", include(payments.webhook_urls)),
]
handler429 = "accounts.lockout.too_many_requests"
handler500 = "marketplace.core.middleware.server_error"
