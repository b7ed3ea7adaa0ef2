from orders.models.milestone import Milestone
from orders.models.order import Order, OrderLine
from orders.models.production import ProductionReport, Shipment
from orders.models.review import Review

__all__ = ["Milestone", "Order", "OrderLine", "ProductionReport", "Review", "Shipment"]
