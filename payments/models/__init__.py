from payments.models.account import ConnectedAccount
from payments.models.credit import BankReceipt, CreditAccount, Receivable
from payments.models.dispute import DisputeCase
from payments.models.inbox import InboundEvent
from payments.models.instruction import Instruction
from payments.models.ledger import LedgerAccount, LedgerEntry
from payments.models.payer import Payer
from payments.models.payout import BankPayout
from payments.models.receipt import Receipt
from payments.models.reconciliation import Discrepancy, Reconciliation
from payments.models.request import PaymentAttempt, PaymentRequest
from payments.models.settlement import ManualSettlement, MoneyHold

__all__ = [
    "BankPayout",
    "BankReceipt",
    "ConnectedAccount",
    "CreditAccount",
    "Discrepancy",
    "DisputeCase",
    "InboundEvent",
    "Instruction",
    "LedgerAccount",
    "LedgerEntry",
    "ManualSettlement",
    "MoneyHold",
    "Payer",
    "PaymentAttempt",
    "PaymentRequest",
    "Receipt",
    "Receivable",
    "Reconciliation",
]
