from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "marketplace.integrations"
    label = "integrations"
