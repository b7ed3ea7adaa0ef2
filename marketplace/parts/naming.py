"""What a file's name says: the part's number, its revision, and whether it is a drawing.

Pure functions on text. Buyers name files by hand or let a PDM system do it; what is read here are
the habits seen most, and whatever fits none of them stays the number as it is.
"""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

LONGEST_NUMBER = 60
LONGEST_LABEL = 10
# "BRK-014 rev B", "BRK-014_revB", "BRK-014-Rev.02", "BRK-014 (rev C)", "BRK-014 Revision 3". A
# number such as "REVOLVER" or "rev-counter" is none: the label is one or two letters or digits.
_REVISION = re.compile(
    r"[\s._-]*[(\[]?(?<![A-Za-z])(?:revision|rev|index|idx)[\s._-]*([A-Za-z]{1,2}|\d{1,3}|[A-Za-z]\d{1,2})[)\]]?$",
    re.IGNORECASE,
)
# Words that say "this is the drawing", in English and German.
_DRAWING = re.compile(
    r"[\s._-]*[(\[]?(?<![A-Za-z])(?:drawing|drw|dwg|drg|2d|print|zeichnung|zng)[)\]]?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Named:
    """`label` is "" when the name carries no revision."""

    number: str
    label: str
    says_drawing: bool


def read_name(name: str) -> Named:
    """Take a file's name apart: "brk-014-drawing_revB.pdf" is number brk-014, revision B.

    Words may stand in either order. A name that is nothing but such words is itself the number.
    """
    stem = PurePosixPath(name).stem.strip()
    rest, label, says_drawing = stem, "", False
    for _ in range(2):
        if not label and (found := _REVISION.search(rest)) and found.start() > 0:
            rest, label = rest[: found.start()], found[1].upper()
        if not says_drawing and (found := _DRAWING.search(rest)) and found.start() > 0:
            rest, says_drawing = rest[: found.start()], True
    if rest != stem:
        rest = rest.rstrip(" ._-") or stem
    return Named(rest[:LONGEST_NUMBER].rstrip(), label[:LONGEST_LABEL], says_drawing)


def key_of_number(number: str) -> str:
    """The form in which numbers find each other: "BRK_014" and "brk 014" are "brk-014"."""
    return number.lower().replace("_", "-").replace(" ", "-")


def name_from(number: str) -> str:
    """A first name for a part that has only a number."""
    words = number.replace("_", " ").replace("-", " ").split()
    return " ".join(words).capitalize()[:140] or number


def next_label(label: str) -> str:
    """A, B, ... Z, AA; 01, 02; A1, A2; "" begins with A."""
    if not label:
        return "A"
    if found := re.fullmatch(r"(.*?)(\d+)", label):
        return f"{found[1]}{int(found[2]) + 1:0{len(found[2])}d}"[:LONGEST_LABEL]
    if not re.fullmatch("[A-Z]+", label):
        return f"{label}2"[-LONGEST_LABEL:]
    value = 0
    for letter in label:
        value = value * 26 + ord(letter) - ord("A") + 1
    value += 1
    letters = ""
    while value:
        value, rest = divmod(value - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def changed_name(rule: str, number: str, name: str) -> str:
    """One of the bulk rules for names applied: the words of the number, capitals, small letters.

    Raises ValueError for an unknown rule.
    """
    if rule == "from_number":
        return name_from(number)
    if rule == "upper":
        return name.upper()[:140]
    if rule == "sentence":
        return (name[:1].upper() + name[1:].lower())[:140]
    raise ValueError(rule)
