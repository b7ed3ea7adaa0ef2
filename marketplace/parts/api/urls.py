from django.urls import path

from marketplace.parts.api import direct, reading, uploads, views

direct_urls = [
    path("uploads/", direct.AnnounceFile.as_view()),
    path("uploads/<str:upload>/complete/", direct.CompleteUpload.as_view()),
    path("upload-content/<str:ticket>/", direct.UploadContent.as_view()),
]
part_urls = [
    path("", views.PartList.as_view()),
    path("bulk/", views.ChangeParts.as_view()),
    path("bulk/details/", views.DescribeParts.as_view()),
    path("tags/", views.TagList.as_view()),
    path("uploads/", uploads.StartUpload.as_view()),
    path("uploads/files/<str:upload>/", uploads.UploadPiece.as_view()),
    path("uploads/<str:batch>/", uploads.UploadBatchDetail.as_view()),
    path("<str:part>/", views.PartDetail.as_view()),
    path("<str:part>/give-units/", views.GiveUnits.as_view()),
    path("<str:part>/relabel/", views.RelabelRevision.as_view()),
    path("<str:part>/keep-twin/", views.KeepTwin.as_view()),
    path("<str:part>/bodies/", views.TakeBodies.as_view()),
    path("<str:part>/revisions/", views.RevisionList.as_view()),
    path("<str:part>/findings/", reading.PartFindings.as_view()),
    path("<str:part>/findings/accept/", reading.AcceptFinding.as_view()),
    path("<str:part>/findings/reopen/", reading.ReopenFinding.as_view()),
    path("<str:part>/difference/", reading.PartDifference.as_view()),
    path("<str:part>/uses/", reading.PartUses.as_view()),
]
