from django.urls import path

from orders.views import approvals, buyer, documents, messages, portal

buyer_urls = [
    path("", buyer.orders, name="orders"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/<str:order>/", approvals.open_approval, name="open_approval"),
    path("<str:order>/", buyer.order_detail, name="order_detail"),
    path("<str:order>/messages/", messages.order_messages, name="order_messages"),
    path("<str:order>/approve/", approvals.approve_award, name="approve_award"),
    path("<str:order>/reject/", approvals.reject_award, name="reject_award"),
    path("<str:order>/delivery/", buyer.confirm_delivery, name="confirm_delivery"),
    path("<str:order>/accept/", buyer.accept_order, name="accept_order"),
    path("<str:order>/cancel/", buyer.cancel_order, name="cancel_order"),
    path(
        "<str:order>/purchase-order.pdf",
        documents.purchase_order_pdf,
        name="purchase_order_pdf",
    ),
    path(
        "<str:order>/purchase-order/",
        documents.attach_purchase_order,
        name="attach_purchase_order",
    ),
    path("<str:order>/review/", buyer.review_order, name="review_order"),
]
portal_urls = [
    path("", portal.portal_orders, name="portal_orders"),
    path("<str:order>/", portal.portal_order_detail, name="portal_order_detail"),
    path(
        "<str:order>/purchase-order.pdf",
        documents.portal_purchase_order_pdf,
        name="portal_purchase_order_pdf",
    ),
    path("<str:order>/messages/", messages.portal_order_messages, name="portal_order_messages"),
    path("<str:order>/advance/<slug:verb>/", portal.advance_order, name="advance_order"),
    path("<str:order>/report/", portal.report_production, name="report_production"),
    path("<str:order>/ship/", portal.ship_order, name="ship_order"),
    path("<str:order>/cancel/", portal.portal_cancel_order, name="portal_cancel_order"),
    path("<str:order>/review/", portal.portal_review_order, name="portal_review_order"),
]
