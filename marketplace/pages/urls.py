from django.urls import path

from marketplace.pages.views import account, buyer, portal, public

public_urls = [
    path("", public.landing, name="landing"),
    path("analytics/", public.choose_analytics, name="choose_analytics"),
    path("components/", public.gallery, name="gallery"),
]
buyer_urls = [path("", buyer.buyer_home, name="buyer_home")]
portal_urls = [path("", portal.portal_home, name="portal_home")]
account_urls = [
    path("", account.first_steps, name="first_steps"),
    path("hide/", account.hide_checklist, name="hide_checklist"),
    path("show/", account.show_checklist, name="show_checklist"),
]
