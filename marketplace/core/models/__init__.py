from marketplace.core.models.idempotency import KeptAnswer
from marketplace.core.models.numbers import NumberSeries
from marketplace.core.models.outbox import Delivery, Event, Sighting

__all__ = ["Delivery", "Event", "KeptAnswer", "NumberSeries", "Sighting"]
