from django.urls import path

from payments.api import credit_views, views

api_urls = [
    path("orders/<str:order>/payments/", views.OrderPayments.as_view()),
    path("orders/<str:order>/payments/<str:payment>/pay/", views.PayInstalment.as_view()),
    path(
        "orders/<str:order>/payments/<str:payment>/on-account/",
        credit_views.PayOnAccount.as_view(),
    ),
    path("orders/<str:order>/pay/", views.PayOrder.as_view()),
    path("credit-account/", credit_views.CreditAccountDetail.as_view()),
    path("receivables/", credit_views.Receivables.as_view()),
    path("receivables/<str:receivable>/", credit_views.ReceivableDetail.as_view()),
    path("receivables/<str:receivable>/pay/", credit_views.PayReceivable.as_view()),
    path("payments/", views.Payments.as_view()),
    path("payment-attempts/<str:attempt>/", views.PaymentAttemptDetail.as_view()),
    path("payouts/", views.Payouts.as_view()),
    path("purchase-documents/", views.PurchaseDocuments.as_view()),
    path("purchase-documents/<str:document>/", views.PurchaseDocumentDetail.as_view()),
    path("sales-documents/", views.SalesDocuments.as_view()),
    path("sales-documents/<str:document>/", views.SalesDocumentDetail.as_view()),
    path("payout-account/", views.PayoutAccount.as_view()),
    path("payout-statements/", views.PayoutStatements.as_view()),
    path("payout-statements/<str:month>/", views.PayoutStatementDetail.as_view()),
]
