from django.urls import path

from payments.views import buyer, documents, on_account, payments, portal, vat
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
    path("documents/", documents.buyer_documents, name="buyer_documents"),
    path("documents/export/", documents.buyer_documents_csv, name="buyer_documents_csv"),
    path(
        "documents/<str:document>.pdf",
        documents.buyer_document,
        {"form": "pdf"},
        name="buyer_document_pdf",
    ),
    path(
        "documents/<str:document>.xml",
        documents.buyer_document,
        {"form": "xml"},
        name="buyer_document_xml",
    ),
    path("vat/", vat.buyer_vat, name="buyer_vat"),
    path("vat/id/", vat.state_vat_id, name="state_vat_id"),
    path("vat/exemptions/", vat.hand_in_exemption, name="hand_in_exemption"),
    path("vat/exemptions/<str:certificate>/", vat.exemption_file, name="exemption_file"),
    path(
        "vat/exemptions/<str:certificate>/withdraw/",
        vat.withdraw_exemption,
        name="withdraw_exemption",
    ),
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
    path("documents/", documents.portal_documents, name="portal_documents"),
    path("documents/export/", documents.portal_documents_csv, name="portal_documents_csv"),
    path("documents/mandate/", documents.set_mandate, name="set_mandate"),
    path(
        "documents/<str:document>.pdf",
        documents.portal_document,
        {"form": "pdf"},
        name="portal_document_pdf",
    ),
    path(
        "documents/<str:document>.xml",
        documents.portal_document,
        {"form": "xml"},
        name="portal_document_xml",
    ),
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
