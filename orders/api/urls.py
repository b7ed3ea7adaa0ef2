from django.urls import path

from orders.api import approvals, blanket, documents, reviews, views

order_urls = [
    path("", views.OrderList.as_view()),
    path("<str:order>/", views.OrderDetail.as_view()),
    path("<str:order>/purchase-order/", documents.PurchaseOrder.as_view()),
    path("<str:order>/approve/", approvals.ApproveAward.as_view()),
    path("<str:order>/reject/", approvals.RejectAward.as_view()),
    path("<str:order>/confirm/", views.ConfirmOrder.as_view()),
    path("<str:order>/start-production/", views.StartProduction.as_view()),
    path("<str:order>/finish-production/", views.FinishProduction.as_view()),
    path("<str:order>/pass-quality-check/", views.PassQualityCheck.as_view()),
    path("<str:order>/fail-quality-check/", views.FailQualityCheck.as_view()),
    path("<str:order>/reports/", views.ReportProduction.as_view()),
    path("<str:order>/ship/", views.ShipOrder.as_view()),
    path("<str:order>/confirm-delivery/", views.ConfirmDelivery.as_view()),
    path("<str:order>/accept/", views.AcceptOrder.as_view()),
    path("<str:order>/cancel/", views.CancelOrder.as_view()),
    path("<str:order>/review/", reviews.ReviewOrder.as_view()),
    path("<str:order>/reviews/<str:review>/answer/", reviews.AnswerReview.as_view()),
    path("<str:order>/reviews/<str:review>/report/", reviews.ReportReview.as_view()),
]
approval_urls = [path("", approvals.ApprovalList.as_view())]
manufacturer_review_urls = [
    path("<str:manufacturer>/reviews/", reviews.ManufacturerReviews.as_view()),
]
blanket_urls = [
    path("", blanket.BlanketList.as_view()),
    path("<str:blanket>/", blanket.BlanketDetail.as_view()),
    path("<str:blanket>/accept/", blanket.AcceptBlanket.as_view()),
    path("<str:blanket>/decline/", blanket.DeclineBlanket.as_view()),
    path("<str:blanket>/cancel/", blanket.CancelBlanket.as_view()),
    path("<str:blanket>/call-off/", blanket.CallOffBlanket.as_view()),
]
