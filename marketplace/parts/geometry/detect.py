"""Which format a file is: its name and its content must agree.

A name alone is a wish and content alone invites surprises (a ZIP renamed to .stl), so a file is
read only when both say the same. Only the first and last bytes are looked at here.
"""

from pathlib import Path

from marketplace.parts.geometry.facts import GeometryError

FORMAT_OF_EXTENSION = {
    ".step": "step",
    ".stp": "step",
    ".p21": "step",
    ".stl": "stl",
    ".obj": "obj",
    ".3mf": "3mf",
    ".ply": "ply",
    ".igs": "iges",
    ".iges": "iges",
    ".dxf": "dxf",
    ".pdf": "pdf",
}

READABLE = "STEP, IGES, STL, OBJ, 3MF, PLY, DXF or PDF"

NAME_OF_FORMAT = {
    "step": "a STEP file",
    "stl": "an STL mesh",
    "obj": "an OBJ mesh",
    "3mf": "a 3MF file",
    "ply": "a PLY mesh",
    "iges": "an IGES file",
    "pdf": "a PDF",
    "zip": "a ZIP archive",
    "html": "a web page",
    "xml": "an XML document",
    "image": "a picture",
    "program": "a program",
    "gzip": "a compressed archive",
    "ole": "a file of a CAD or office program",
    "dxf": "a DXF drawing",
    "dwg": "a DWG drawing",
}

HEAD_BYTES = 4096
STL_HEADER_BYTES = 84
STL_TRIANGLE_BYTES = 50

_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"ply\n", "ply"),
    (b"ply\r", "ply"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "gzip"),
    (b"Rar!", "gzip"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"\x7fELF", "program"),
    (b"#!", "program"),
    (b"\xd0\xcf\x11\xe0", "ole"),
    (b"AC10", "dwg"),
    (b"AutoCAD Binary DXF", "dxf"),
)


def format_of_name(name: str) -> str:
    """Return the format the ending of a file name promises.

    Raises GeometryError `unsupported_format` with the endings we read.
    """
    ending = Path(name).suffix.lower()
    found = FORMAT_OF_EXTENSION.get(ending)
    if found is None:
        shown = f"“{ending}” files" if ending.isascii() and ending else "files without an ending"
        raise GeometryError(
            "unsupported_format",
            f"We cannot read {shown} yet. Please export the part as {READABLE} and upload that; "
            "STEP gives the most exact figures.",
        )
    return found


def format_of_content(head: bytes, size: int) -> str | None:
    """Return what the first bytes (`head`) of a file of `size` bytes look like, or None.

    A binary STL has no signature: it is recognized by its size following from its triangle count,
    or, when nothing else fits, by its caller.
    """
    text = head.lstrip(b"\xef\xbb\xbf").lstrip()
    for signature, name in _MAGIC:
        if head.startswith(signature):
            return name
    if text.startswith(b"ISO-10303-21"):
        return "step"
    if binary_stl_triangles(head, size) is not None:
        return "stl"
    lowered = text[:1024].lower()
    if lowered.startswith((b"<!doctype html", b"<html")) or b"<html" in lowered:
        return "html"
    if lowered.startswith((b"<?xml", b"<svg")):
        return "xml"
    if lowered.startswith(b"solid") and (b"facet" in head.lower() or b"endsolid" in head.lower()):
        return "stl"
    if len(head) >= 80 and head[72:73] == b"S" and head[73:80].strip().isdigit():
        return "iges"
    if _looks_like_dxf(lowered):
        return "dxf"
    if _looks_like_obj(head):
        return "obj"
    return None


def binary_stl_triangles(head: bytes, size: int) -> int | None:
    """Return the triangle count of a binary STL whose size agrees with it, else None."""
    if size < STL_HEADER_BYTES or len(head) < STL_HEADER_BYTES:
        return None
    count = int.from_bytes(head[80:84], "little")
    return count if size == STL_HEADER_BYTES + count * STL_TRIANGLE_BYTES else None


def _looks_like_dxf(lowered: bytes) -> bool:
    """Say whether the text begins as DXF does: comments (999), then a section."""
    lines = [line.strip() for line in lowered.splitlines()]
    while len(lines) > 1 and lines[0] == b"999":
        lines = lines[2:]
    return len(lines) > 1 and lines[0] == b"0" and lines[1] == b"section"


def _looks_like_obj(head: bytes) -> bool:
    """Say whether the text begins with OBJ statements (comments and blank lines aside)."""
    if b"\x00" in head:
        return False
    seen = 0
    lines = head.replace(b"\\\r\n", b" ").replace(b"\\\n", b" ").splitlines()
    for line in lines[:-1] or lines:
        word = line.split(maxsplit=1)[:1]
        if not word or word[0].startswith(b"#"):
            continue
        if word[0] not in _OBJ_WORDS:
            return False
        seen += 1
    return seen > 0 or head.startswith(b"#")


_OBJ_WORDS = frozenset(
    b"v vt vn vp f l p o g s mg mtllib usemtl cstype deg curv curv2 surf parm trim end".split()
)


def detect_format(path: Path, name: str) -> str:
    """Return the format on which the name and the content of the file at `path` agree.

    Raises GeometryError: `empty`, `unsupported_format`, `wrong_format`, `truncated`.
    """
    promised = format_of_name(name)
    size = path.stat().st_size
    if size == 0:
        raise GeometryError(
            "empty", "This file is empty (0 bytes). Please export it again and upload the new file."
        )
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    found = format_of_content(head, size)
    if found == promised or (found == "zip" and promised == "3mf"):
        return promised
    if promised == "stl" and found is None and size >= STL_HEADER_BYTES and b"\x00" in head:
        return _binary_stl_of_another_size(head, size)
    raise _disagreement(promised, found, head)


def _binary_stl_of_another_size(head: bytes, size: int) -> str:
    """Accept a binary STL followed by a little padding; explain one that is cut off."""
    count = int.from_bytes(head[80:84], "little")
    expected = STL_HEADER_BYTES + count * STL_TRIANGLE_BYTES
    if count and 0 < size - expected <= HEAD_BYTES:
        return "stl"
    if expected > size:
        raise GeometryError(
            "truncated",
            f"This STL file says it holds {count:,} triangles but ends after "
            f"{max(0, (size - STL_HEADER_BYTES) // STL_TRIANGLE_BYTES):,}. It was probably cut "
            "off while being saved or sent; please export it again.",
        )
    raise _disagreement("stl", None, head)


def _disagreement(promised: str, found: str | None, head: bytes) -> GeometryError:
    wanted = NAME_OF_FORMAT[promised]
    if found is None:
        looks = "plain text" if head.isascii() and b"\x00" not in head else "something else"
        return GeometryError(
            "wrong_format",
            f"The name says this is {wanted}, but the content is {looks}. The file may be damaged "
            "or have the wrong ending; please export the part again.",
        )
    return GeometryError(
        "wrong_format",
        f"The name says this is {wanted}, but the content is {NAME_OF_FORMAT[found]}. Please "
        "upload the file with its own ending, or export the part again.",
    )
