from orders.models.approval import ApprovalDecision, ApprovalRequest
from orders.models.document import OrderDocument
from orders.models.milestone import Milestone
from orders.models.money import MoneyDecision
from orders.models.order import Order, OrderLine
from orders.models.production import ProductionReport, Shipment, ShipmentLine
from orders.models.purchase_order import PurchaseOrderFile
from orders.models.review import Review

__all__ = [
    "ApprovalDecision",
    "ApprovalRequest",
    "Milestone",
    "MoneyDecision",
    "Order",
    "OrderDocument",
    "OrderLine",
    "ProductionReport",
    "PurchaseOrderFile",
    "Review",
    "Shipment",
    "ShipmentLine",
]
