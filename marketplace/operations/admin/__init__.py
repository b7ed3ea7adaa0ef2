from marketplace.operations.admin import backups, incidents, people, watching

__all__ = ["backups", "incidents", "people", "watching"]
