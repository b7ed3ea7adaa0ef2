from django.urls import path

from marketplace.operations.views import public

public_urls = [
    path("livez", public.livez, name="livez"),
    path("readyz", public.readyz, name="readyz"),
]
