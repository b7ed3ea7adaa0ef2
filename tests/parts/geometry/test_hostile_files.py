"""Files made to kill, hang, flood or deceive the reader: each is refused with a sentence."""

import os
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from marketplace.parts.geometry.limits import Limits
from tests.parts.geometry.conftest import Read, Refuse
from tests.parts.geometry.meshes import (
    MODEL,
    RELATIONS,
    cube,
    mesh_xml,
    model_xml,
    text_stl,
    write_3mf,
    write_stl,
)

STEP_HEAD = (
    "ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION((''),'2;1');\nFILE_NAME('','',(''),(''),'','','');\n"
    "FILE_SCHEMA(('AUTOMOTIVE_DESIGN'));\nENDSEC;\nDATA;\n"
)
STEP_TAIL = "ENDSEC;\nEND-ISO-10303-21;\n"


def step_of(*lines: str) -> str:
    return STEP_HEAD + "\n".join(lines) + "\n" + STEP_TAIL


def uses(parent: int, child: int, times: int) -> list[str]:
    return [
        f"#{1000 + parent * 100 + n}=NEXT_ASSEMBLY_USAGE_OCCURRENCE('{n}','it''s (','',"
        f"#{parent},#{child},$);"
        for n in range(times)
    ]


@pytest.mark.parametrize("name", ["a.step", "a.stl", "a.obj", "a.3mf", "a.ply", "a.igs", "a.pdf"])
def test_an_empty_file(name: str, tmp_path: Path, refusal: Refuse) -> None:
    path = tmp_path / name
    path.touch()

    assert refusal(path).code == "empty"


CONTENTS = {
    "web page": b"<!DOCTYPE html><html><body>solid facet</body></html>",
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(200),
    "PDF": b"%PDF-1.7\n" + bytes(200),
    "ZIP": b"PK\x03\x04" + bytes(200),
    "program": b"\x7fELF" + bytes(200),
    "XML": b'<?xml version="1.0"?><svg onload="alert(1)"/>' + b" " * 100,
    "words": b"Dear Sir or Madam, please find the part attached. " * 10,
    "noise": np.random.default_rng(7).bytes(3000),
}


@pytest.mark.parametrize("ending", ["step", "stl", "obj", "ply", "igs"])
@pytest.mark.parametrize("content", CONTENTS)
def test_something_else_under_the_name_of_a_part(
    content: str, ending: str, tmp_path: Path, refusal: Refuse
) -> None:
    path = tmp_path / f"part.{ending}"
    path.write_bytes(CONTENTS[content])

    assert refusal(path).code in {"wrong_format", "truncated"}


def test_a_part_under_another_parts_name(
    tmp_path: Path, kernel_files: Path, refusal: Refuse
) -> None:
    path = tmp_path / "box.stl"
    path.write_bytes((kernel_files / "box.step").read_bytes())

    error = refusal(path)

    assert error.code == "wrong_format"
    assert "a STEP file" in error.message


@pytest.mark.parametrize(
    "name", ["part", "part.exe", "part.stl.exe", "part.dwg", "part.sldprt", "part.\u202elts"]
)
def test_an_ending_we_do_not_read(name: str, tmp_path: Path, refusal: Refuse) -> None:
    path = write_stl(tmp_path / "upload", cube())

    assert refusal(path, name=name).code == "unsupported_format"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.stl", "-rf.stl", "a\nb.stl", "<script>alert(1)</script>.STL"]
)
def test_the_name_is_looked_at_only_for_its_ending(
    name: str, tmp_path: Path, facts_of: Read
) -> None:
    path = write_stl(tmp_path / "3f9c", cube())

    assert facts_of(path, name=name).volume_mm3 == 1000


def test_a_step_file_cut_off(tmp_path: Path, kernel_files: Path, refusal: Refuse) -> None:
    path = tmp_path / "cut.step"
    path.write_bytes((kernel_files / "box.step").read_bytes()[:9000])

    assert refusal(path).code == "truncated"


def test_a_step_file_of_noise_after_its_head(tmp_path: Path, refusal: Refuse) -> None:
    path = tmp_path / "noise.step"
    noise = np.random.default_rng(3).bytes(20_000).hex()
    path.write_text(step_of(f"#1=CARTESIAN_POINT({noise});"))

    assert refusal(path).code in {"no_solid", "unreadable", "crashed"}


