"""ZIPs as people pack them, and as attackers do."""

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from marketplace.parts.archive import (
    ArchiveError,
    ArchiveLimits,
    Member,
    extract_member,
    open_archive,
)


def packed(path: Path, files: dict[str, bytes], **options: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def refused(path: Path, limits: ArchiveLimits | None = None) -> str:
    with pytest.raises(ArchiveError) as caught:
        open_archive(path, limits or ArchiveLimits())
    assert caught.value.message.endswith(".")
    return caught.value.code


def test_files_are_listed_and_unpacked_without_what_file_managers_leave(tmp_path: Path) -> None:
    files = {
        "parts/BRK-014.step": b"solid" * 1000,
        "parts/BRK-014.pdf": b"%PDF",
        "__MACOSX/parts/._BRK-014.step": b"x",
        ".DS_Store": b"x",
        "parts/.hidden.step": b"x",
        "parts/Thumbs.db": b"x",
        "parts/": b"",
    }
    path = packed(tmp_path / "a.zip", files)

    members = open_archive(path)

    assert [(m.name, m.folder, m.size) for m in members] == [
        ("BRK-014.step", "parts", 5000),
        ("BRK-014.pdf", "parts", 4),
    ]
    target = io.BytesIO()
    assert extract_member(path, members[0], target) == 5000
    assert target.getvalue() == b"solid" * 1000


@pytest.mark.parametrize(
    "name",
    ["../evil.step", "/etc/passwd.step", "a/../../b.step", "C:\\b.step", "a\\..\\b.step"],
)
def test_paths_that_lead_out_of_the_archive_are_refused_with_that_reason(
    name: str, tmp_path: Path
) -> None:
    path = packed(tmp_path / "a.zip", {name: b"x"})
    assert refused(path) == "unsafe_path"
    with pytest.raises(ArchiveError, match="a path that leads out of the archive"):
        open_archive(path)


@pytest.mark.parametrize("name", ["a\nb.step", "part.\u202epets"])
def test_names_that_deceive_are_refused(name: str, tmp_path: Path) -> None:
    assert refused(packed(tmp_path / "a.zip", {name: b"x"})) == "unsafe_name"


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    assert refused(packed(tmp_path / "a.zip", {"a.stl": bytes(5_000_000)})) == "bomb"


def test_overlong_archives_are_refused(tmp_path: Path) -> None:
    many = packed(tmp_path / "many.zip", {f"{n}.stl": b"x" for n in range(6)})
    limits = ArchiveLimits(files=5, file_bytes=10, total_bytes=15)

    assert refused(many, limits) == "too_many"
    assert refused(many, ArchiveLimits(entries=5)) == "too_many"
    assert refused(packed(tmp_path / "big.zip", {"a.stl": bytes(11)}), limits) == "too_big"
    two = {"a.stl": bytes(9), "b.stl": bytes(9)}
    assert refused(packed(tmp_path / "sum.zip", two), limits) == "too_big"


@pytest.mark.parametrize("name", ["more.zip", "a/b.tar", "x.GZ", "y.7z"])
def test_an_archive_in_an_archive_is_refused(name: str, tmp_path: Path) -> None:
    assert refused(packed(tmp_path / "a.zip", {name: b"x"})) == "nested"


def test_a_link_is_refused(tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("a.step")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(entry, "/etc/passwd")

    assert refused(tmp_path / "a.zip") == "link"


def test_the_same_name_twice_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.step", "1")
        archive.writestr("A.STEP", "2")

    assert refused(tmp_path / "a.zip") == "same_name"


def test_a_password_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.step": b"x"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)

    assert refused(path) == "encrypted"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04" + bytes(100), b"no zip at all" * 10])
def test_what_is_no_zip_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(content)

    assert refused(path) in {"unreadable", "empty"}


def test_an_archive_of_nothing_is_refused(tmp_path: Path) -> None:
    assert refused(packed(tmp_path / "a.zip", {".DS_Store": b"x"})) == "empty"


def test_a_cut_or_lying_archive_is_refused_when_unpacked(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.step": b"abc" * 5000})
    member = open_archive(path)[0]
    whole = path.read_bytes()
    damaged = bytearray(whole)
    damaged[60:64] = b"\xff\xff\xff\xff"
    path.write_bytes(damaged)
    with pytest.raises(ArchiveError, match="cannot be unpacked"):
        extract_member(path, member, io.BytesIO())

    lying = bytearray(whole)
    struct.pack_into("<I", lying, whole.index(b"PK\x01\x02") + 24, 10)
    path.write_bytes(lying)
    small = open_archive(path)[0]
    target = io.BytesIO()
    with pytest.raises(ArchiveError):
        extract_member(path, small, target)
    assert len(target.getvalue()) <= 10

    path.write_bytes(whole)
    with pytest.raises(ArchiveError):
        extract_member(path, Member("x", "", 1, 99), io.BytesIO())
