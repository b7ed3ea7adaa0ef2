from marketplace.core.models.outbox import Delivery, Event, Sighting

__all__ = ["Delivery", "Event", "Sighting"]
