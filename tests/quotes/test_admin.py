"""Staff read what belongs to requests and their parts; nobody edits it."""

from typing import Any

import pytest
from django.contrib.admin import site
from django.urls import reverse

from accounts.models import SavedView
from marketplace.directory.models import Process
from marketplace.parts.actions import uploads
from marketplace.parts.models import (
    FindingAcceptance,
    Part,
    PartRevision,
    Tag,
    UploadBatch,
)
from quotes.actions import guests, secrecy
from quotes.models import (
    NDA,
    RFQ,
    Amendment,
    BestAndFinal,
    CounterOffer,
    EstimateCalibration,
    GuestLink,
    NDAAcceptance,
)
from tests.personas import Persona
from tests.quotes.negotiating import BUYER, counter
from tests.quotes.scene import Request, open_rfq, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(bea: Persona, milo: Persona) -> dict[str, Any]:
    """One row of everything, by the text its page shows."""
    request: Request = open_rfq(bea, milo)
    organization = bea.organization
    revision = request.line.part_revision
    tag = Tag.objects.create(organization=organization, name="Gearbox", key="gearbox")
    FindingAcceptance.objects.create(
        revision=revision, process="cnc_milling", rule="thin_wall", note="The wall is meant so."
    )
    batch, _ = uploads.start_batch(
        actor=bea.actor, files=[uploads.Announced(path="pin.stl", size=5)]
    )
    Amendment.objects.create(rfq=request.rfq, revision=2, changes=["The deadline moved."])
    quote = submitted(request, milo)
    offered = counter(bea, BUYER, request, quote, message="Three percent less.")
    asked = BestAndFinal.objects.create(
        quote=quote, message="Your last word?", due_at=offered.expires_at
    )
    nda = secrecy.write_nda(actor=bea.actor, text="1. Tell nobody.")
    NDAAcceptance.objects.create(nda=nda, organization=milo.organization, name="Milo Accepts")
    guests.invite_guest(
        actor=bea.actor, public_id=request.id, email="gil@gears.example", company="Gil's Gears"
    )
    view = SavedView.objects.create(
        user=bea.user, organization=organization, page="rfqs", name="Late ones", query="state=open"
    )
    measured = EstimateCalibration.objects.create(
        process=Process.objects.get(code="cnc_milling"),
        prices=7, shops=3, median_ratio=1.5, median_error=0.5, inside=0.25,
    )  # fmt: skip
    return {
        "Gearbox": tag,
        "The wall is meant so.": revision,
        request.id: revision,
        "pin.stl": batch,
        "The deadline moved.": request.rfq,
        "Milo Accepts": nda,
        "Three percent less.": offered,
        "Your last word?": asked,
        "gil@gears.example": GuestLink.objects.get(),
        "Late ones": view,
        "0.25": measured,
    }


def test_staff_read_every_row_and_change_none(rows: dict[str, Any], sam: Persona) -> None:
    for text, row in rows.items():
        name = f"admin:{row._meta.app_label}_{row._meta.model_name}"
        assert sam.client.get(reverse(f"{name}_changelist")).status_code == 200
        url = reverse(f"{name}_change", args=[row.pk])
        page = sam.client.get(url).content.decode()
        assert text in page, name
        assert 'name="_save"' not in page
        assert sam.client.post(url, {"state": "x"}).status_code == 403
        assert sam.client.get(reverse(f"{name}_add")).status_code == 403


def test_a_guests_link_shows_nothing_that_opens_it(rows: dict[str, Any], sam: Persona) -> None:
    link = GuestLink.objects.get()
    GuestLink.objects.update(code_hash="0123456789abcdef")
    url = reverse("admin:quotes_guestlink_change", args=[link.pk])
    page = sam.client.get(url).content.decode()
    assert link.token_hash not in page
    assert "0123456789abcdef" not in page


def test_pieces_of_an_upload_stay_unnamed(rows: dict[str, Any], sam: Persona) -> None:
    batch = UploadBatch.objects.get()
    batch.uploads.update(chunks=[["secret-key-of-a-piece", 5]])
    url = reverse("admin:parts_uploadbatch_change", args=[batch.pk])
    assert "secret-key-of-a-piece" not in sam.client.get(url).content.decode()


def test_what_stands_alone_has_a_page_of_its_own() -> None:
    own = {
        Tag,
        Part,
        PartRevision,
        UploadBatch,
        SavedView,
        NDA,
        GuestLink,
        EstimateCalibration,
        RFQ,
        CounterOffer,
        BestAndFinal,
    }
    assert own <= set(site._registry)