def test_parentheses_nested_until_the_kernel_dies(tmp_path: Path, refusal: Refuse) -> None:
    path = tmp_path / "deep.step"
    path.write_text(step_of("#1=A(" + "(" * 200_000 + ")" * 200_000 + ");"))

    assert refusal(path).code == "too_deep"
    assert refusal(path, limits=Limits(step_nesting=10**9)).code == "crashed"


def test_parentheses_in_texts_are_not_nesting(
    kernel_files: Path, tmp_path: Path, facts_of: Read
) -> None:
    path = tmp_path / "smile.step"
    whole = (kernel_files / "box.step").read_text()
    path.write_text(whole.replace("DATA;\n", "DATA;\n/* (((((( don't " + "(" * 99 + " */\n", 1))

    assert facts_of(path).volume_mm3 == pytest.approx(6000)


def test_an_assembly_that_multiplies(tmp_path: Path, refusal: Refuse) -> None:
    path = tmp_path / "bomb.step"
    path.write_text(step_of(*(line for n in range(1, 10) for line in uses(n, n + 1, 8))))

    assert refusal(path).code == "too_many_instances"


def test_an_assembly_that_multiplies_by_mapped_items(tmp_path: Path, refusal: Refuse) -> None:
    path = tmp_path / "bomb.step"
    lines = ["#90=SHAPE_REPRESENTATION('',(),#1);"]
    for level in range(9):
        inner = 90 if level == 0 else 99 + level
        lines.append(f"#{200 + level}=REPRESENTATION_MAP(#1,#{inner});")
        items = range(1000 + level * 10, 1008 + level * 10)
        lines += [f"#{item}=MAPPED_ITEM('',#{200 + level},#1);" for item in items]
        inside = ",".join(f"#{item}" for item in items)
        lines.append(f"#{100 + level}=SHAPE_REPRESENTATION('',({inside}),#1);")
    path.write_text(step_of(*lines))

    assert refusal(path).code == "too_many_instances"


def test_an_assembly_that_contains_itself(tmp_path: Path, refusal: Refuse) -> None:
    path = tmp_path / "loop.step"
    path.write_text(step_of(*uses(1, 2, 1), *uses(2, 3, 1), *uses(3, 1, 1)))

    assert refusal(path).code == "endless_assembly"


def test_an_stl_that_declares_more_than_it_holds(tmp_path: Path, refusal: Refuse) -> None:
    path = write_stl(tmp_path / "liar.stl", cube())
    whole = path.read_bytes()
    path.write_bytes(whole[:80] + struct.pack("<I", 4_000_000_000) + whole[84:])

    error = refusal(path)

    assert error.code == "truncated"
    assert "4,000,000,000" in error.message


def test_an_stl_with_more_triangles_than_we_read(tmp_path: Path, refusal: Refuse) -> None:
    path = write_stl(tmp_path / "big.stl", cube())

    assert refusal(path, limits=Limits(triangles=11)).code == "too_many_triangles"


def test_an_stl_of_no_triangles(tmp_path: Path, refusal: Refuse) -> None:
    assert refusal(write_stl(tmp_path / "none.stl", cube()[:0])).code == "empty"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [(0, 0, 0), (11, 2, 1)])
def test_corners_that_are_not_numbers(
    value: float, place: tuple[int, int, int], tmp_path: Path, refusal: Refuse
) -> None:
    corners = cube()
    corners[place] = value

    assert refusal(write_stl(tmp_path / "nan.stl", corners)).code == "not_a_number"


def test_an_stl_without_area(tmp_path: Path, refusal: Refuse) -> None:
    assert refusal(write_stl(tmp_path / "flat.stl", cube() * 0)).code == "no_area"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("endsolid part", "", "truncated"),
        ("vertex 0.0 0.0 0.0", "vertex 0.0 0.0", "unreadable"),
        ("vertex 0.0 0.0 0.0", "vertex 0.0 zero 0.0", "unreadable"),
        ("vertex 0.0 0.0 0.0", "vertex 0.0 nan 0.0", "not_a_number"),
        ("vertex 0.0 0.0 0.0\n", "\n", "truncated"),
    ],
)
def test_a_broken_text_stl(old: str, new: str, code: str, tmp_path: Path, refusal: Refuse) -> None:
    path = tmp_path / "broken.stl"
    path.write_text(text_stl(cube()).replace(old, new, 1))

    assert refusal(path).code == code


