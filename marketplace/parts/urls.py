from django.urls import path

from marketplace.parts.views import buyer, library, uploads

buyer_urls = [
    path("", library.parts, name="parts"),
    path("change/", library.change_parts, name="change_parts"),
    path("upload/", uploads.upload_parts, name="upload_parts"),
    path("uploads/", uploads.start_upload, name="start_upload"),
    path("uploads/files/<str:upload>/", uploads.upload_chunk, name="upload_chunk"),
    path("uploads/<str:batch>/", uploads.upload_batch, name="upload_batch"),
    path("<str:part>/", buyer.part_detail, name="part_detail"),
    path("<str:part>/change/", buyer.change_part, name="change_part"),
    path("<str:part>/label/", buyer.relabel_revision, name="relabel_revision"),
    path("<str:part>/units/", buyer.give_units, name="give_units"),
    path("<str:part>/keep-both/", buyer.keep_twin, name="keep_twin"),
    path("<str:part>/accept-finding/", buyer.accept_finding, name="accept_finding"),
    path("<str:part>/reopen-finding/", buyer.reopen_finding, name="reopen_finding"),
    path("<str:part>/bodies/", buyer.take_bodies, name="take_bodies"),
    path("<str:part>/compare/", buyer.compare_revisions, name="compare_revisions"),
]
