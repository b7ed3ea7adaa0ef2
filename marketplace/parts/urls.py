from django.urls import path

from marketplace.parts.views import buyer

buyer_urls = [
    path("", buyer.parts, name="parts"),
    path("upload/", buyer.upload_parts, name="upload_parts"),
    path("<str:part>/", buyer.part_detail, name="part_detail"),
    path("<str:part>/change/", buyer.change_part, name="change_part"),
    path("<str:part>/units/", buyer.give_units, name="give_units"),
]
