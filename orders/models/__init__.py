from orders.models.approval import ApprovalDecision, ApprovalRequest
from orders.models.blanket import BlanketLine, BlanketOrder, CallOff, CallOffLine
from orders.models.document import OrderDocument
from orders.models.milestone import Milestone
from orders.models.money import MoneyDecision
from orders.models.nonconformance import (
    Disposition,
    Judgment,
    Nonconformance,
    NonconformanceFile,
)
from orders.models.order import Order, OrderLine
from orders.models.production import ProductionReport, Shipment, ShipmentLine
from orders.models.purchase_order import PurchaseOrderFile
from orders.models.review import Review, ReviewReport
from orders.models.settlement import Settlement

__all__ = [
    "ApprovalDecision",
    "ApprovalRequest",
    "BlanketLine",
    "BlanketOrder",
    "CallOff",
    "CallOffLine",
    "Disposition",
    "Judgment",
    "Milestone",
    "MoneyDecision",
    "Nonconformance",
    "NonconformanceFile",
    "Order",
    "OrderDocument",
    "OrderLine",
    "ProductionReport",
    "PurchaseOrderFile",
    "Review",
    "ReviewReport",
    "Settlement",
    "Shipment",
    "ShipmentLine",
]
