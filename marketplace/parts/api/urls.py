from django.urls import path

from marketplace.parts.api import views

part_urls = [
    path("", views.PartList.as_view()),
    path("<str:part>/", views.PartDetail.as_view()),
    path("<str:part>/give-units/", views.GiveUnits.as_view()),
]
