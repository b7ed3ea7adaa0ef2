from payments.models.account import ConnectedAccount
from payments.models.credit import BankReceipt, CreditAccount, Receivable
from payments.models.dispute import DisputeCase
from payments.models.document import Document
from payments.models.inbox import EventCursor, InboundEvent
from payments.models.instruction import Instruction
from payments.models.ledger import LedgerAccount, LedgerEntry
from payments.models.payer import Payer
from payments.models.payout import BankPayout
from payments.models.receipt import Receipt
from payments.models.reconciliation import Discrepancy, Reconciliation
from payments.models.request import PaymentAttempt, PaymentRequest
from payments.models.settlement import ManualSettlement, MoneyHold
from payments.models.tax import ExemptionCertificate, InvoicingMandate, OrderTax, TaxRate

__all__ = [
    "BankPayout",
    "BankReceipt",
    "ConnectedAccount",
    "CreditAccount",
    "Discrepancy",
    "DisputeCase",
    "Document",
    "EventCursor",
    "ExemptionCertificate",
    "InboundEvent",
    "Instruction",
    "InvoicingMandate",
    "LedgerAccount",
    "LedgerEntry",
    "ManualSettlement",
    "MoneyHold",
    "OrderTax",
    "Payer",
    "PaymentAttempt",
    "PaymentRequest",
    "Receipt",
    "Receivable",
    "Reconciliation",
    "TaxRate",
]
