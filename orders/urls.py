from django.urls import path

from orders.views import approvals, buyer, documents, messages, portal, problems
from orders.views.doors import Row, bought, sold

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
    ("purchase-order.pdf", documents.purchase_order_pdf, "purchase_order_pdf"),
]
buyer_urls = [
    path("", buyer.orders, name="orders"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/<str:order>/", approvals.open_approval, name="open_approval"),
    path("<str:order>/", buyer.order_detail, name="order_detail"),
    path("<str:order>/approve/", approvals.approve_award, name="approve_award"),
    path("<str:order>/reject/", approvals.reject_award, name="reject_award"),
    path("<str:order>/delivery/", buyer.confirm_delivery, name="confirm_delivery"),
    path("<str:order>/accept/", buyer.accept_order, name="accept_order"),
    path("<str:order>/cancel/", buyer.cancel_order, name="cancel_order"),
    path(
        "<str:order>/purchase-order/",
        documents.attach_purchase_order,
        name="attach_purchase_order",
    ),
    path("<str:order>/review/", buyer.review_order, name="review_order"),
    *bought([*SHARED, ("inspect/", problems.inspect_goods, "inspect_goods")]),
]
portal_urls = [
    path("", portal.portal_orders, name="portal_orders"),
    path("<str:order>/", portal.portal_order_detail, name="portal_order_detail"),
    path("<str:order>/advance/<slug:verb>/", portal.advance_order, name="advance_order"),
    path("<str:order>/report/", portal.report_production, name="report_production"),
    path("<str:order>/ship/", portal.ship_order, name="ship_order"),
    path("<str:order>/cancel/", portal.portal_cancel_order, name="portal_cancel_order"),
    path("<str:order>/review/", portal.portal_review_order, name="portal_review_order"),
    *sold(SHARED),
]
