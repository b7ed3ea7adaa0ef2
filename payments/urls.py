from django.urls import path

from payments.views import buyer, on_account, payments, portal
from payments.webhooks import stripe_webhook

webhook_urls = [path("stripe/", stripe_webhook, name="stripe_webhook")]
buyer_urls = [
    path("", payments.payments, name="payments"),
    path("export/", payments.payments_csv, name="payments_csv"),
    path("receipts/<str:receipt>/", payments.receipt, name="receipt"),
    path("on-account/", on_account.on_account, name="on_account"),
    path("on-account/apply/", on_account.apply_for_credit, name="apply_for_credit"),
    path("on-account/export/", on_account.receivables_csv, name="receivables_csv"),
    path("on-account/<str:receivable>/pay/", on_account.pay_receivable, name="pay_receivable"),
    path("orders/<str:order>/", buyer.order_money, name="order_money"),
    path("orders/<str:order>/pay/", buyer.pay_order, name="pay_order"),
    path("orders/<str:order>/pay/<str:payment>/", buyer.pay_order, name="pay_instalment"),
    path(
        "orders/<str:order>/pay/<str:payment>/another-way/",
        buyer.give_up_transfer,
        name="give_up_transfer",
    ),
    path(
        "orders/<str:order>/pay/<str:payment>/on-account/",
        on_account.pay_on_account,
        name="pay_on_account",
    ),
    path("attempts/<str:attempt>/wait/", buyer.await_payment_page, name="await_payment_page"),
    path("attempts/<str:attempt>/return/", buyer.payment_return, name="payment_return"),
]
portal_urls = [
    path("", portal.portal_payouts, name="portal_payouts"),
    path("set-up/", portal.set_up_payouts, name="set_up_payouts"),
    path("wait/", portal.await_onboarding, name="await_onboarding"),
    path(
        "statements/<str:month>.pdf",
        portal.payout_statement,
        {"form": "pdf"},
        name="payout_statement_pdf",
    ),
    path(
        "statements/<str:month>.csv",
        portal.payout_statement,
        {"form": "csv"},
        name="payout_statement_csv",
    ),
    path("orders/<str:order>/", portal.portal_order_money, name="portal_order_money"),
]
