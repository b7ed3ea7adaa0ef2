from payments.models.account import ConnectedAccount
from payments.models.dispute import DisputeCase
from payments.models.inbox import InboundEvent
from payments.models.instruction import Instruction
from payments.models.ledger import LedgerAccount, LedgerEntry
from payments.models.payer import Payer
from payments.models.receipt import Receipt
from payments.models.reconciliation import Discrepancy, Reconciliation
from payments.models.request import PaymentAttempt, PaymentRequest

__all__ = [
    "ConnectedAccount",
    "Discrepancy",
    "DisputeCase",
    "InboundEvent",
    "Instruction",
    "LedgerAccount",
    "LedgerEntry",
    "Payer",
    "PaymentAttempt",
    "PaymentRequest",
    "Receipt",
    "Reconciliation",
]
