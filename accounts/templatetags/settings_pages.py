"""The settings menu for templates."""

from typing import Any

from django import template

from accounts.queries import lacks_second_factor
from accounts.settings_pages import SettingsGroup, settings_menu

register = template.Library()


@register.filter(name="settings_menu")
def menu_of(actor: Any) -> list[SettingsGroup]:
    """`{% for group in request.actor|settings_menu %}`"""
    return settings_menu(actor)


@register.filter
def second_factor_reason(actor: Any) -> str:
    """Why this person must set up a second factor now, "" when they need not."""
    return lacks_second_factor(actor)
