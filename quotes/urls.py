from django.urls import path

from quotes.views import builder, buyer, buyer_detail, estimates, portal

buyer_urls = [
    path("", buyer.rfqs, name="rfqs"),
    path("new/", builder.create_rfq, name="create_rfq"),
    path("<str:rfq>/", buyer_detail.rfq_detail, name="rfq_detail"),
    path("<str:rfq>/edit/", builder.edit_rfq, name="edit_rfq"),
    path("<str:rfq>/parts/", builder.add_parts, name="add_parts"),
    path("<str:rfq>/lines/<str:line>/remove/", builder.remove_line, name="remove_line"),
    path("<str:rfq>/import/", builder.import_lines, name="import_lines"),
    path("<str:rfq>/lines.csv", builder.export_lines, {"form": "csv"}, name="export_csv"),
    path("<str:rfq>/lines.xlsx", builder.export_lines, {"form": "xlsx"}, name="export_xlsx"),
    path("<str:rfq>/close/", buyer_detail.close_rfq, name="close_rfq"),
    path("<str:rfq>/cancel/", buyer_detail.cancel_rfq, name="cancel_rfq"),
    path("<str:rfq>/invite/", buyer_detail.invite_manufacturer, name="invite_manufacturer"),
    path("<str:rfq>/quotes/<str:quote>/accept/", buyer_detail.accept_quote, name="accept_quote"),
]
estimate_urls = [path("<str:part>/", estimates.part_estimate, name="part_estimate")]
portal_urls = [
    path("requests/", portal.portal_requests, name="portal_requests"),
    path("requests/<str:rfq>/", portal.portal_request_detail, name="portal_request_detail"),
    path("requests/<str:rfq>/quote/", portal.start_quote, name="start_quote"),
    path("requests/<str:rfq>/decline/", portal.decline_to_quote, name="decline_to_quote"),
    path("quotes/<str:quote>/", portal.edit_quote, name="edit_quote"),
    path("quotes/<str:quote>/reopen/", portal.reopen_quote, name="reopen_quote"),
    path("quotes/<str:quote>/withdraw/", portal.withdraw_quote, name="withdraw_quote"),
]
