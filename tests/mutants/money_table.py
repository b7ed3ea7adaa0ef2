"""Mutants of what happens to money after it came: VAT, debts, and what staff decide by hand."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

MONEY_MUTANTS = (
    # --- VAT --------------------------------------------------------------------------------
    Mutant(
        "the VAT of a later payment is that of its day",
        "payments/actions/requests.py",
        "    tax = tax_of_order(order)\n    if tax is None or tax.rate_bps == 0:",
        "    from payments.tax_queries import rate_on, today\n"
        "    tax = rate_on(order.manufacturer.country, today())\n"
        "    if tax is None or tax.rate_bps == 0:",
        "test_tax.py::test_what_was_found_about_an_order_stays",
    ),
    Mutant(
        "the rate of the buyer's country",
        "payments/actions/tax.py",
        "rate = rate_on(seller.country, day)",
        "rate = rate_on(buyer.country, day)",
        "test_tax.py::test_the_country_and_the_id_decide",
    ),
    Mutant(
        "reverse charge without the buyer's VAT id",
        "payments/tax_rules.py",
        "of.buyer.is_in_eu and bool(of.buyer.vat_id)",
        "of.buyer.is_in_eu",
        "test_tax.py::test_the_country_and_the_id_decide",
    ),
    Mutant(
        "an expired certificate frees from VAT",
        "payments/tax_queries.py",
        "        valid_until__gte=day,\n",
        "",
        "test_tax.py::test_a_certificate_frees_while_it_counts",
    ),
    Mutant(
        "a certificate that was refused frees from VAT",
        "payments/tax_queries.py",
        "        state=ExemptionState.ACCEPTED,\n",
        "",
        "test_tax.py::test_a_certificate_frees_while_it_counts",
    ),
    Mutant(
        "VAT stays with us when the net is released",
        "payments/actions/releases.py",
        "due = payout + tax",
        "due = payout",
        "test_tax.py::test_vat_goes_where_its_money_goes",
    ),
    # --- debts and reversals ----------------------------------------------------------------
    Mutant(
        "a debt is kept from nothing",
        "payments/actions/debts.py",
        "kept = Money(max(0, min(payout.minor, free)), currency)",
        "kept = Money(0, currency)",
        "test_debts.py::test_a_debt_is_kept_from_what_is_released_later",
    ),
    Mutant(
        "a refused reversal waits to be tried again",
        "payments/actions/instructions.py",
        "            _give_up(instruction, str(error))\n        else:",
        "            _block(instruction, str(error))\n        else:",
        "test_debts.py::test_a_debt_is_kept_from_what_is_released_later",
    ),
    Mutant(
        "no look before a fresh key, reversals",
        "payments/actions/instructions.py",
        "return gateway.find_reversal(",
        "return None and gateway.find_reversal(",
        "test_debts.py::test_a_reversal_happens_exactly_once[lost_response]",
    ),
    Mutant(
        "a release takes what Stripe is asked to take back",
        "payments/actions/debts.py",
        "coming_back_minor(shop, currency)\n    kept",
        "0\n    kept",
        "test_debts.py::test_a_release_leaves_alone_what_stripe_is_asked_to_take_back",
    ),
    Mutant(
        "a debt is read without the lock of the manufacturer",
        "payments/actions/ledger.py",
        "list(Organization.objects.select_for_update(no_key=True).filter(pk=organization.pk))",
        "list(Organization.objects.filter(pk=organization.pk))",
        "test_debts.py::test_a_debt_is_written_off_once",
    ),
    # --- what comes back --------------------------------------------------------------------
    Mutant(
        "a refund that came back counts as done",
        "payments/actions/failures.py",
        "if instruction.state != InstructionState.DONE:",
        "if instruction.state == InstructionState.DONE:",
        "test_comes_back.py::test_a_refund_that_comes_back_is_owed_again",
    ),
    Mutant(
        "nobody hears of a payout its bank refused",
        "payments/actions/inbox.py",
        'if kind == "payout" and account:',
        'if kind == "payout" and not account:',
        "test_comes_back.py::test_a_payout_the_bank_refuses_moves_no_books",
    ),
    Mutant(
        "the platform's own payout is in no book",
        "payments/actions/inbox.py",
        'return apply_own_payout(gateway.retrieve_payout(str(body["id"])))',
        "return False",
        "test_comes_back.py::test_a_payout_of_ours_is_booked_whatever_the_bank_says",
    ),
    Mutant(
        "a balance below what is owed is no alarm",
        "payments/comparisons.py",
        "short = max(0, due - balance)",
        "short = 0",
        "test_comes_back.py::test_a_balance_that_does_not_cover_what_is_owed_is_an_alarm",
    ),
    # --- by hand ----------------------------------------------------------------------------
    Mutant(
        "what came above the price is kept",
        "payments/actions/review_steps.py",
        "    if surplus.minor:\n",
        "    if False:\n",
        "test_by_hand.py::test_what_came_above_the_price_goes_back_when_the_rest_is_taken",
    ),
    Mutant(
        "staff can take less than was asked for",
        "payments/actions/review_steps.py",
        "if came.currency != request.currency or came.minor < request.gross_minor:",
        "if False:",
        "test_by_hand.py::test_what_does_not_pay_the_order_goes_back_and_it_is_paid_again",
    ),
    Mutant(
        "staff take money that a bank claims",
        "payments/actions/review_steps.py",
        "if claimed_charges().filter(charge=request.charge).exists():",
        "if False:",
        "test_bank_disputes.py::test_what_is_in_review_waits_for_the_bank_that_claims_it",
    ),
    Mutant(
        "a payment that was sent back cannot be made again",
        "payments/actions/review_steps.py",
        '    move(request, PAYMENT, "reopen_payment", by=by)\n',
        "",
        "test_by_hand.py::test_what_does_not_pay_the_order_goes_back_and_it_is_paid_again",
    ),
    Mutant(
        "the manufacturer bears what is written off",
        "payments/credit_queries.py",
        "COVERED = (R.SETTLED, R.WRITTEN_OFF)",
        "COVERED = (R.SETTLED,)",
        "test_by_hand.py::test_what_is_written_off_is_our_loss_and_the_manufacturer_is_paid",
    ),
    Mutant(
        "a buyer that did not pay may buy on account again",
        "payments/actions/loss_steps.py",
        "    suspend_for_loss(actor=actor, account=receivable.account, number=receivable.number)\n",
        "",
        "test_by_hand.py::test_what_is_written_off_is_our_loss_and_the_manufacturer_is_paid",
    ),
)
