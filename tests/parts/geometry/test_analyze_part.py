"""`manage.py analyze_part`: one JSON document or one table, and its exit codes."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.parts.geometry.meshes import cube, write_stl


def run(*words: object) -> tuple[str, str, int]:
    out, err, code = StringIO(), StringIO(), 0
    try:
        call_command("analyze_part", *map(str, words), stdout=out, stderr=err)
    except SystemExit as end:
        code = int(end.code or 0)
    return out.getvalue(), err.getvalue(), code


def test_it_prints_the_facts_as_json(tmp_path: Path) -> None:
    path = write_stl(tmp_path / "cube.stl", cube(1))

    out, err, code = run(path, "--json", "--units", "in")

    facts = json.loads(out)
    assert (code, err) == (0, "")
    assert facts["volume_mm3"] == pytest.approx(25.4**3)
    assert facts["bbox_mm"] == pytest.approx([25.4] * 3)
    assert (facts["format"], facts["units"], facts["warnings"]) == ("stl", "in", [])


def test_it_prints_an_error_as_json_and_exits_with_2(tmp_path: Path) -> None:
    path = tmp_path / "page.stl"
    path.write_text("<html>" + "x" * 100)

    out, _, code = run(path, "--json")

    assert code == 2
    error = json.loads(out)["error"]
    assert error["code"] == "wrong_format"
    assert "a web page" in error["message"]


def test_a_missing_file_is_an_error_like_any_other(tmp_path: Path) -> None:
    out, _, code = run(tmp_path / "none.stl", "--json")

    assert (code, json.loads(out)["error"]["code"]) == (2, "not_found")


def test_it_prints_a_table_and_keeps_the_pictures(tmp_path: Path) -> None:
    path = write_stl(tmp_path / "cube.stl", cube())

    out, _, code = run(path, "--out", tmp_path / "kept")

    assert code == 0
    assert "10.000 x 10.000 x 10.000 mm" in out
    assert "1,000.000 mm3" in out
    assert "[no_units]" in out
    assert sorted(p.name for p in (tmp_path / "kept").iterdir()) == ["preview.glb", "thumbnail.png"]


def test_without_json_an_error_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "part.dwg"
    path.touch()

    out, err, code = run(path)

    assert (out, code) == ("", 2)
    assert "[unsupported_format]" in err
