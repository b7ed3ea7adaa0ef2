from marketplace.core.models.outbox import Delivery, Event

__all__ = ["Delivery", "Event"]
