"""The mutants: each breaks one safeguard, and names the drill that must fail then."""

from __future__ import annotations

from tests.mutants.money_table import MONEY_MUTANTS
from tests.mutants.mutant import Mutant

DRILLS = "tests/payments/drills"


MUTANTS = (
    # --- what Stripe tells ------------------------------------------------------------------
    Mutant(
        "no signature check",
        "payments/gateway/records.py",
        "UnicodeDecodeError):\n            continue",
        "UnicodeDecodeError):\n            pass",
        "test_arrivals.py::test_what_is_not_stripes_is_refused_and_not_kept[forged-400]",
    ),
    Mutant(
        "no age check",
        "payments/gateway/records.py",
        "SIGNATURE_AGE_SECONDS = 300",
        "SIGNATURE_AGE_SECONDS = 10**9",
        "test_arrivals.py::test_what_is_not_stripes_is_refused_and_not_kept[old-400]",
    ),
    Mutant(
        "no check of the mode",
        "payments/webhooks.py",
        'if bool(payload.get("livemode")) != settings.STRIPE_LIVE_MODE:',
        "if False:",
        "test_arrivals.py::test_what_is_not_stripes_is_refused_and_not_kept[live-400]",
    ),
    Mutant(
        "no limit of size",
        "payments/webhooks.py",
        "MAX_BODY = 1_000_000",
        "MAX_BODY = 10**9",
        "test_arrivals.py::test_what_is_not_stripes_is_refused_and_not_kept[large-413]",
    ),
    Mutant(
        "an event is kept once a delivery",
        "payments/actions/inbox.py",
        'event_id=payload["id"],',
        "event_id=f\"{payload['id']}:{timezone.now().timestamp()}\",",
        "test_arrivals.py::test_duplicate_webhooks_count_and_do_nothing",
    ),
    Mutant(
        "a duplicate is not counted",
        "payments/actions/inbox.py",
        'deliveries=F("deliveries") + 1',
        'deliveries=F("deliveries")',
        "test_storm.py",
    ),
    Mutant(
        "no back-fill",
        "payments/actions/backfill.py",
        "for payload in reversed(missed):",
        "for payload in missed[:0]:",
        "test_arrivals.py::test_lost_webhooks_are_healed_by_the_back_fill",
    ),
    Mutant(
        "the back-fill leaves connected accounts out",
        "payments/actions/backfill.py",
        "for account in accounts_to_read():",
        "for account in accounts_to_read()[:0]:",
        "test_arrivals.py::test_lost_webhooks_of_connected_accounts_are_healed_by_the_back_fill",
    ),
    Mutant(
        "the back-fill begins at the newest event",
        "payments/actions/backfill.py",
        "since = before.read_until if before else",
        'newest = InboundEvent.objects.order_by("-happened_at").first()\n'
        "    since = newest.happened_at if newest else",
        "test_arrivals.py::test_a_back_fill_that_failed_leaves_no_gap",
    ),
    Mutant(
        "nobody polls",
        "payments/actions/attempts.py",
        "rows = PaymentAttempt.objects.filter(waiting, created_at__lte=before)",
        "rows = PaymentAttempt.objects.none()",
        "test_arrivals.py::test_lost_webhooks_are_healed_by_the_poller",
    ),
    Mutant(
        "two workers on one object",
        "payments/actions/inbox.py",
        "RETRY_BUSY = timedelta(seconds=1)",
        "RETRY_BUSY = timedelta(seconds=1)  # and no index",
        "test_arrivals.py::test_one_worker_for_each_object",
        sql="DROP INDEX inbox_one_worker_per_object",
    ),
    Mutant(
        "a lease that never ends",
        "payments/actions/inbox.py",
        "Q(state__in=[S.NEW, S.FAILED]) | Q(state=S.RUNNING), pk=pk",
        "Q(state__in=[S.NEW, S.FAILED]), pk=pk",
        "test_killed_workers.py::test_a_killed_worker_loses_and_doubles_nothing[funding]",
    ),
    Mutant(
        "a failed event is given up",
        "payments/actions/inbox.py",
        "state=S.DEAD if dead else S.FAILED,",
        "state=S.DEAD,",
        "test_arrivals.py::test_stripe_down_while_events_are_worked_through",
    ),
    # --- money comes in ---------------------------------------------------------------------
    Mutant(
        "no look whether it is booked",
        "payments/actions/funding.py",
        "if booked or request.charge == charge.id:",
        "if False:",
        "test_arrivals.py::test_duplicate_webhooks_count_and_do_nothing",
    ),
    Mutant(
        "an older answer is believed",
        "payments/actions/funding.py",
        "if request.state not in waiting or request.last_failure == failed:",
        "if request.last_failure == failed:",
        "test_arrivals.py::test_a_late_answer_of_an_older_worker_changes_nothing",
    ),
    Mutant(
        "no check of the amount",
        "payments/actions/funding.py",
        "payment.amount_received == request.gross_minor\n"
        "        and (charge.amount, charge.currency) == asked\n"
        "        and (entry.amount, entry.currency) == asked",
        "charge.currency == request.currency",
        "test_paying.py::test_money_that_does_not_fit_goes_to_review",
    ),
    Mutant(
        "a second payment is kept",
        "payments/actions/funding.py",
        "        send_stray_back(request, charge.id, Money(entry.amount, entry.currency))\n",
        "",
        "test_paying.py::test_a_second_payment_goes_back",
    ),
    Mutant(
        "an open page is not used again",
        "payments/actions/attempts.py",
        "if current is not None and current.expires_at > now + PAGE_MARGIN:",
        "if current is not None and current.expires_at < now:",
        "test_paying.py::test_eight_first_clicks_open_one_page",
    ),
    Mutant(
        "an old page stays open",
        "payments/actions/attempts.py",
        "            gateway.expire_session(session.id)\n        elif",
        "            pass\n        elif",
        "test_paying.py::test_an_expired_page_is_closed_before_a_new_one_opens",
    ),
    Mutant(
        "no look for a page that may be open",
        "payments/actions/attempts.py",
        "found = gateway.find_session(attempt=attempt.public_id)",
        "found = None",
        "test_paying.py::test_a_lost_answer_to_the_page_opens_one_page",
    ),
    Mutant(
        "a random key for each try of a page",
        "payments/actions/attempts.py",
        'key=f"attempt:{attempt.public_id}:{attempt.generation}",',
        'key=f"attempt:{attempt.public_id}:{timezone.now().timestamp()}",',
        "test_killed_workers.py::test_a_killed_worker_loses_and_doubles_nothing[page]",
    ),
    # --- money goes out ---------------------------------------------------------------------
    Mutant(
        "a random key for each try of money out",
        "payments/models/instruction.py",
        'return f"{self.key}:{self.generation}"',
        'return f"{self.key}:{timezone.now().timestamp()}"',
        "test_money_out.py::test_money_out_happens_exactly_once[cut]",
    ),
    Mutant(
        "a random key, and the worker is killed",
        "payments/models/instruction.py",
        'return f"{self.key}:{self.generation}"',
        'return f"{self.key}:{timezone.now().timestamp()}"',
        "test_killed_workers.py::test_a_killed_worker_loses_and_doubles_nothing[release]",
    ),
    Mutant(
        "no look before a fresh key, transfers",
        "payments/actions/instructions.py",
        "return gateway.find_transfer(",
        "return None and gateway.find_transfer(",
        "test_money_out.py::test_money_out_happens_exactly_once[lost_response]",
    ),
    Mutant(
        "no look before a fresh key, refunds",
        "payments/actions/instructions.py",
        "return gateway.find_refund(",
        "return None and gateway.find_refund(",
        "test_money_out.py::test_a_refund_happens_exactly_once[lost_response]",
    ),
    Mutant(
        "the key of a definite no is kept",
        "payments/actions/instructions.py",
        "        _next_generation(instruction)\n        if instruction.kind == Kind.REVERSAL:",
        "        if instruction.kind == Kind.REVERSAL:",
        "test_money_out.py::"
        "test_a_refused_transfer_is_paid_by_itself_when_the_account_is_enabled_again",
    ),
    Mutant(
        "no claim before the call",
        "payments/actions/instructions.py",
        'if not waiting.update(due_at=now + LEASE, tries=F("tries") + 1):',
        'if not waiting.update(due_at=now - LEASE, tries=F("tries") + 1):',
        "test_money_out.py::test_two_workers_on_one_instruction",
    ),
    Mutant(
        "what is blocked is not tried again",
        "payments/actions/payouts.py",
        "            unblock_instruction(actor=ACTOR, pk=pk)",
        "            pass",
        "test_money_out.py::test_a_transfer_waits_for_a_manufacturer_without_payouts",
    ),
    Mutant(
        "Stripe is called inside a transaction",
        "payments/gateway/client.py",
        '    if blocks and not getattr(blocks[-1], "_from_testcase", False):',
        "    if False:",
        "test_money_out.py::test_stripe_is_never_called_inside_a_transaction",
    ),
    Mutant(
        "accounts may be overdrawn",
        "payments/actions/ledger.py",
        'return name.endswith((":held", ":tax", ":payable"))',
        "return False",
        "test_money_out.py::test_more_than_was_paid_never_goes_back",
    ),
    Mutant(
        "money is decided about twice",
        "orders/actions/money.py",
        "return order.funded_minor - int(decided)",
        "return order.funded_minor",
        "test_random_walk.py",
    ),
    Mutant(
        "what a bank takes of money that goes back is not booked",
        "payments/actions/disputes.py",
        "return _apply_to_stray(dispute)",
        "return False",
        "test_bank_disputes.py::test_a_bank_may_take_what_goes_back_anyway",
    ),
    Mutant(
        "a claim that is told before its payment is forgotten",
        "payments/actions/inbox.py",
        "paid = bool(dispute.payment) and apply_payment(",
        "paid = False and apply_payment(",
        "test_bank_disputes.py::test_a_bank_may_take_what_goes_back_anyway",
    ),
    Mutant(
        "a refund that came by the bank is owed still",
        "payments/actions/disputes.py",
        "            returned += instruction.amount_minor",
        "            pass",
        "test_bank_disputes.py::test_a_refund_under_way_ends_with_what_the_bank_took",
    ),
    # --- on account -------------------------------------------------------------------------
    Mutant(
        "the limit is read without the lock of the account",
        "payments/credit_queries.py",
        'rows = CreditAccount.objects.select_for_update(of=("self",))',
        "rows = CreditAccount.objects.all()",
        "test_on_account.py::test_orders_at_once_cannot_exceed_the_limit",
    ),
    Mutant(
        "the payout of what is on account does not wait",
        "payments/actions/gates.py",
        "if instruction.kind == Kind.TRANSFER and waits_for_buyer(instruction.request):",
        "if False:",
        "test_on_account.py::test_a_payout_waits_for_its_own_buyer",
    ),
    Mutant(
        "money of others pays what came to our bank account",
        "payments/actions/gates.py",
        "if free_at_stripe(instruction.currency) < instruction.amount_minor:",
        "if False:",
        "test_on_account.py::test_money_of_others_does_not_pay_what_came_to_our_bank",
    ),
    # --- the bank ---------------------------------------------------------------------------
    Mutant(
        "no freeze on a dispute",
        "payments/actions/disputes.py",
        "if is_new:",
        "if False:",
        "test_bank_disputes.py::test_a_dispute_freezes_held_money_until_it_is_decided",
    ),
    Mutant(
        "disputed money is paid out",
        "payments/actions/gates.py",
        "if is_claimed or instruction.request.state == PaymentState.DISPUTED:",
        "if False:",
        "test_bank_disputes.py::test_a_dispute_stops_a_transfer_that_is_not_out_yet",
    ),
    Mutant(
        "a loss after the payout is taken from others",
        "payments/actions/disputes.py",
        '_post_loss(request, case, "lost:debt", debt_of(order.manufacturer), back[0])',
        '_post_loss(request, case, "lost:debt", DISPUTE_FEES, back[0])',
        "test_bank_disputes.py::test_what_is_lost_after_the_payout_is_owed_by_the_manufacturer",
    ),
    # --- what is around it ------------------------------------------------------------------
    Mutant(
        "a page fails without its cache",
        "marketplace/core/cache.py",
        "except (RedisConnectionError, RedisTimeoutError) as error:",
        "except ZeroDivisionError as error:",
        "test_outages.py::test_redis_gone_for_a_while",
    ),
    Mutant(
        "a lost connection loses the claim for good",
        "payments/actions/inbox.py",
        "state__in=[S.NEW, S.FAILED, S.RUNNING], due_at__lte=timezone.now()",
        "state__in=[S.NEW, S.FAILED], due_at__lte=timezone.now()",
        "test_outages.py::test_the_database_restarts_while_a_worker_works",
    ),
    *MONEY_MUTANTS,
    Mutant(
        "control: other words in a comment",
        "payments/actions/funding.py",
        '"""Money came in: one converging function, safe to call any number of times."""',
        '"""Money came in, and this is taken in as often as anybody likes."""',
        "test_arrivals.py",
        is_control=True,
    ),
)
