"""What a draft lacks is said before it goes out, with the field that mends it."""

from datetime import timedelta

from django.utils import timezone

from marketplace.parts.models import PartRevision
from quotes.completeness import Completeness, completeness_of
from quotes.models import RFQ
from quotes.queries import lines_of
from tests.personas import Persona
from tests.quotes.scene import Request, draft_for, draft_rfq


def of(request: Request, invited: int = 3) -> Completeness:
    return completeness_of(request.fresh(), lines_of(request.rfq), invited)


def facts_of(request: Request, **facts: object) -> None:
    PartRevision.objects.filter(pk=request.line.part_revision_id).update(facts=facts)


def test_an_empty_draft_lacks_the_essentials_and_points_at_their_fields(bea: Persona) -> None:
    request = draft_rfq(bea)
    facts_of(request, units="mm", units_source="file", volume_mm3=1.0)
    found = of(request, invited=0)
    anchors = {check.anchor for check in found.missing}
    line = f"id_{request.line.public_id}"
    assert {f"{line}-process", f"{line}-material", "id_deadline", "whom"} <= anchors
    assert found.score < 60


def test_a_whole_draft_is_complete(bea: Persona) -> None:
    from quotes.actions.rfq import save_rfq

    request = draft_rfq(bea)
    facts_of(request, units="mm", units_source="file", volume_mm3=1.0)
    need = (timezone.now() + timedelta(days=40)).date()
    draft = draft_for(request.line, need_by=need)
    save_rfq(actor=bea.actor, public_id=request.id, draft=draft)
    found = of(request)
    assert (found.missing, found.advised, found.score) == ([], [], 100)
    # An open request needs nobody ticked.
    RFQ.objects.update(visibility="open")
    assert of(request, invited=0).missing == []


def test_what_the_reader_doubts_is_advised(bea: Persona) -> None:
    request = draft_rfq(bea)
    holes = [{"diameter_mm": 5.0, "count": 4}, {"diameter_mm": 12.0, "count": 2}]
    facts_of(request, units=None, units_source="assumed", volume_mm3=None, holes=holes)
    text = " ".join(check.sentence for check in of(request).advised)
    assert "names no unit" in text
    assert "surface is open" in text
    assert "4 holes have the tap drill of M6." in text
    request.line.threads = "none"
    request.line.save()
    assert "tap drill" not in " ".join(check.sentence for check in of(request).advised)


def test_tolerances_of_a_drawing_need_the_drawing(bea: Persona) -> None:
    request = draft_rfq(bea)
    request.line.tolerance = "drawing"
    request.line.save()
    assert "on a drawing it does not have" in " ".join(c.sentence for c in of(request).missing)


def test_a_drawing_that_names_another_material_is_asked_about(bea: Persona) -> None:
    from marketplace.directory.models import Material

    request = draft_rfq(bea)
    request.line.material = Material.objects.get(code="al_6061")
    request.line.save()
    facts_of(request, text={"materials": ["EN AW-7075"], "threads": ["M6 x 1"]})
    text = " ".join(check.sentence for check in of(request).advised)
    assert "the drawing says EN AW-7075, the line Aluminum 6061-T6. Which counts?" in text
    assert "the drawing names M6 x 1." in text
    facts_of(request, text={"materials": ["EN AW-6061"]})
    assert "Which counts" not in " ".join(check.sentence for check in of(request).advised)


def test_a_flat_sheet_is_asked_for_its_thickness_and_not_for_a_volume(bea: Persona) -> None:
    request = draft_rfq(bea)
    figures = {"open_contours": {"value": 0}, "cut_length": {"value": 362.8}}
    sheet = {"format": "dxf", "units": "mm", "units_source": "file", "volume_mm3": None}
    facts_of(request, **sheet, figures=figures)
    line = request.line
    for notes, is_asked in (
        ("", True),
        ("Break edges 0.5 mm.", True),
        ("2 mm thick, break edges 0.5 mm", False),
        ("Thickness: 2 mm", False),
        ("16 gauge", False),
    ):
        line.notes = notes
        line.save()
        asked = {check.anchor: check.sentence for check in of(request).advised}
        assert "surface is open" not in " ".join(asked.values())
        assert (f"id_{line.public_id}-notes" in asked) is is_asked, notes
    facts_of(request, **sheet, figures={"open_contours": {"value": 2}})
    assert "contours do not close" in " ".join(c.sentence for c in of(request).advised)
