from django.urls import path

from quotes.views import (
    builder,
    buyer,
    buyer_detail,
    compare_quotes,
    estimates,
    guests,
    life,
    portal,
    questions,
    secrecy,
    taking_part,
)

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
    path("<str:rfq>/compare/", compare_quotes.compare_quotes, name="compare_quotes"),
    path(
        "<str:rfq>/compare/quotes.<str:form>",
        compare_quotes.export_comparison,
        name="export_comparison",
    ),
    path("<str:rfq>/close/", buyer_detail.close_rfq, name="close_rfq"),
    path("<str:rfq>/cancel/", buyer_detail.cancel_rfq, name="cancel_rfq"),
    path("<str:rfq>/invite/", buyer_detail.invite_manufacturer, name="invite_manufacturer"),
    path("<str:rfq>/invite-list/", taking_part.invite_list, name="invite_list"),
    path(
        "<str:rfq>/invitations/<str:invitation>/revoke/",
        taking_part.revoke_invitation,
        name="revoke_invitation",
    ),
    path(
        "<str:rfq>/invitations/<str:invitation>/restore/",
        taking_part.restore_invitation,
        name="restore_invitation",
    ),
    path("<str:rfq>/guests/", guests.invite_guest, name="invite_guest"),
    path(
        "<str:rfq>/guests/<str:invitation>/resend/",
        guests.resend_guest_link,
        name="resend_guest_link",
    ),
    path("<str:rfq>/amend/", life.amend_rfq, name="amend_rfq"),
    path("<str:rfq>/extend/", life.extend_rfq, name="extend_rfq"),
    path("<str:rfq>/unseal/", life.unseal_rfq, name="unseal_rfq"),
    path("<str:rfq>/end/", life.end_without_award, name="end_without_award"),
    path("<str:rfq>/reissue/", life.reissue_rfq, name="reissue_rfq"),
    path("<str:rfq>/room/", secrecy.rfq_room, name="rfq_room"),
    path("<str:rfq>/room/export/", secrecy.export_room, name="export_room"),
    path("<str:rfq>/nda/", secrecy.download_rfq_nda, name="download_rfq_nda"),
    path("<str:rfq>/questions/", questions.rfq_questions, name="rfq_questions"),
    path("<str:rfq>/questions/publish/", questions.publish_answer, name="publish_answer"),
    path("<str:rfq>/questions/<str:thread>/", questions.rfq_thread, name="rfq_thread"),
    path(
        "<str:rfq>/questions/<str:thread>/answer/",
        questions.answer_question,
        name="answer_question",
    ),
    path(
        "<str:rfq>/questions/<str:thread>/<str:message>/publish/",
        questions.publish_question,
        name="publish_question",
    ),
    path("<str:rfq>/quotes/<str:quote>/accept/", buyer_detail.accept_quote, name="accept_quote"),
]
estimate_urls = [path("<str:part>/", estimates.part_estimate, name="part_estimate")]
settings_urls = [path("settings/nda/", secrecy.nda_settings, name="nda_settings")]
guest_urls = [
    path("<str:secret>/", guests.open_guest_link, name="open_guest_link"),
    path("<str:secret>/code/", guests.send_guest_code, name="send_guest_code"),
    path("<str:secret>/confirm/", guests.confirm_guest_code, name="confirm_guest_code"),
    path("<str:secret>/claim/", guests.claim_guest_quote, name="claim_guest_quote"),
]
portal_urls = [
    path("requests/", portal.portal_requests, name="portal_requests"),
    path("requests/open/", taking_part.open_requests_page, name="open_requests"),
    path("requests/<str:rfq>/join/", taking_part.join_rfq, name="join_rfq"),
    path("requests/<str:rfq>/", portal.portal_request_detail, name="portal_request_detail"),
    path("requests/<str:rfq>/quote/", portal.start_quote, name="start_quote"),
    path("requests/<str:rfq>/decline/", portal.decline_to_quote, name="decline_to_quote"),
    path("requests/<str:rfq>/nda/", secrecy.request_nda, name="request_nda"),
    path("requests/<str:rfq>/nda/accept/", secrecy.accept_nda, name="accept_nda"),
    path(
        "requests/<str:rfq>/nda/download/",
        secrecy.download_request_nda,
        name="download_request_nda",
    ),
    path("requests/<str:rfq>/questions/", questions.request_questions, name="request_questions"),
    path("requests/<str:rfq>/questions/ask/", questions.ask_question, name="ask_question"),
    path("quotes/<str:quote>/", portal.edit_quote, name="edit_quote"),
    path("quotes/<str:quote>/reopen/", portal.reopen_quote, name="reopen_quote"),
    path("quotes/<str:quote>/reconfirm/", portal.reconfirm_quote, name="reconfirm_quote"),
    path("quotes/<str:quote>/withdraw/", portal.withdraw_quote, name="withdraw_quote"),
]
