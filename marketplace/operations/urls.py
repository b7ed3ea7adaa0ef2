from django.urls import path

from marketplace.operations.views import account, organization, public, twin

public_urls = [
    path("livez", public.livez, name="livez"),
    path("readyz", public.readyz, name="readyz"),
]
# Of the real site, and of its test twin.
twin_door_urls = [path("settings/twin/", twin.open_twin, name="open_twin")]
twin_urls = [path("twin/<str:ticket>/", twin.enter, name="enter_twin")]
account_urls = [
    path("settings/privacy/", account.privacy, name="privacy"),
    path("settings/privacy/export/", account.ask_data_export, name="ask_data_export"),
    path("settings/privacy/deletion/", account.ask_deletion, name="ask_deletion"),
    path("settings/data/", organization.organization_data, name="organization_data"),
    path(
        "settings/data/export/",
        organization.ask_organization_export,
        name="ask_organization_export",
    ),
    path("settings/data/earlier/", organization.earlier_records, name="earlier_records"),
    path("settings/data/earlier/<int:record>/", organization.earlier_record, name="earlier_record"),
    path("settings/privacy/deletion/cancel/", account.cancel_deletion, name="cancel_deletion"),
]
