"""Celery entry points of money. A lost one loses nothing: `sweep_payments` finds the row."""

from __future__ import annotations

from celery import shared_task

from payments.actions import (
    attempts,
    backfill,
    commission_invoices,
    evidence,
    inbox,
    instalments,
    instructions,
    long_holds,
    payouts,
    reconciliation,
    reminders,
    transfers_in,
)
from payments.models import ConnectedAccount
from payments.values import GatewayError

RUN_SECONDS = 3600


@shared_task
def open_payment_page(attempt_pk: int) -> None:
    """Open the hosted page somebody waits for."""
    attempts.open_attempt(attempt_pk)


@shared_task
def sync_attempt(attempt_pk: int) -> None:
    """Ask Stripe how an attempt stands."""
    attempts.sync_attempt(attempt_pk)


@shared_task
def fetch_onboarding_link(account_pk: int) -> None:
    """Fetch the onboarding link somebody waits for."""
    payouts.fetch_link(account_pk)


@shared_task
def sync_payout_account(account_pk: int) -> None:
    """Ask Stripe how a payout account stands."""
    account = ConnectedAccount.objects.get(pk=account_pk)
    if account.account:
        payouts.sync_account(account.account)


@shared_task
def process_inbound_event(event_pk: int) -> None:
    """Work through one event of Stripe."""
    inbox.process_event(event_pk)


@shared_task
def execute_instruction(instruction_pk: int) -> None:
    """Carry out one transfer or refund."""
    instructions.execute_instruction(instruction_pk)


@shared_task
def submit_evidence(case_pk: int) -> None:
    """Send the evidence staff wrote for a bank."""
    evidence.submit_evidence(case_pk)


@shared_task
def run_dispute_timers() -> int:
    """Remind staff of banks that wait; the number of disputes."""
    return evidence.remind_of_evidence()


@shared_task
def drop_transfer(request_pk: int) -> None:
    """Tell Stripe that a bank transfer is no longer waited for."""
    transfers_in.drop_transfer(request_pk)


@shared_task
def sweep_payments() -> int:
    """Do whatever is owed and due, oldest first; the number of rows tried."""
    tried = 0
    for find, do in (
        (attempts.attempts_to_open, attempts.open_attempt),
        (payouts.links_to_fetch, payouts.fetch_link),
        (inbox.events_to_process, inbox.process_event),
        (transfers_in.transfers_to_drop, transfers_in.drop_transfer),
        (instructions.instructions_to_do, instructions.execute_instruction),
        (evidence.evidence_to_send, evidence.submit_evidence),
    ):
        for pk in find():
            do(pk)
            tried += 1
    return tried


@shared_task
def poll_attempts() -> int:
    """Ask about open payment pages whose webhook may be lost; the number asked."""
    asked = 0
    for pk in attempts.attempts_to_poll():
        try:
            attempts.sync_attempt(pk)
        except GatewayError:
            # Stripe is out of reach; the next round asks again.
            break
        asked += 1
    return asked


@shared_task
def run_payment_timers() -> int:
    """Remind of what is to be paid soon or late, and of what is held for long; the number told."""
    told = instalments.remind_of_payments() + reminders.remind_of_receivables()
    return told + long_holds.tell_of_long_holds()


@shared_task
def run_commission_invoices() -> int:
    """Invoice the commission of months that are over; the number issued."""
    return commission_invoices.invoice_commissions()


@shared_task
def backfill_events() -> int:
    """Fetch events whose delivery was lost, try refused instructions again; events found."""
    instructions.retry_blocked()
    return backfill.backfill_events()


# A run asks Stripe for everything that ever moved, a hundred lines a call.
@shared_task(time_limit=RUN_SECONDS)
def carry_out_reconciliation(run_pk: int) -> None:
    """Compare the books with Stripe, as somebody asked."""
    reconciliation.carry_out_reconciliation(run_pk)


@shared_task(time_limit=RUN_SECONDS)
def run_reconciliations() -> None:
    """The run of the night, and whatever a lost message or a dead worker left."""
    reconciliation.ask_nightly()
    for pk in reconciliation.runs_to_do():
        reconciliation.carry_out_reconciliation(pk)
