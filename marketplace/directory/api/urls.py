from django.urls import path

from marketplace.directory.api import own, rate_card, supplier_lists, views

manufacturer_urls = [
    path("", views.ManufacturerList.as_view()),
    path("<str:manufacturer>/", views.ManufacturerDetail.as_view()),
]
taxonomy_urls = [
    path("processes/", views.ProcessList.as_view()),
    path("materials/", views.MaterialList.as_view()),
    path("finishes/", views.FinishList.as_view()),
    path("inspection-levels/", views.InspectionLevelList.as_view()),
    path("certifications/", views.CertificationList.as_view()),
]
own_urls = [
    path("", own.OwnManufacturer.as_view()),
    path("company/", own.OwnCompany.as_view()),
    path("apply/", own.ApplyManufacturer.as_view()),
    path("answer/", own.AnswerQuestion.as_view()),
    path("rate-card/", rate_card.OwnRateCard.as_view()),
    path("certificates/", own.CertificateList.as_view()),
    path("certificates/<str:certificate>/withdraw/", own.WithdrawCertificate.as_view()),
]
supplier_list_urls = [
    path("", supplier_lists.SupplierListList.as_view()),
    path("<str:supplier_list>/", supplier_lists.SupplierListDetail.as_view()),
    path("<str:supplier_list>/manufacturers/", supplier_lists.AddSupplier.as_view()),
    path(
        "<str:supplier_list>/manufacturers/<str:manufacturer>/",
        supplier_lists.RemoveSupplier.as_view(),
    ),
]
