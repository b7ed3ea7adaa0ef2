from django.urls import path

from marketplace.operations.views import account, organization, public, status, twin

public_urls = [
    path("livez", public.livez, name="livez"),
    path("readyz", public.readyz, name="readyz"),
    path("metrics", public.metrics, name="metrics"),
]
# With and without a slash at the end: monitoring is set up by hand and follows no redirect.
health_urls = [
    path("health", public.api_health),
    path("health/", public.api_health, name="api_health"),
    path("health/detailed", public.api_health_detailed),
    path("health/detailed/", public.api_health_detailed, name="api_health_detailed"),
]
status_urls = [
    path("", status.status, name="status"),
    path("feed.xml", status.StatusFeed(), name="status_feed"),
    path("subscribe/", status.subscribe_status_mails, name="subscribe_status_mails"),
    path("confirm/<str:token>/", status.confirm, name="confirm_status_mails"),
    path("stop/<str:token>/", status.stop, name="stop_status_mails"),
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
