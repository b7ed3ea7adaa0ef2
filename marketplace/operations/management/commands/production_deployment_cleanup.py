"""`manage.py production_deployment_cleanup`: another name for `clear_demo_data`."""

from marketplace.operations.management.commands.clear_demo_data import Command

__all__ = ["Command"]
