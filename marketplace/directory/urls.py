from django.urls import path

from marketplace.directory.views import portal, public

public_urls = [
    path("", public.manufacturers, name="manufacturers"),
    path("<slug:slug>/", public.manufacturer_detail, name="manufacturer_detail"),
]
portal_urls = [path("profile/", portal.portal_profile, name="portal_profile")]
