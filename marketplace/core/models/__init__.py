from marketplace.core.models.numbers import NumberSeries
from marketplace.core.models.outbox import Delivery, Event, Sighting

__all__ = ["Delivery", "Event", "NumberSeries", "Sighting"]
