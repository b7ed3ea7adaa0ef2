"""The part library by API: upload, read, rename, units."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.parts.actions.parts import note_use
from marketplace.parts.models import Part, PartRevision
from tests.api.scene import Api, facts_since, last_event, make_part
from tests.api.test_access import assert_problem
from tests.personas import Persona

TRIANGLES = (
    ((0, 0, 0), (0, 10, 0), (10, 0, 0)),
    ((0, 0, 0), (10, 0, 0), (0, 0, 10)),
    ((0, 0, 0), (0, 0, 10), (0, 10, 0)),
    ((10, 0, 0), (0, 10, 0), (0, 0, 10)),
)


def tetrahedron() -> bytes:
    """A closed STL of four triangles, edges of 10."""
    rows = ["solid t"]
    for triangle in TRIANGLES:
        rows += ["facet normal 0 0 0", "outer loop"]
        rows += [f"vertex {x} {y} {z}" for x, y, z in triangle]
        rows += ["endloop", "endfacet"]
    return "\n".join([*rows, "endsolid t"]).encode()


def test_a_part_is_uploaded_read_and_downloaded(buyer: Api, work) -> None:
    last = last_event()
    answer = buyer.upload("/parts/", file=SimpleUploadedFile("cone-1.stl", tetrahedron()))
    assert answer.status_code == 201
    body = answer.json()
    assert (body["number"], body["name"]) == ("cone-1", "Cone 1")
    assert body["current"]["state"] == "pending"
    assert body["current"]["figures"]["volume_mm3"] is None
    assert facts_since(last) == ["part_uploaded"]
    work()
    units = buyer.post(f"/parts/{body['id']}/give-units/", {"units": "mm"})
    assert units.status_code == 200
    work()
    read = buyer.get(f"/parts/{body['id']}/").json()
    assert read["current"]["state"] == "ready"
    assert read["current"]["figures"]["volume_mm3"] == pytest.approx(1000 / 6)
    assert sorted(read["current"]["figures"]["bbox_mm"]) == [10.0, 10.0, 10.0]
    assert read["current"]["warnings"] == [
        row for row in read["current"]["warnings"] if row["code"] and row["message"]
    ]
    model = read["current"]["files"][0]
    assert (model["kind"], model["name"]) == ("model", "cone-1.stl")
    for url in (model["url"], read["current"]["thumbnail_url"], read["current"]["preview_url"]):
        assert buyer.opens(url)


def test_the_same_file_twice_is_one_part(buyer: Api) -> None:
    for _ in range(2):
        answer = buyer.upload("/parts/", file=SimpleUploadedFile("a.stl", tetrahedron()))
        assert answer.status_code == 201
    assert (Part.objects.count(), PartRevision.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("virus.exe", b"MZ"),
        ("empty.stl", b""),
        ("drawing.pdf", b"not a pdf"),
        ("noextension", b"solid"),
        ("../../etc/passwd", b"root"),
        ("<script>.html", b"x"),
    ],
)
def test_a_file_we_do_not_take_is_a_sentence(name: str, content: bytes, buyer: Api) -> None:
    answer = buyer.upload("/parts/", file=SimpleUploadedFile(name, content))
    assert_problem(answer, 422)
    assert not Part.objects.exists()


def test_an_upload_needs_a_file_and_multipart(buyer: Api) -> None:
    assert assert_problem(buyer.upload("/parts/"), 422)["errors"] == [
        {"pointer": "/file", "detail": "Send the file in the field `file`."}
    ]
    assert assert_problem(buyer.upload("/parts/", file="text"), 422)
    assert_problem(buyer.post("/parts/", {"file": "x"}), 415)


def test_a_path_in_a_file_name_is_dropped(buyer: Api) -> None:
    file = SimpleUploadedFile("x.stl", tetrahedron())
    file.name = "..\\..\\secret\u202e.stl"
    answer = buyer.upload("/parts/", file=file)
    assert answer.status_code == 201
    assert "\\" not in answer.json()["number"]


def test_a_part_is_renamed_in_part(buyer: Api, stranger: Api, shop: Api, bea: Persona) -> None:
    part = make_part(bea)
    last = last_event()
    changed = buyer.patch(f"/parts/{part.public_id}/", {"notes": "Deburr"}).json()
    assert (changed["number"], changed["notes"]) == ("bracket", "Deburr")
    assert facts_since(last) == ["part_changed"]
    for other in (stranger, shop):
        assert_problem(other.patch(f"/parts/{part.public_id}/", {"name": "Mine"}), 404)
    make_part(bea, "flange")
    taken = buyer.patch(f"/parts/{part.public_id}/", {"number": "flange"})
    assert assert_problem(taken, 422)["errors"][0]["pointer"] == "/number"
    part.refresh_from_db()
    assert (part.name, part.number, part.notes) == ("Bracket", "bracket", "Deburr")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": "x" * 141}, "/name"),
        ({"name": "a\x00b"}, "/name"),
        ({"name": "\ud800"}, "/name"),
        ({"name": None}, "/name"),
        ({"name": ["a"]}, "/name"),
        ({"number": "x" * 61}, "/number"),
        ({"notes": "x" * 2001}, "/notes"),
        (["name"], "/"),
        ("name", "/"),
        (7, "/"),
    ],
)
def test_bad_names_point_at_themselves(body, pointer: str, buyer: Api, bea: Persona) -> None:
    part = make_part(bea)
    problem = assert_problem(buyer.patch(f"/parts/{part.public_id}/", body), 422)
    assert problem["errors"][0]["pointer"] == pointer
    part.refresh_from_db()
    assert (part.name, part.number, part.notes) == ("Bracket", "bracket", "")


def test_units_are_given_once_and_not_after_publishing(
    buyer: Api, stranger: Api, bea: Persona
) -> None:
    part = make_part(bea)
    path = f"/parts/{part.public_id}/give-units/"
    assert_problem(stranger.post(path, {"units": "mm"}), 404)
    for wrong in ({"units": "furlong"}, {}, {"units": None}, {"units": ["mm"]}):
        assert_problem(buyer.post(path, wrong), 422)
    last = last_event()
    assert buyer.post(path, {"units": "in"}).json()["current"]["state"] == "pending"
    assert facts_since(last) == ["units_given"]
    PartRevision.objects.update(locked_at="2026-01-01T00:00:00Z")
    assert_problem(buyer.post(path, {"units": "cm"}), 409, "conflict")


def test_the_list_is_filtered_by_text(buyer: Api, bea: Persona) -> None:
    make_part(bea, "bracket")
    make_part(bea, "flange")
    found = buyer.get("/parts/", text="FLA").json()["results"]
    assert [row["number"] for row in found] == ["flange"]
    assert_problem(buyer.get("/parts/", text="x" * 61), 422)


def test_the_list_is_filtered_by_state_format_and_tag(buyer: Api, bea: Persona) -> None:
    part = make_part(bea, "bracket")
    make_part(bea, "flange")
    PartRevision.objects.filter(part=part).update(format="step")
    changed = buyer.patch(
        f"/parts/{part.public_id}/", {"tags": ["Gearbox", "gearbox"], "customer_number": "KD-1"}
    ).json()
    assert (changed["tags"], changed["customer_number"]) == (["Gearbox"], "KD-1")
    for params in ({"tag": "Gearbox"}, {"file_format": "step"}, {"text": "kd-1"}):
        found = buyer.get("/parts/", **params).json()["results"]
        assert [row["number"] for row in found] == ["bracket"], params
    assert buyer.get("/parts/tags/").json()["results"] == [{"name": "Gearbox", "part_count": 1}]
    assert_problem(buyer.get("/parts/", shown="nonsense"), 422)
    bad = assert_problem(buyer.patch(f"/parts/{part.public_id}/", {"tags": ["a,b"]}), 422)
    assert bad["errors"][0]["pointer"] == "/tags"


def test_many_parts_at_once(buyer: Api, stranger: Api, bea: Persona) -> None:
    ids = [make_part(bea, name).public_id for name in ("a", "b")]
    body = {"part_ids": ids, "do": "change", "add_tags": ["x"], "notes": "Foam."}
    last = last_event()
    assert buyer.post("/parts/bulk/", body).json() == {"count": 2}
    assert facts_since(last) == ["part_changed", "part_changed"]
    assert_problem(stranger.post("/parts/bulk/", body), 404)
    for wrong in ({}, {"part_ids": ids}, {**body, "do": "burn"}, {**body, "part_ids": []}):
        assert_problem(buyer.post("/parts/bulk/", wrong), 422)
    assert buyer.post("/parts/bulk/", {"part_ids": ids, "do": "archive"}).json() == {"count": 2}
    assert buyer.get("/parts/").json()["results"] == []
    assert len(buyer.get("/parts/", shown="archived").json()["results"]) == 2
    assert buyer.post("/parts/bulk/", {"part_ids": ids, "do": "delete"}).json() == {"count": 2}
    assert not Part.objects.exists()


def test_a_file_is_sent_in_pieces(buyer: Api, stranger: Api, work) -> None:
    content = tetrahedron()
    told = {"files": [{"name": "job/t.stl", "size": len(content)}, {"name": "x.txt", "size": 1}]}
    batch = buyer.post("/parts/uploads/", told)
    assert batch.status_code == 201
    first, second = batch.json()["files"]
    assert (first["state"], second["state"]) == ("receiving", "refused")
    path = f"/parts/uploads/files/{first['id']}/"

    def send(who: Api, offset: str, piece: bytes):
        return who.client.put(
            f"/api/v1{path}",
            piece,
            "application/octet-stream",
            headers={**who.headers, "Upload-Offset": offset},
        )

    assert send(buyer, "0", content[:50]).json()["received"] == 50
    assert_problem(send(buyer, "0", content[:50]), 409, "conflict")
    assert_problem(send(buyer, "x", b"x"), 422)
    assert_problem(send(stranger, "50", b"x"), 404)
    assert buyer.get(path).json()["received"] == 50
    assert send(buyer, "50", content[50:]).json()["state"] == "received"
    work()
    done = buyer.get(f"/parts/uploads/{batch.json()['id']}/").json()["files"][0]
    assert (done["state"], done["sentence"]) == ("stored", "New part t rev A.")
    assert buyer.get(f"/parts/{done['part_id']}/").json()["number"] == "t"
    assert_problem(stranger.get(f"/parts/uploads/{batch.json()['id']}/"), 404)


@pytest.mark.parametrize(
    "files",
    [None, [], 5, [{}], [{"name": "a.stl"}], [{"name": "a.stl", "size": -1}],
     [{"name": "a.stl", "size": 1e30}], [{"name": "a\x00.stl", "size": 5}],
     [{"name": "a", "size": "x"}]],
)  # fmt: skip
def test_files_that_cannot_be_announced(files, buyer: Api) -> None:
    assert_problem(buyer.post("/parts/uploads/", {"files": files}), 422)


def test_findings_revisions_difference_and_uses(buyer: Api, bea: Persona) -> None:
    part = make_part(bea, "thin")
    thin = {"value": 0.1, "unit": "mm", "how": "sampled", "exactness": "rays", "reason": ""}
    hole = {"diameter_mm": 6.0, "depth_mm": 10.0, "kind": "through", "position": [0, 0, 0],
            "direction": [0, 0, 1], "countersink": None, "counterbore": None}  # fmt: skip
    part.current.facts |= {"figures": {"wall_min": thin}, "holes": [hole]}
    part.current.save(update_fields=["facts"])
    path = f"/parts/{part.public_id}"
    read = buyer.get(f"{path}/").json()["current"]
    assert read["measures"] == [{"name": "wall_min", **thin}]
    assert read["holes"][0]["diameter_mm"] == 6.0
    found = buyer.get(f"{path}/findings/", process="cnc_milling").json()
    rule = found["findings"][0]["rule"]
    assert found["findings"][0]["source"] and found["unchecked"]
    body = {"process": "cnc_milling", "rule": rule}
    accepted = buyer.post(f"{path}/findings/accept/", {**body, "note": "Tried."}).json()
    assert accepted["findings"][-1]["acceptance"]["note"] == "Tried."
    reopened = buyer.post(f"{path}/findings/reopen/", body).json()
    assert reopened["findings"][0]["acceptance"] is None
    assert_problem(buyer.post(f"{path}/findings/reopen/", body), 404)
    assert_problem(buyer.post(f"{path}/findings/accept/", body), 422)
    assert_problem(buyer.get(f"{path}/findings/", process="magic"), 422)
    assert buyer.post(f"{path}/relabel/", {"label": "07"}).json()["current"]["label"] == "07"
    [revision] = buyer.get(f"{path}/revisions/").json()["results"]
    assert len(revision["files"][0]["sha256"]) == 64
    told = buyer.get(f"{path}/difference/").json()
    assert (told["old"], told["new"]) == ("07", "07") and len(told["sentences"]) == 1
    assert_problem(buyer.get(f"{path}/difference/", old="ZZ"), 404)
    note_use(revisions=[part.current], kind="rfq", thing="rfq_1", label="Brackets")
    assert buyer.get(f"{path}/uses/").json()["results"][0]["label"] == "Brackets"