def zip_bomb(path: Path) -> Path:
    """Write 60 kB that unpack to 60 MB."""
    block = "<!-- " + " " * (1 << 20) + "-->"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", RELATIONS)
        with archive.open(MODEL, "w", force_zip64=True) as model:
            for _ in range(60):
                model.write(block.encode())
    return path


def test_a_3mf_that_unpacks_to_a_thousand_times_its_size(tmp_path: Path, refusal: Refuse) -> None:
    path = zip_bomb(tmp_path / "bomb.3mf")

    assert path.stat().st_size < 100_000
    assert refusal(path, limits=Limits(archive_bytes=50_000_000)).code == "archive_too_big"


def test_a_3mf_that_lies_about_its_size(tmp_path: Path, refusal: Refuse) -> None:
    path = write_3mf(tmp_path / "liar.3mf", model_xml(mesh_xml(cube()), "", head=" " * 5000))
    real = zipfile.ZipFile(path).getinfo(MODEL).file_size
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", real), struct.pack("<I", 900)))

    assert refusal(path).code == "unreadable"


def test_a_3mf_of_too_many_entries(tmp_path: Path, refusal: Refuse) -> None:
    others = {f"f{number}": "" for number in range(30)}
    path = write_3mf(tmp_path / "many.3mf", model_xml(mesh_xml(cube()), ""), **others)

    assert refusal(path, limits=Limits(archive_entries=20)).code == "archive_too_big"


LAUGHS = '<!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("head", [LAUGHS, OUTSIDE, "<!DOCTYPE m>"])
def test_a_3mf_with_a_document_type_definition(head: str, tmp_path: Path, refusal: Refuse) -> None:
    model = model_xml(mesh_xml(cube()), "", head=head)

    assert refusal(write_3mf(tmp_path / "dtd.3mf", model)).code == "forbidden_xml"


def test_a_3mf_whose_components_multiply(tmp_path: Path, refusal: Refuse) -> None:
    resources = mesh_xml(cube())
    for number in range(2, 12):
        inside = f'<component objectid="{number - 1}"/>' * 8
        resources += f'<object id="{number}"><components>{inside}</components></object>'
    path = write_3mf(tmp_path / "bomb.3mf", model_xml(resources, '<item objectid="11"/>'))

    assert refusal(path).code == "too_many_instances"


def test_a_3mf_whose_components_are_endless_or_too_deep(tmp_path: Path, refusal: Refuse) -> None:
    def chain(length: int, last: int) -> str:
        links = "".join(
            f'<object id="{n}"><components><component objectid="{n + 1}"/></components></object>'
            for n in range(1, length)
        )
        end = f'<object id="{length}"><components><component objectid="{last}"/></components>'
        return model_xml(f"{mesh_xml(cube(), 9999)}{links}{end}</object>", '<item objectid="1"/>')

    path = tmp_path / "loop.3mf"
    assert refusal(write_3mf(path, chain(3, 1))).code == "endless_assembly"
    assert refusal(write_3mf(path, chain(2000, 9999))).code == "too_deep"


def test_a_zip_of_something_else_named_3mf(tmp_path: Path, refusal: Refuse) -> None:
    path = tmp_path / "office.3mf"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../escape.txt", "hello")
        archive.writestr("word/document.xml", "<w/>")
    assert refusal(path).code == "wrong_format"
    path.write_bytes(path.read_bytes()[:-30])
    assert refusal(path).code == "unreadable"
    assert not (tmp_path.parent / "escape.txt").exists()


@pytest.mark.parametrize("tail", [b"", b"\nxref\ntrailer<</Root 1 0 R>>\n%%EOF"])
def test_a_broken_pdf(tail: bytes, tmp_path: Path, refusal: Refuse) -> None:
    path = tmp_path / "broken.pdf"
    path.write_bytes(b"%PDF-1.7\n" + os.urandom(2000) + tail)

    assert refusal(path).code in {"unreadable", "empty"}
