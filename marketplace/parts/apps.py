from django.apps import AppConfig


class PartsConfig(AppConfig):
    name = "marketplace.parts"
    label = "parts"
