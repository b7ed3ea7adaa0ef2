from orders.models.approval import ApprovalDecision, ApprovalRequest
from orders.models.blanket import BlanketLine, BlanketOrder, CallOff, CallOffLine
from orders.models.calendar_feed import CalendarFeed
from orders.models.change import ChangeApproval, ChangeOrder
from orders.models.commission import CommissionRule
from orders.models.document import OrderDocument
from orders.models.first_article import FirstArticle
from orders.models.inspection import Inspection, OrderCertificate, Waiver
from orders.models.milestone import Milestone, MilestoneEvidence
from orders.models.money import MoneyDecision
from orders.models.nonconformance import (
    ClaimRefund,
    Disposition,
    Judgment,
    Nonconformance,
    NonconformanceFile,
)
from orders.models.order import Order, OrderLine
from orders.models.production import ProductionReport
from orders.models.purchase_order import PurchaseOrderFile
from orders.models.reference import OrderReference
from orders.models.review import Review, ReviewReport
from orders.models.settlement import Settlement
from orders.models.shipment import Package, Shipment, ShipmentLine

__all__ = [
    "ApprovalDecision",
    "ApprovalRequest",
    "BlanketLine",
    "BlanketOrder",
    "CalendarFeed",
    "CallOff",
    "CallOffLine",
    "ChangeApproval",
    "ChangeOrder",
    "ClaimRefund",
    "CommissionRule",
    "Disposition",
    "FirstArticle",
    "Inspection",
    "Judgment",
    "Milestone",
    "MilestoneEvidence",
    "MoneyDecision",
    "Nonconformance",
    "NonconformanceFile",
    "Order",
    "OrderCertificate",
    "OrderDocument",
    "OrderLine",
    "OrderReference",
    "Package",
    "ProductionReport",
    "PurchaseOrderFile",
    "Review",
    "ReviewReport",
    "Settlement",
    "Shipment",
    "ShipmentLine",
    "Waiver",
]
