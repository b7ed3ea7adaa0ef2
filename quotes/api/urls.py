from django.urls import path

from quotes.api import (
    award,
    buyer,
    comparison,
    documents,
    estimates,
    guests,
    life,
    negotiation,
    portal,
    questions,
    quote_builder,
    reorder,
    shares,
    taking_part,
)

order_urls = [
    path("<str:order>/reorder/", reorder.Reorder.as_view()),
    path("<str:order>/reorder/request/", reorder.RequestAgain.as_view()),
]
estimate_urls = [path("<str:part>/", estimates.PartEstimate.as_view())]
rfq_urls = [
    path("", buyer.RFQList.as_view()),
    path("<str:rfq>/", buyer.RFQDetail.as_view()),
    path("<str:rfq>/parts/", buyer.AddParts.as_view()),
    path("<str:rfq>/lines/bulk/", buyer.AddLines.as_view()),
    path("<str:rfq>/lines/<str:line>/", buyer.RemoveLine.as_view()),
    path("<str:rfq>/publish/", buyer.PublishRFQ.as_view()),
    path("<str:rfq>/close/", buyer.CloseRFQ.as_view()),
    path("<str:rfq>/cancel/", buyer.CancelRFQ.as_view()),
    path("<str:rfq>/invite/", buyer.InviteManufacturer.as_view()),
    path("<str:rfq>/invite-list/", buyer.InviteSupplierList.as_view()),
    path("<str:rfq>/matches/", award.MatchList.as_view()),
    path("<str:rfq>/comparison/", comparison.Comparison.as_view()),
    path("<str:rfq>/shares/", shares.ShareList.as_view()),
    path("<str:rfq>/shares/<str:share>/revoke/", shares.RevokeShare.as_view()),
    path(
        "<str:rfq>/invitations/<str:invitation>/revoke/",
        taking_part.RevokeInvitation.as_view(),
    ),
    path(
        "<str:rfq>/invitations/<str:invitation>/restore/",
        taking_part.RestoreInvitation.as_view(),
    ),
    path("<str:rfq>/guests/", guests.InviteGuest.as_view()),
    path("<str:rfq>/guests/<str:invitation>/resend/", guests.ResendGuestLink.as_view()),
    path("<str:rfq>/amend/", life.AmendRFQ.as_view()),
    path("<str:rfq>/extend/", life.ExtendRFQ.as_view()),
    path("<str:rfq>/unseal/", life.UnsealRFQ.as_view()),
    path("<str:rfq>/end/", life.EndRFQ.as_view()),
    path("<str:rfq>/reissue/", life.ReissueRFQ.as_view()),
    path("<str:rfq>/threads/", questions.ThreadList.as_view()),
    path("<str:rfq>/threads/<str:thread>/messages/", questions.ThreadMessages.as_view()),
    path("<str:rfq>/answers/", questions.RFQAnswers.as_view()),
    path("<str:rfq>/quotes/", award.ReceivedQuoteList.as_view()),
    path("<str:rfq>/quotes/<str:quote>/", award.ReceivedQuoteDetail.as_view()),
    path("<str:rfq>/quotes/<str:quote>/pdf/", documents.ReceivedQuotePdf.as_view()),
    path("<str:rfq>/award/", award.AwardRFQ.as_view()),
    path("<str:rfq>/finish/", award.FinishRFQ.as_view()),
    path("<str:rfq>/best-and-final/", negotiation.BestAndFinals.as_view()),
    path(
        "<str:rfq>/quotes/<str:quote>/counter-offers/",
        negotiation.ReceivedCounters.as_view(),
    ),
    path(
        "<str:rfq>/quotes/<str:quote>/counter-offers/<str:counter>/accept/",
        negotiation.AcceptReceivedCounter.as_view(),
    ),
    path(
        "<str:rfq>/quotes/<str:quote>/counter-offers/<str:counter>/decline/",
        negotiation.DeclineReceivedCounter.as_view(),
    ),
    path(
        "<str:rfq>/quotes/<str:quote>/counter-offers/<str:counter>/withdraw/",
        negotiation.WithdrawOwnCounter.as_view(),
    ),
    path("<str:rfq>/quotes/<str:quote>/accept/", award.AcceptQuote.as_view()),
]
request_urls = [
    path("", portal.RequestList.as_view()),
    path("open/", taking_part.OpenRequestList.as_view()),
    path("<str:rfq>/join/", taking_part.JoinRequest.as_view()),
    path("<str:rfq>/", portal.RequestDetail.as_view()),
    path("<str:rfq>/quote/", portal.StartQuote.as_view()),
    path("<str:rfq>/messages/", questions.RequestMessages.as_view()),
    path("<str:rfq>/answers/", questions.RequestAnswers.as_view()),
    path("<str:rfq>/decline/", portal.DeclineRequest.as_view()),
]
quote_urls = [
    path("", portal.QuoteList.as_view()),
    path("<str:quote>/", portal.QuoteDetail.as_view()),
    path("<str:quote>/pdf/", documents.OwnQuotePdf.as_view()),
    path("<str:quote>/files/", quote_builder.AddQuoteFile.as_view()),
    path("<str:quote>/files/<str:file>/", quote_builder.RemoveQuoteFile.as_view()),
    path("<str:quote>/copy/", quote_builder.CopyQuote.as_view()),
    path("<str:quote>/prefill/", quote_builder.PrefillQuote.as_view()),
    path("<str:quote>/submit/", portal.SubmitQuote.as_view()),
    path("<str:quote>/reopen/", portal.ReopenQuote.as_view()),
    path("<str:quote>/reconfirm/", life.ReconfirmQuote.as_view()),
    path("<str:quote>/counter-offers/", negotiation.OwnQuoteCounters.as_view()),
    path(
        "<str:quote>/counter-offers/<str:counter>/accept/",
        negotiation.AcceptCounter.as_view(),
    ),
    path(
        "<str:quote>/counter-offers/<str:counter>/decline/",
        negotiation.DeclineCounter.as_view(),
    ),
    path(
        "<str:quote>/counter-offers/<str:counter>/withdraw/",
        negotiation.WithdrawCounter.as_view(),
    ),
    path("<str:quote>/best-and-final/", negotiation.AskedOfMe.as_view()),
    path("<str:quote>/withdraw/", portal.WithdrawQuote.as_view()),
]
