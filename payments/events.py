"""Facts about money. Amounts in the data are minor units of the currency beside them."""

from marketplace.core.events import Fact

PAYMENT_REQUESTED = Fact(
    "payment_requested", "{amount} are to be paid", {"amount", "amount_minor", "currency"}
)
PAYMENT_REMINDED = Fact(
    "payment_reminded",
    "{amount} are to be paid ({what})",
    {"amount", "amount_minor", "currency", "what"},
)
PAYMENT_OVERDUE = Fact(
    "payment_overdue",
    "{amount} ({what}) have not been paid long after they were due",
    {"amount", "amount_minor", "currency", "what"},
)
INSTALMENT_LOWERED = Fact(
    "instalment_lowered",
    "An instalment asks for less: {amount}",
    {"amount", "amount_minor", "currency"},
)
PAYMENT_PROCESSING = Fact(
    "payment_processing", "The payment is being confirmed by the bank", {"amount_minor", "currency"}
)
PAYMENT_FUNDED = Fact(
    "payment_funded", "{amount} were paid and are held", {"amount", "amount_minor", "currency"}
)
PAYMENT_FAILED = Fact("payment_failed", "A payment was declined: {why}", {"why"})
PAYMENT_IN_REVIEW = Fact(
    "payment_in_review",
    "A payment of {amount} does not fit what was asked for; a person looks at it",
    {"amount", "paid_minor", "paid_currency"},
)
# Of staff alone: whom it concerns is waiting for the work, not for the money.
PAYMENT_HELD_LONG = Fact(
    "payment_held_long",
    "{amount} have been held for {days} days; somebody has to decide",
    {"amount", "days", "step"},
)
PAYMENT_RELEASED = Fact(
    "payment_released",
    "{payout} are released to the manufacturer",
    {"payout", "payout_minor", "currency"},
)
PAYMENT_CANCELLED = Fact("payment_cancelled", "The payment is no longer asked for", set())
PAYMENT_REFUNDED = Fact(
    "payment_refunded",
    "{amount} go back to the buyer",
    {"amount", "amount_minor", "currency"},
)
PAYOUT_SENT = Fact(
    "payout_sent",
    "{amount} were transferred to the manufacturer's payout account",
    {"amount", "amount_minor", "currency"},
)
PAYOUT_BLOCKED = Fact("payout_blocked", "A payout is waiting: {why}", {"why"})
REFUND_SENT = Fact(
    "refund_sent", "{amount} were sent back to the buyer", {"amount", "amount_minor", "currency"}
)
# After the release: the buyer gets the money at once, whether or not the manufacturer still has it.
CLAIM_REFUNDED = Fact(
    "claim_refunded",
    "{amount} go back to the buyer: {why}",
    {"amount", "amount_minor", "currency", "why"},
)
# Of the manufacturer alone, because they name our commission by what they leave out.
DEBT_OWED = Fact(
    "debt_owed",
    "{amount} are owed by the manufacturer: {why}",
    {"amount", "amount_minor", "currency", "why"},
)
DEBT_KEPT = Fact(
    "debt_kept",
    "{amount} of what was released were kept for what the manufacturer owed",
    {"amount", "amount_minor", "currency", "left"},
)
PAYOUT_REVERSED = Fact(
    "payout_reversed",
    "{amount} were taken back from the manufacturer's payout account",
    {"amount", "amount_minor", "currency"},
)
REVERSAL_REFUSED = Fact(
    "reversal_refused",
    "{amount} could not be taken back from the payout account and stay owed",
    {"amount", "amount_minor", "currency"},
)
ACCOUNT_ACTIVATED = Fact("payout_account_activated", "Payouts are set up", set())
ACCOUNT_RESTRICTED = Fact(
    "payout_account_restricted", "Payouts are restricted; Stripe needs more information", set()
)
ACCOUNT_REJECTED = Fact(
    "payout_account_rejected", "Stripe has closed the payout account for good", set()
)
PAYMENT_DISPUTED = Fact(
    "payment_disputed",
    "The buyer's bank disputes {amount}; the money is frozen until it decides",
    {"amount", "amount_minor", "currency", "why"},
)
DISPUTE_WON = Fact("dispute_won", "The bank decided for us; the payment stands", set())
DISPUTE_LOST = Fact("dispute_lost", "The bank gave the payment back to the buyer", set())
REFUND_FAILED = Fact(
    "refund_failed",
    "A refund of {amount} came back from the bank; a person pays it another way",
    {"amount", "amount_minor", "currency"},
)
# Of the manufacturer's own account; our books do not move.
BANK_PAYOUT_PAID = Fact("bank_payout_paid", "{amount} arrived at the bank", {"amount"})
BANK_PAYOUT_FAILED = Fact(
    "bank_payout_failed", "The bank refused a payout of {amount}: {why}", {"amount", "why"}
)
MANUAL_PROPOSED = Fact(
    "manual_settlement_proposed",
    "{actor} proposes: {words}. A second person must confirm it",
    {"words", "reason"},
)
MANUAL_CARRIED_OUT = Fact(
    "manual_settlement_carried_out",
    "The platform settled by hand: {words}. {reason}",
    {"words", "reason"},
)
MANUAL_REFUSED = Fact(
    "manual_settlement_refused", "{actor} refuses: {words}. {reason}", {"words", "reason"}
)
MANUAL_WITHDRAWN = Fact("manual_settlement_withdrawn", "{actor} takes back: {words}", {"words"})
# The platform alone answers banks.
BANK_EVIDENCE_WANTED = Fact("bank_evidence_wanted", "{actor} sends the evidence to the bank", set())
BANK_EVIDENCE_SENT = Fact("bank_evidence_sent", "The evidence is with the bank", set())
BANK_EVIDENCE_REFUSED = Fact(
    "bank_evidence_refused", "Stripe refused the evidence for the bank: {why}", {"why"}
)
BANK_EVIDENCE_DUE = Fact(
    "bank_evidence_due",
    "The bank waits {days} more days for evidence about {amount}",
    {"amount", "days"},
)
RECONCILIATION_ASKED = Fact(
    "reconciliation_asked", "{actor} asked to compare the books with Stripe", set()
)
RECONCILED = Fact(
    "reconciled",
    "The books were compared with Stripe: {differences} differences, {opened} new, {closed} gone",
    {"differences", "opened", "closed"},
)
BOOKS_DIFFER = Fact(
    "books_differ",
    "The books and Stripe differ: {opened} new differences, {differences} in all",
    {"opened", "differences"},
)
# Of the buyer alone; a manufacturer learns nothing about a buyer's limit.
CREDIT_APPLIED = Fact("credit_applied", "{actor} applied to buy on account", set())
CREDIT_APPROVED = Fact(
    "credit_approved",
    "Buying on account is approved: up to {limit}, net {net_days} days",
    {"limit", "limit_minor", "currency", "net_days", "reason"},
)
CREDIT_CHANGED = Fact(
    "credit_changed",
    "The terms of buying on account changed: up to {limit}, net {net_days} days",
    {"limit", "limit_minor", "currency", "net_days", "reason"},
)
CREDIT_REFUSED = Fact("credit_refused", "Buying on account was refused: {reason}", {"reason"})
CREDIT_SUSPENDED = Fact("credit_suspended", "Buying on account is suspended: {reason}", {"reason"})
CREDIT_RESUMED = Fact("credit_resumed", "Buying on account goes on: {reason}", {"reason"})
# The subject of those below is the payment; "number" is the receivable's.
PAYMENT_ON_ACCOUNT = Fact(
    "payment_on_account",
    "{amount} are on account, net {net_days} days; the manufacturer is paid when the buyer's "
    "invoice is settled",
    {"amount", "amount_minor", "currency", "net_days", "number"},
)
# The place for the invoice: the amount is owed from now on, and due on a day.
RECEIVABLE_OPENED = Fact(
    "receivable_opened",
    "{amount} are to be paid for {number} by {due_on}",
    {"amount", "amount_minor", "currency", "due_on", "number", "po_number"},
)
RECEIVABLE_LOWERED = Fact(
    "receivable_lowered",
    "{amount} go off what is owed for {number}",
    {"amount", "amount_minor", "currency", "number"},
)
RECEIVABLE_CANCELLED = Fact(
    "receivable_cancelled", "Nothing is owed for {number} any more", {"number"}
)
RECEIVABLE_PAID_IN_PART = Fact(
    "receivable_paid_in_part",
    "{amount} arrived for {number}; {left} are left",
    {"amount", "amount_minor", "currency", "left", "number"},
)
RECEIVABLE_SETTLED = Fact(
    "receivable_settled", "The buyer's invoice {number} is settled", {"number"}
)
RECEIVABLE_WRITTEN_OFF = Fact(
    "receivable_written_off",
    "{amount} of {number} were written off; the platform bears the loss",
    {"amount", "amount_minor", "currency", "number"},
)
RECEIVABLE_DUE = Fact(
    "receivable_due",
    "{amount} for {number} are due {due_on}",
    {"amount", "amount_minor", "currency", "due_on", "number"},
)
RECEIVABLE_OVERDUE = Fact(
    "receivable_overdue",
    "{amount} for {number} are {days} days overdue",
    {"amount", "amount_minor", "currency", "days", "due_on", "number"},
)
PAYOUT_WAITS = Fact(
    "payout_waits",
    "{payout} are paid out when the buyer's invoice is settled, expected by {by}",
    {"payout", "payout_minor", "currency", "by"},
)
PAYOUT_LATE = Fact(
    "payout_late",
    "The buyer's invoice is overdue since {since}; the payout waits for it",
    {"since"},
)
TOPPED_UP = Fact(
    "stripe_topped_up",
    "{actor} noted that {amount} moved from the bank to the Stripe balance ({reference})",
    {"amount", "amount_minor", "currency", "reference"},
)
PLATFORM_PAID_OUT = Fact(
    "platform_paid_out",
    "{amount} of the Stripe balance went to the platform's own bank account",
    {"amount", "amount_minor", "currency"},
)
PLATFORM_PAYOUT_FAILED = Fact(
    "platform_payout_failed",
    "{amount} came back from the platform's own bank: {why}",
    {"amount", "amount_minor", "currency", "why"},
)
# VAT and papers.
MANDATE_GIVEN = Fact(
    "invoicing_mandate_given",
    "{actor} lets the platform charge VAT and write invoices for the company",
    set(),
)
MANDATE_ENDED = Fact(
    "invoicing_mandate_ended", "{actor} ended the platform's mandate to write invoices", set()
)
EXEMPTION_HANDED_IN = Fact(
    "exemption_handed_in",
    "The exemption certificate {certificate} of {country} was handed in",
    {"certificate", "country"},
)
EXEMPTION_ACCEPTED = Fact(
    "exemption_accepted",
    "The exemption certificate {certificate} counts until {until}",
    {"certificate", "country", "until"},
)
EXEMPTION_REFUSED = Fact(
    "exemption_refused",
    "The exemption certificate {certificate} does not count: {why}",
    {"certificate", "country", "why"},
)
EXEMPTION_WITHDRAWN = Fact(
    "exemption_withdrawn",
    "The exemption certificate {certificate} was taken back",
    {"certificate", "country"},
)
INVOICE_ISSUED = Fact(
    "invoice_issued", "{document} {number} of {amount} was issued", {"document", "number", "amount"}
)
TAX_RATE_ADDED = Fact("tax_rate_added", "{actor} added a rate of VAT: {rate}", {"rate"})
