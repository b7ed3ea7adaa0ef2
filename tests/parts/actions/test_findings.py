"""Findings that are accepted, taken back, and looked at again; bodies that become parts."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.parts.actions.bodies import take_bodies
from marketplace.parts.actions.findings import accept_finding, reopen_finding
from marketplace.parts.actions.placing import upload_part_file
from marketplace.parts.dfm.findings import YES_OR_NO
from marketplace.parts.manufacturability import Shown, findings_of, usual_process, with_unit
from marketplace.parts.models import FindingAcceptance, Part
from marketplace.parts.queries import acceptances_of
from tests.api.scene import facts_since, last_event, make_part
from tests.parts.actions.test_parts import cube_stl
from tests.personas import Persona, make_member

THIN = {"value": 0.1, "unit": "mm", "how": "sampled", "exactness": "", "reason": ""}
MILLING = "cnc_milling"


@pytest.fixture
def part(bea: Persona) -> Part:
    made = make_part(bea, "thin")
    spots = [{"key": "wall_min", "points": [[1, 2, 3]], "cut": False}]
    made.current.facts |= {"figures": {"wall_min": THIN, "wall_p5": THIN}, "spots": spots}
    made.current.save(update_fields=["facts"])
    return made


def shown(part: Part) -> list[Shown]:
    return findings_of(part.current.facts, MILLING, acceptances_of(part.current, MILLING))


def thin_wall(part: Part) -> Shown:
    return next(one for one in shown(part) if one.points)


def test_a_finding_is_accepted_with_a_note_and_taken_back(bea: Persona, part: Part) -> None:
    rule = thin_wall(part).rule
    key = {"actor": bea.actor, "part_id": part.public_id, "process": MILLING, "rule": rule}
    last = last_event()
    accept_finding(**key, note="  The old part\nworks. ")
    found = thin_wall(part)
    assert found.acceptance is not None and found.acceptance.note == "The old part works."
    assert shown(part)[-1].rule == rule, "what is accepted stands last"
    accept_finding(**key, note="Tested.")
    assert FindingAcceptance.objects.get().note == "Tested."
    reopen_finding(**key)
    assert thin_wall(part).acceptance is None
    with pytest.raises(NotFound):
        reopen_finding(**key)
    assert facts_since(last) == ["finding_accepted", "finding_accepted", "finding_reopened"]


def test_an_acceptance_is_for_the_figure_that_was_looked_at(bea: Persona, part: Part) -> None:
    rule = thin_wall(part).rule
    accept_finding(
        actor=bea.actor, part_id=part.public_id, process=MILLING, rule=rule, note="Fine."
    )
    FindingAcceptance.objects.update(measured="0.4 mm")
    assert thin_wall(part).acceptance is None


def test_who_may_not_accept(bea: Persona, stefan: Persona, part: Part) -> None:
    key = {"part_id": part.public_id, "process": MILLING, "rule": thin_wall(part).rule}
    with pytest.raises(NotFound):
        accept_finding(actor=stefan.actor, **key, note="x")
    with pytest.raises(NotAllowed):
        accept_finding(actor=make_member(bea, "Vera", "viewer").actor, **key, note="x")
    with pytest.raises(DomainError, match="Write why"):
        accept_finding(actor=bea.actor, **key, note=" \n ")
    with pytest.raises(NotFound):
        accept_finding(actor=bea.actor, **{**key, "rule": "none.such"}, note="x")
    assert not FindingAcceptance.objects.exists()


def test_the_page_accepts_and_takes_back(bea: Persona, part: Part) -> None:
    rule = thin_wall(part).rule
    path, body = f"/parts/{part.public_id}/", {"process": MILLING, "rule": rule}
    empty = bea.client.post(f"{path}accept-finding/", {**body, "note": " "})
    assert empty.status_code == 422 and "Write why" in empty.content.decode()
    done = bea.client.post(f"{path}accept-finding/", {**body, "note": "Fine as it is."})
    assert done.url == f"{path}?process={MILLING}#manufacturability"
    assert "Fine as it is." in bea.client.get(f"{path}?process={MILLING}").content.decode()
    assert bea.client.post(f"{path}reopen-finding/", body).status_code == 302
    assert bea.client.post(f"{path}reopen-finding/", {}).status_code == 404
    for process in ("nonsense", "sla", "injection_molding", "x" * 500):
        assert bea.client.get(path, {"process": process}).status_code == 200


@pytest.mark.parametrize(
    ("figures", "process"),
    [
        ({}, "cnc_milling"),
        ({"sheet_thickness": {"value": 2}}, "sheet_fab"),
        ({"turning_symmetry": {"value": 0.97}}, "cnc_turning"),
        ({"turning_symmetry": {"value": None}}, "cnc_milling"),
    ],
)
def test_the_process_a_part_looks_like(figures: dict, process: str) -> None:
    assert usual_process({"figures": figures}) == process
    assert usual_process({"format": "dxf", "figures": figures}) == "sheet_cutting"


def test_bodies_of_an_assembly_become_parts_once(bea: Persona, work: Callable[[], None]) -> None:
    part = upload_part_file(actor=bea.actor, upload=SimpleUploadedFile("asm.stl", cube_stl()))
    work()
    part.refresh_from_db()
    revision = part.current
    revision.facts["bodies"] = [{"index": 0, "name": "Pin <b>", "count": 4}]
    revision.save(update_fields=["facts"])
    last = last_event()
    assert take_bodies(actor=bea.actor, part_id=part.public_id, indexes=[0, 0]) == 1
    work()
    made = Part.objects.select_related("current").get(number="asm-01")
    assert (made.name, made.created_by, made.current.taken_from) == ("Pin <b>", bea.user, revision)
    assert made.current.state == "ready"
    take_bodies(actor=bea.actor, part_id=part.public_id, indexes=[0])
    work()
    assert made.revisions.count() == 1
    assert facts_since(last).count("bodies_taken") == 1


def test_bodies_that_are_none(bea: Persona, stefan: Persona, part: Part) -> None:
    key = {"part_id": part.public_id}
    with pytest.raises(DomainError, match="at least one body"):
        take_bodies(actor=bea.actor, indexes=[], **key)
    with pytest.raises(DomainError, match="no such body"):
        take_bodies(actor=bea.actor, indexes=[7], **key)
    with pytest.raises(NotFound):
        take_bodies(actor=stefan.actor, indexes=[0], **key)
    answer = bea.client.post(f"/parts/{part.public_id}/bodies/", {"body": ["x", "\u0663", "-1"]})
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (7.2727, "x diameter", "7.27 x diameter"),
        (0.5, "mm", "0.5 mm"),
        (0.01234, "mm", "0.012 mm"),
        (0.0, "mm", "0 mm"),
        (12000.04, "mm", "12000 mm"),
        (3.0, "count", "3"),
        (1.0, "hollows", "1 hollow"),
        (2.0, "hollows", "2 hollows"),
        (0.0, "hollows", "0"),
        (5.0, "axes", "5 axes"),
        (150.0, "times the thinnest", "150 times the thinnest"),
        (0.155, "of the area", "15.5 % of the area"),
        (80.0, "mm2", "80 mm²"),
        (0.0, YES_OR_NO, ""),
    ],
)
def test_figures_are_shown_with_no_more_digits_than_they_mean(
    value: float, unit: str, shown: str
) -> None:
    assert with_unit(value, unit) == shown
