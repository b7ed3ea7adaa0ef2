from django.urls import path

from marketplace.pages.views import buyer, portal, public

public_urls = [
    path("", public.landing, name="landing"),
    path("components/", public.gallery, name="gallery"),
]
buyer_urls = [path("", buyer.buyer_home, name="buyer_home")]
portal_urls = [path("", portal.portal_home, name="portal_home")]
