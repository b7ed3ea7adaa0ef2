from django.urls import path

from orders.views import (
    approvals,
    blanket,
    buyer,
    changes,
    documents,
    first_articles,
    messages,
    portal,
    problems,
    quality,
    records,
    reviews,
    shipments,
)
from orders.views.doors import Row, bought, sold

public_urls = [
    path("<slug:slug>/reviews/", reviews.manufacturer_reviews, name="manufacturer_reviews"),
]

# Pages and acts that both sides have: one view, the buyer's door and the portal's.
SHARED: list[Row] = [
    ("messages/", messages.order_messages, "order_messages"),
    ("documents/", documents.order_documents, "order_documents"),
    ("documents/<str:document>/", documents.order_document, "order_document"),
    ("problems/", problems.order_problems, "order_problems"),
    ("problems/raise/", problems.raise_nonconformance, "raise_nonconformance"),
    ("problems/ask/", problems.ask_platform, "ask_platform"),
    ("problems/<str:problem>/", problems.order_problem, "order_problem"),
    ("problems/<str:problem>/<slug:act>/", problems.act_on_problem, "act_on_problem"),
    ("hold/", problems.hold_order, "hold_order"),
    ("resume/", problems.resume_order, "resume_order"),
    ("settlements/", problems.propose_settlement, "propose_settlement"),
    (
        "settlements/<str:settlement>/<slug:answer>/",
        problems.answer_settlement,
        "answer_settlement",
    ),
    ("changes/", changes.order_changes, "order_changes"),
    ("changes/new/", changes.propose_change, "propose_change"),
    ("changes/<str:change>/<slug:answer>/", changes.answer_change, "answer_change"),
    ("quality/", quality.order_quality, "order_quality"),
    (
        "quality/first-articles/<str:report>/",
        first_articles.order_first_article,
        "order_first_article",
    ),
    (
        "quality/first-articles/<str:report>/characteristics.csv",
        first_articles.first_article_csv,
        "first_article_csv",
    ),
    ("shipments/", shipments.order_shipments, "order_shipments"),
    ("shipments/<str:shipment>/", shipments.order_shipment, "order_shipment"),
    ("purchase-order.pdf", documents.purchase_order_pdf, "purchase_order_pdf"),
]
buyer_urls = [
    path("", buyer.orders, name="orders"),
    path("figures/<slug:figure>/", records.orders_behind, name="orders_behind"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/<str:order>/", approvals.open_approval, name="open_approval"),
    path("<str:order>/", buyer.order_detail, name="order_detail"),
    path("<str:order>/approve/", approvals.approve_award, name="approve_award"),
    path("<str:order>/reject/", approvals.reject_award, name="reject_award"),
    path("<str:order>/delivery/", buyer.confirm_delivery, name="confirm_delivery"),
    path(
        "<str:order>/quality/first-articles/approve/",
        first_articles.approve_first_article,
        name="approve_first_article",
    ),
    path(
        "<str:order>/quality/first-articles/reject/",
        first_articles.reject_first_article,
        name="reject_first_article",
    ),
    path("<str:order>/quality/waive/", quality.waive_document, name="waive_document"),
    path(
        "<str:order>/shipments/<str:shipment>/delivery/",
        shipments.confirm_shipment,
        name="confirm_shipment",
    ),
    path("<str:order>/accept/", buyer.accept_order, name="accept_order"),
    path("<str:order>/cancel/", buyer.cancel_order, name="cancel_order"),
    path(
        "<str:order>/purchase-order/",
        documents.attach_purchase_order,
        name="attach_purchase_order",
    ),
    path("<str:order>/blanket/", blanket.propose_blanket, name="propose_blanket"),
    path("<str:order>/review/", reviews.review_order, name="review_order"),
    path("<str:order>/reviews/", reviews.order_reviews, name="order_reviews"),
    path("<str:order>/reviews/<str:review>/answer/", reviews.answer_review, name="answer_review"),
    path("<str:order>/reviews/<str:review>/report/", reviews.report_review, name="report_review"),
    *bought([*SHARED, ("inspect/", problems.inspect_goods, "inspect_goods")]),
]
portal_urls = [
    path("", portal.portal_orders, name="portal_orders"),
    path("figures/<slug:figure>/", records.portal_orders_behind, name="portal_orders_behind"),
    path("tracking/", shipments.import_tracking, name="import_tracking"),
    path("<str:order>/", portal.portal_order_detail, name="portal_order_detail"),
    path("<str:order>/advance/<slug:verb>/", portal.advance_order, name="advance_order"),
    path("<str:order>/report/", portal.report_production, name="report_production"),
    path("<str:order>/ship/", portal.ship_order, name="ship_order"),
    path(
        "<str:order>/quality/first-articles/start/",
        first_articles.start_first_article,
        name="start_first_article",
    ),
    path(
        "<str:order>/quality/first-articles/submit/",
        first_articles.submit_first_article,
        name="submit_first_article",
    ),
    path(
        "<str:order>/quality/first-articles/<str:report>/save/",
        first_articles.save_first_article,
        name="save_first_article",
    ),
    path(
        "<str:order>/quality/first-articles/<str:report>/import/",
        first_articles.import_first_article,
        name="import_first_article",
    ),
    path(
        "<str:order>/quality/first-articles/<str:report>/files/",
        first_articles.attach_to_first_article,
        name="attach_to_first_article",
    ),
    path("<str:order>/quality/inspections/", quality.record_inspection, name="record_inspection"),
    path("<str:order>/quality/certificates/", quality.add_certificate, name="add_certificate"),
    path("<str:order>/quality/conformance/", quality.issue_conformance, name="issue_conformance"),
    path("<str:order>/shipments/new/", shipments.ship_parts, name="ship_parts"),
    path(
        "<str:order>/shipments/<str:shipment>/tracking/",
        shipments.update_tracking,
        name="update_tracking",
    ),
    path("<str:order>/cancel/", portal.portal_cancel_order, name="portal_cancel_order"),
    path("<str:order>/review/", reviews.portal_review_order, name="portal_review_order"),
    path("<str:order>/reviews/", reviews.portal_order_reviews, name="portal_order_reviews"),
    path(
        "<str:order>/reviews/<str:review>/answer/",
        reviews.portal_answer_review,
        name="portal_answer_review",
    ),
    path(
        "<str:order>/reviews/<str:review>/report/",
        reviews.portal_report_review,
        name="portal_report_review",
    ),
    *sold(SHARED),
]
blanket_urls = [
    path("", blanket.blanket_orders, name="blanket_orders"),
    path("<str:blanket>/", blanket.blanket_order, name="blanket_order"),
    path("<str:blanket>/call-off/", blanket.call_off, name="call_off"),
    path("<str:blanket>/cancel/", blanket.cancel_blanket, name="cancel_blanket"),
]
portal_blanket_urls = [
    path("", blanket.portal_blanket_orders, name="portal_blanket_orders"),
    path("<str:blanket>/", blanket.portal_blanket_order, name="portal_blanket_order"),
    path("<str:blanket>/accept/", blanket.accept_blanket, name="accept_blanket"),
    path("<str:blanket>/decline/", blanket.decline_blanket, name="decline_blanket"),
]
