"""What the text of a drawing says of material, tolerances, threads and revision. Pure text.

Only spellings that standards fix are recognized, so that little is found wrongly; every find is
shown with the line it stands in, and a person confirms it.
"""

import re
from typing import Any

MOST_FOUND = 20
MOST_SNIPPETS = 20
LONGEST_LINE = 160
_NUMBER = r"\d{1,4}(?:[.,]\d{1,4})?"

MATERIALS = (
    r"\bEN[ -]?AW[ -]?\d{4}[A-Z]?(?:[ -]T\d{1,4})?\b",  # EN 573-3
    r"\bEN[ -]?(?:AC|AB)[ -]?\d{5}\b",  # EN 1706
    r"\b(?:AISI|SAE|ASTM|UNS)[ -]?[A-Z]?\d{2,5}[A-Z]?L?\b",
    r"\b[1-3]\.\d{4}\b",  # EN 10027-2
    r"\b(?:S|P|E|C)\d{3}(?:J[R02]|K2|N|NL|M|ML|Q|QL|MC)\w{0,4}\b",  # EN 10025
    r"\b\d{0,3}X\d{1,3}(?:Cr|Ni|Mo|Mn|V|W)[A-Za-z]{0,12}\d[\d-]{0,10}\b",  # EN 10027-1
    r"\b(?:6061|6063|6082|7075|2024|5052|5083)[ -]?T\d{1,4}\b",
    r"\bTi[ -]?6Al[ -]?4V\b",
    r"\b(?:CuZn|CuSn|CuAl|AlMg|AlSi|AlCu|AlZn)[A-Z0-9][A-Za-z0-9]{0,14}\b",
    r"\b(?:POM|PEEK|PTFE|PA ?6(?:[.,/-]?6)?|PA ?12|ABS|PMMA|PE-?UHMW|PP|PVC|PET-?G?|TPU)"
    r"(?:[- ]?[CH]|[- ]?GF ?\d{2})?(?![A-Za-z])",
    r"\b(?:stainless steel|aluminum|aluminium|brass|bronze|titanium|mild steel|carbon steel)"
    r"(?: \d{3,4}[A-Z]?)?\b",
)
TOLERANCES = (
    r"\b(?:DIN )?ISO ?2768(?:-1)?[ -]?[fmcv][HKL]?E?\b",  # ISO 2768-mK
    r"\b(?:DIN )?(?:EN )?ISO ?(?:8015|22081|286(?:-[12])?|2768(?:-[12])?|13920(?:-[A-H]{1,2})?"
    r"|1302|14405|1101)\b",
    r"\bASME ?Y14\.5(?:M)?(?:[ -]\d{4})?\b",
    r"±[ ]?" + _NUMBER + r"(?: ?mm|\")?",
    r"\+/-[ ]?" + _NUMBER + r"(?: ?mm|\")?",
    r"(?:⌀|Ø|ø)[ ]?" + _NUMBER + r"[ ]?(?:[A-Z]{1,2}|[a-z]{1,2})\d{1,2}\b",  # ISO 286
    r"\b(?:Ra|Rz)[ ]?" + _NUMBER + r"\b",
)
THREADS = (
    r"\bM\d{1,2}(?:[.,]\d)?(?:[ ]?[x×][ ]?\d(?:[.,]\d{1,2})?)?(?:[ ]?-[ ]?\d[A-Za-z]{1,2})?"
    r"(?![\w.])",  # ISO 261, ISO 965
    r"(?<![\w/])(?:#\d{1,2}|\d{1,2}/\d{1,2}|\d-\d/\d|\d)-\d{1,2}[ ]?UN(?:C|F|EF|S|JC|JF)?"
    r"(?:[ -]?[123][AB])?\b",  # ASME B1.1
    r"\bG[ ]?\d(?:[ -]?\d/\d|/\d)?(?![\w.])",  # ISO 228
    r"\bR[cp]?[ ]?\d/\d\b",  # ISO 7
    r"\b\d/\d(?:-\d{2})?[ ]?NPTF?\b",
    r"\bTr[ ]?\d{1,3}[ ]?[x×][ ]?\d{1,2}\b",  # ISO 2904
)
REVISION = re.compile(
    r"\b(?:REV(?:ISION)?|ISSUE|INDEX|ÄND(?:ERUNG)?)\.?[ :=#]{1,3}"
    r"([A-Z]{1,2}|\d{1,3}|[A-Z]\d{1,2})\b",
    re.IGNORECASE,
)
TITLE = re.compile(r"^[ ]*(?:TITLE|BENENNUNG|DESCRIPTION)[ :]{1,3}(\S.{2,100})$", re.IGNORECASE)
_WORDS_OF_REVISION = {"NO", "BY", "OF", "DA", "TE", "IS", "IN", "ON", "TO", "IT"}


def found_in(text: str) -> dict[str, Any]:
    """Return what the text of a drawing says; `found` is False when it has no text at all.

    Each list holds what stood there, in its order, once. Time is linear in the text: every
    pattern is bounded, and lines are cut at LONGEST_LINE.
    """
    lines = [
        " ".join("".join(c if c.isprintable() else " " for c in line).split())[:LONGEST_LINE]
        for line in text.splitlines()
    ]
    lines = [line for line in lines if line]
    materials, snippets = _all(MATERIALS, lines, ignore_case=True)
    tolerances, more = _all(TOLERANCES, lines)
    threads, others = _all(THREADS, lines)
    return {
        "found": bool(lines),
        "materials": materials,
        "tolerances": tolerances,
        "threads": threads,
        "revision": _revision(lines),
        "title": next((m[1].strip() for m in map(TITLE.match, lines) if m), None),
        "snippets": list(dict.fromkeys([*snippets, *more, *others]))[:MOST_SNIPPETS],
    }


def _all(
    patterns: tuple[str, ...], lines: list[str], *, ignore_case: bool = False
) -> tuple[list[str], list[str]]:
    """Return the finds, longest spelling of each place only, and the lines they stand in."""
    found: dict[str, None] = {}
    where: dict[str, None] = {}
    compiled = [re.compile(p, re.IGNORECASE if ignore_case else 0) for p in patterns]
    for line in lines:
        spans = [match.span() for pattern in compiled for match in pattern.finditer(line)]
        for low, high in sorted(spans):
            inside = any((a <= low and high <= b) and (a, b) != (low, high) for a, b in spans)
            if not inside and len(found) < MOST_FOUND:
                found[line[low:high].strip()] = None
                where[line] = None
    return list(found), list(where)


def _revision(lines: list[str]) -> str | None:
    for line in lines:
        for match in REVISION.finditer(line):
            if match[1].upper() not in _WORDS_OF_REVISION:
                return match[1].upper()
    return None
