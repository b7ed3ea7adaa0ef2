from orders.models.approval import ApprovalDecision, ApprovalRequest
from orders.models.document import OrderDocument
from orders.models.first_article import FirstArticle
from orders.models.inspection import Inspection, OrderCertificate, Waiver
from orders.models.milestone import Milestone
from orders.models.money import MoneyDecision
from orders.models.order import Order, OrderLine
from orders.models.production import ProductionReport
from orders.models.purchase_order import PurchaseOrderFile
from orders.models.review import Review
from orders.models.shipment import Package, Shipment, ShipmentLine

__all__ = [
    "ApprovalDecision",
    "ApprovalRequest",
    "FirstArticle",
    "Inspection",
    "Milestone",
    "MoneyDecision",
    "Order",
    "OrderCertificate",
    "OrderDocument",
    "OrderLine",
    "Package",
    "ProductionReport",
    "PurchaseOrderFile",
    "Review",
    "Shipment",
    "ShipmentLine",
    "Waiver",
]
