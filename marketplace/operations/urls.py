from django.urls import path

from marketplace.operations.views import account, public

public_urls = [
    path("livez", public.livez, name="livez"),
    path("readyz", public.readyz, name="readyz"),
]
account_urls = [
    path("settings/privacy/", account.privacy, name="privacy"),
    path("settings/privacy/export/", account.ask_data_export, name="ask_data_export"),
    path("settings/privacy/deletion/", account.ask_deletion, name="ask_deletion"),
    path("settings/privacy/deletion/cancel/", account.cancel_deletion, name="cancel_deletion"),
]
