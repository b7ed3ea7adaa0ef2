from django.urls import path

from orders.api import (
    approvals,
    blanket,
    changes,
    documents,
    first_articles,
    messages,
    problems,
    quality,
    reviews,
    shipments,
    views,
)

order_urls = [
    path("", views.OrderList.as_view()),
    path("<str:order>/", views.OrderDetail.as_view()),
    path("<str:order>/purchase-order/", documents.PurchaseOrder.as_view()),
    path("<str:order>/messages/", messages.OrderMessages.as_view()),
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
    path("<str:order>/judge/", problems.JudgeGoods.as_view()),
    path("<str:order>/hold/", problems.HoldOrder.as_view()),
    path("<str:order>/resume/", problems.ResumeOrder.as_view()),
    path("<str:order>/ask-platform/", problems.AskPlatform.as_view()),
    path("<str:order>/nonconformances/", problems.NonconformanceList.as_view()),
    path("<str:order>/settlements/", problems.SettlementList.as_view()),
    *(
        path(f"<str:order>/nonconformances/<str:problem>/{route}", view.as_view())
        for route, view in {
            "": problems.NonconformanceDetail,
            "answer/": problems.AnswerNonconformance,
            "agree/": problems.AgreeNonconformance,
            "remedy/": problems.ReportRemedy,
            "reopen/": problems.ReopenNonconformance,
            "resolve/": problems.ResolveNonconformance,
            "withdraw/": problems.WithdrawNonconformance,
            "escalate/": problems.EscalateNonconformance,
        }.items()
    ),
    *(
        path(f"<str:order>/settlements/<str:settlement>/{route}", view.as_view())
        for route, view in {
            "accept/": problems.AcceptSettlement,
            "decline/": problems.DeclineSettlement,
            "withdraw/": problems.WithdrawSettlement,
        }.items()
    ),
    path("<str:order>/changes/", changes.ChangeList.as_view()),
    *(
        path(f"<str:order>/changes/<str:change>/{route}", view.as_view())
        for route, view in {
            "accept/": changes.AcceptChange,
            "approve/": changes.ApproveChange,
            "decline/": changes.DeclineChange,
            "withdraw/": changes.WithdrawChange,
        }.items()
    ),
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
