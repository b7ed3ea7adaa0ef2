"""VAT ids and their like: written one way, checked for form. Nothing is asked of any register."""

import re
from dataclasses import dataclass
from typing import Any

from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

from marketplace.core.encryption import keyed_hashes
from marketplace.core.errors import DomainError

# Greece writes another code on its VAT ids than its country code.
PREFIX = {"GR": "EL"}
PURPOSE = "vat_id"
LABELS = {"US": "EIN", "CH": "UID (MWST, TVA, IVA)", "GB": "VAT number", "IN": "GSTIN", "AU": "ABN"}
_PLAIN = re.compile(r"^[A-Z0-9]{4,20}$")
_NOISE = re.compile(r"[\s.,/_-]+")


@dataclass(frozen=True)
class VatId:
    """An id as we keep it, tagged with its country. `is_checked`: its form is known and right."""

    value: str
    is_checked: bool


def _rules_of(country: str) -> Any:
    """The module that knows the ids of a country; None where nobody wrote the rules down."""
    if country == "US":
        return get_cc_module("US", "ein")
    return get_cc_module(country, "vat")


def vat_id_needed(country: str) -> bool:
    """Whether companies of this country have a VAT id whose form we know (US: the EIN is free)."""
    return country != "US" and _rules_of(country) is not None


def vat_id_label(country: str) -> str:
    """What the id is called there."""
    return LABELS.get(country, "VAT id")


def read_vat_id(country: str, text: str) -> VatId:
    """`text` as an id of `country`; an empty one stays empty. Raises DomainError beside `vat_id`.

    Where the rules are unknown a plain word of letters and digits is taken and marked unchecked.
    """
    typed = text.strip().upper()
    if not typed:
        return VatId("", is_checked=False)
    rules = _rules_of(country)
    if rules is None:
        plain = _NOISE.sub("", typed)
        if not _PLAIN.match(plain):
            raise _refused("Use 4 to 20 letters and digits.")
        return VatId(_tagged(country, plain), is_checked=False)
    try:
        clean = rules.compact(rules.validate(typed))
    except ValidationError as error:
        raise _refused(
            f"This is not a valid {vat_id_label(country)} of {country}. Compare it with your "
            "register or a tax letter; a digit may be missing or swapped."
        ) from error
    return VatId(_tagged(country, str(clean)), is_checked=True)


def vat_id_is_checked(country: str, value: str) -> bool:
    """Whether the form of a kept id was checked and holds."""
    for text in (value, value.removeprefix(country)):
        try:
            return read_vat_id(country, text).is_checked
        except DomainError:
            continue
    return False


def hash_of_vat_id(value: str) -> str:
    """What the column `vat_id_hash` holds for an id as we keep it; "" for none."""
    return keyed_hashes(value, PURPOSE)[0] if value else ""


def _tagged(country: str, clean: str) -> str:
    prefix = PREFIX.get(country, country)
    return clean if clean.startswith(prefix) else prefix + clean


def _refused(sentence: str) -> DomainError:
    return DomainError(sentence, fields={"vat_id": sentence})
