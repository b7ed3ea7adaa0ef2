"""The fields of a rate card: which figure stands under which key, in which unit. Pure values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

Key = tuple[str, str]

# Machines and work with a price, by process: (kind, item, label, unit). "{c}" is the currency.
_WORK: Mapping[str, Sequence[tuple[str, str, str, str]]] = {
    "cnc_milling": (
        ("cnc_milling", "3-axis mill", "3-axis mill", "{c}/h"),
        ("cnc_milling", "4-axis mill", "4-axis mill", "{c}/h"),
        ("cnc_milling", "5-axis mill", "5-axis mill", "{c}/h"),
    ),
    "cnc_turning": (("cnc_turning", "CNC lathe", "CNC lathe", "{c}/h"),),
    "sheet_cutting": (
        ("sheet_cutting", "laser cutting", "Laser cutting", "{c}/min"),
        ("sheet_cutting", "small hole", "Each pierce or small hole", "{c}"),
    ),
    "sheet_fab": (
        ("sheet_cutting", "laser cutting", "Laser cutting", "{c}/min"),
        ("sheet_cutting", "small hole", "Each pierce or small hole", "{c}"),
        ("sheet_fab", "bend", "Each bend", "{c}"),
    ),
    "injection_molding": (
        (
            "injection_molding",
            "prototype single-cavity mold",
            "Prototype mold with one cavity",
            "{c}",
        ),
        ("injection_molding", "shot", "Press time of one shot", "{c}"),
    ),
    **{
        code: ((code, "part volume", "Printing, by part volume", "{c}/cm³"),)
        for code in ("fdm", "sls", "mjf", "sla", "dmls")
    },
}
# Processes whose price can be worked out from a card and geometry.
PRICED = frozenset(_WORK)
# Their machine time is worked out from general practice, which a shop corrects by a share.
TIMED = frozenset({"cnc_milling", "cnc_turning", "sheet_cutting", "sheet_fab"})
# From so many pieces on a unit price may fall.
BREAKS = (10, 50, 100, 500, 1000)
MOST = {
    "%": Decimal(100),
    "days": Decimal(1000),
    "h": Decimal(1000),
    "% of estimate": Decimal(1000),
}
MOST_MONEY = Decimal(1_000_000)
FAMILIES = {
    "aluminum": "Aluminum",
    "carbon_steel": "Carbon steel",
    "alloy_steel": "Alloy steel",
    "stainless": "Stainless steel",
    "titanium": "Titanium",
    "copper_alloy": "Copper and brass",
    "zinc": "Zinc",
    "plastic": "Plastics",
    "elastomer": "Elastomers",
    "resin": "Resins",
}


@dataclass(frozen=True)
class RateField:
    """One figure a shop can give. `unit` is shown behind it; `published` is what others publish,
    as text with its source, and `start` what one may begin with, in this unit."""

    kind: str
    item: str
    label: str
    unit: str
    published: str = ""
    start: Decimal | None = None

    @property
    def key(self) -> Key:
        """Under which an estimate asks for it."""
        return (self.kind, self.item)

    @property
    def name(self) -> str:
        """Of the form's field and of its anchor on the page."""
        return field_name(self.kind, self.item)

    @property
    def most(self) -> Decimal:
        """The largest value that is not a typing error."""
        return MOST.get(self.unit, MOST_MONEY)


@dataclass(frozen=True)
class Section:
    """Fields that belong together. `lead` says how they are used."""

    title: str
    lead: str
    fields: Sequence[RateField] = field(default_factory=tuple)


@dataclass(frozen=True)
class Term:
    """A process, material family, finish, document or inspection: code and name."""

    code: str
    name: str


def field_name(kind: str, item: str) -> str:
    """A key as the name of a form field."""
    plain = "".join(c if c.isalnum() else "_" for c in item.lower())
    return f"{kind}__{plain}"


def sections_for(
    *,
    processes: Sequence[Term],
    families: Sequence[str],
    finishes: Sequence[Term],
    documents: Sequence[Term],
    inspections: Sequence[Term],
    currency: str,
) -> list[Section]:
    """The fields of a shop that runs `processes` in `families`; no section without fields."""
    priced = [term for term in processes if term.code in PRICED]
    work: dict[Key, RateField] = {}
    for term in priced:
        for kind, item, label, unit in _WORK[term.code]:
            work.setdefault((kind, item), _field(kind, item, label, unit, currency))
    sections = [
        Section(
            "Machines and work",
            "Full hourly rates, with the people and overhead they carry.",
            tuple(work.values()),
        ),
        Section(
            "Setup",
            "Hours before the first piece, once a line, at the rate of the machine; for printing "
            "and molding the price of starting a lot.",
            tuple(_setup(term, currency) for term in priced),
        ),
        Section(
            "Machine time",
            "We work out minutes from the geometry and general practice. Are you faster or slower? "
            "80 means that you need four fifths of it. Empty means 100.",
            tuple(
                RateField("time_percent", term.code, term.name, "% of estimate")
                for term in priced
                if term.code in TIMED
            ),
        ),
        Section(
            "Material",
            "What you pay for one kilogram; your markup comes on top.",
            tuple(
                _field("material", code, FAMILIES.get(code, code), "{c}/kg", currency)
                for code in families
            ),
        ),
        Section(
            "Finishes",
            "A price for the lot, once a line, and a price by surface. Enter 0 where it costs "
            "nothing; empty means that you price it by hand.",
            tuple(
                _field(kind, term.code, f"{term.name}, {word}", unit, currency)
                for term in finishes
                for kind, word, unit in (
                    ("finish_lot", "the lot", "{c}"),
                    ("finish", "by surface", "{c}/dm²"),
                )
            ),
        ),
        Section(
            "Documents",
            "Once a line, 0 means included.",
            tuple(_field("document", t.code, t.name, "{c}", currency) for t in documents),
        ),
        Section(
            "Inspection",
            "Once a line, 0 means included.",
            tuple(_field("inspection", t.code, t.name, "{c}", currency) for t in inspections),
        ),
        Section(
            "Discount by quantity",
            "Off the unit price from that many pieces on; it may not fall as quantities rise.",
            tuple(RateField("discount", str(n), f"From {n} pieces", "%") for n in BREAKS),
        ),
        Section(
            "Lead time",
            "Days from order to shipment for a lot that takes one machine a day; longer lots add "
            "their machine days.",
            tuple(RateField("lead_days", term.code, term.name, "days") for term in priced),
        ),
    ]
    return [section for section in sections if section.fields]


def _setup(term: Term, currency: str) -> RateField:
    if term.code in TIMED:
        return RateField("setup_hours", term.code, term.name, "h")
    return _field("start", term.code, term.name, "{c}", currency)


def _field(kind: str, item: str, label: str, unit: str, currency: str) -> RateField:
    return RateField(kind, item, label, unit.replace("{c}", currency))
