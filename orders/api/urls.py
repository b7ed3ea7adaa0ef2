from django.urls import path

from orders.api import approvals, documents, first_articles, quality, shipments, views

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
    path("<str:order>/inspections/", quality.InspectionList.as_view()),
    path("<str:order>/certificates/", quality.CertificateList.as_view()),
    path("<str:order>/certificates/asked/", quality.PapersAsked.as_view()),
    path("<str:order>/certificates/conformance/", quality.IssueConformance.as_view()),
    path("<str:order>/certificates/waive/", quality.WaiveDocument.as_view()),
    path("<str:order>/first-articles/", first_articles.FirstArticleList.as_view()),
    path("<str:order>/first-articles/submit/", first_articles.SubmitFirstArticle.as_view()),
    path("<str:order>/first-articles/approve/", first_articles.ApproveFirstArticle.as_view()),
    path("<str:order>/first-articles/reject/", first_articles.RejectFirstArticle.as_view()),
    path("<str:order>/first-articles/<str:report>/", first_articles.FirstArticleDetail.as_view()),
    path(
        "<str:order>/first-articles/<str:report>/files/",
        first_articles.FirstArticleFiles.as_view(),
    ),
    path("<str:order>/shipments/", shipments.ShipmentList.as_view()),
    path("<str:order>/shipments/<str:shipment>/", shipments.ShipmentDetail.as_view()),
    path(
        "<str:order>/shipments/<str:shipment>/confirm-delivery/",
        shipments.ConfirmShipment.as_view(),
    ),
    path("<str:order>/shipments/<str:shipment>/tracking/", shipments.UpdateTracking.as_view()),
    path("<str:order>/confirm-delivery/", views.ConfirmDelivery.as_view()),
    path("<str:order>/accept/", views.AcceptOrder.as_view()),
    path("<str:order>/cancel/", views.CancelOrder.as_view()),
    path("<str:order>/review/", views.ReviewOrder.as_view()),
]
approval_urls = [path("", approvals.ApprovalList.as_view())]
