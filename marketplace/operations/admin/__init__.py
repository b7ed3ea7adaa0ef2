from marketplace.operations.admin import incidents, people, watching

__all__ = ["incidents", "people", "watching"]
