from orders.models.approval import ApprovalDecision, ApprovalRequest
from orders.models.blanket import BlanketLine, BlanketOrder, CallOff, CallOffLine
from orders.models.milestone import Milestone
from orders.models.order import Order, OrderLine
from orders.models.production import ProductionReport, Shipment
from orders.models.purchase_order import PurchaseOrderFile
from orders.models.review import Review, ReviewReport

__all__ = [
    "ApprovalDecision",
    "ApprovalRequest",
    "BlanketLine",
    "BlanketOrder",
    "CallOff",
    "CallOffLine",
    "Milestone",
    "Order",
    "OrderLine",
    "ProductionReport",
    "PurchaseOrderFile",
    "Review",
    "ReviewReport",
    "Shipment",
]
