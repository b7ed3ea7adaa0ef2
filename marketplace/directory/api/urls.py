from django.urls import path

from marketplace.directory.api import views

manufacturer_urls = [
    path("", views.ManufacturerList.as_view()),
    path("<str:manufacturer>/", views.ManufacturerDetail.as_view()),
]
taxonomy_urls = [
    path("processes/", views.ProcessList.as_view()),
    path("materials/", views.MaterialList.as_view()),
    path("finishes/", views.FinishList.as_view()),
    path("inspection-levels/", views.InspectionLevelList.as_view()),
]
