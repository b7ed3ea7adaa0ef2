from django.urls import path

from marketplace.directory.views import (
    certificates,
    portal,
    public,
    rate_card,
    scorecard,
    supplier_lists,
)

public_urls = [
    path("", public.manufacturers, name="manufacturers"),
    path("<slug:slug>/", public.manufacturer_detail, name="manufacturer_detail"),
]
buyer_urls = [
    path("", supplier_lists.supplier_lists, name="supplier_lists"),
    path("add/", supplier_lists.add_supplier, name="add_supplier"),
    path("<str:supplier_list>/", supplier_lists.supplier_list, name="supplier_list"),
    path(
        "<str:supplier_list>/rename/",
        supplier_lists.rename_supplier_list,
        name="rename_supplier_list",
    ),
    path(
        "<str:supplier_list>/delete/",
        supplier_lists.delete_supplier_list,
        name="delete_supplier_list",
    ),
    path(
        "<str:supplier_list>/manufacturers/<str:manufacturer>/remove/",
        supplier_lists.remove_supplier,
        name="remove_supplier",
    ),
]
portal_urls = [
    path("profile/", portal.portal_profile, name="portal_profile"),
    path("profile/company/", portal.portal_company, name="portal_company"),
    path("profile/apply/", portal.apply_manufacturer, name="apply_manufacturer"),
    path("profile/answer/", portal.answer_question, name="answer_question"),
    path("profile/scorecard/", scorecard.portal_scorecard, name="portal_scorecard"),
    path("profile/rates/", rate_card.portal_rate_card, name="portal_rate_card"),
    path("profile/rates/rate-card.csv", rate_card.export_rate_card, name="export_rate_card"),
    path("profile/rates/import/", rate_card.import_rate_card, name="import_rate_card"),
    path("profile/certificates/", certificates.portal_certificates, name="portal_certificates"),
    path("profile/certificates/new/", certificates.add_certificate, name="add_certificate"),
    path(
        "profile/certificates/<str:certificate>/replace/",
        certificates.replace_certificate,
        name="replace_certificate",
    ),
    path(
        "profile/certificates/<str:certificate>/withdraw/",
        certificates.withdraw_certificate,
        name="withdraw_certificate",
    ),
]
