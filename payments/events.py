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
PAYMENT_RELEASED = Fact(
    "payment_released",
    "The held payment is released: {payout} to the manufacturer",
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
