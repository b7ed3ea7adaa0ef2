"""Bringing the taxonomy's data file into the tables."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data" / "taxonomy.json"
# Kept whole, as published figures with their source.
FIGURES = (
    "material_price_hints",
    "sampling",
    "published_lead_times_days",
    "cost_multipliers",
    "price_formulas",
    "platform_fee_examples",
)
UNSOURCED = "general_knowledge"
Models = Callable[[str], Any]


def read_taxonomy() -> dict[str, Any]:
    """The data file as it is."""
    data: dict[str, Any] = json.loads(DATA.read_text())
    return data


def load_taxonomy(apps: Any) -> None:
    """Write every term and figure of the data file; existing terms are left as they are.

    `apps` is the registry of a migration, so that the historical models are used.
    """
    data = read_taxonomy()

    def model(name: str) -> Any:
        return apps.get_model("directory", name)

    _materials(model, data["materials"])
    _processes(model, data["processes"])
    _finishes(model, data["finishes"])
    for name, key in (
        ("Certification", "certifications"),
        ("InspectionLevel", "inspection_levels"),
        ("QualityDocument", "quality_documents"),
    ):
        _plain_terms(model, name, data[key])
    for row in data["quality_documents"]:
        _figure(model, "document_price", row)
    for kind in FIGURES:
        for row in data[kind]:
            _figure(model, kind, row)
    for kind in ("tolerance_classes", "incoterms"):
        _figure(model, kind, data[kind])


def _term(model: Models, name: str, position: int, row: dict[str, Any], **extra: Any) -> Any:
    """The term, and whether it is new."""
    source = extra.pop("source", row.get("source", UNSOURCED))
    return model(name).objects.get_or_create(
        code=row["code"],
        defaults={
            "name": row["name"][:140],
            "source": source[:120],
            "position": position,
            **extra,
        },
    )


def _materials(model: Models, rows: list[dict[str, Any]]) -> None:
    for position, row in enumerate(rows):
        _term(
            model,
            "Material",
            position,
            row,
            family=row["family"],
            density_g_cm3=row.get("density_g_cm3"),
            source=row.get("density_source", UNSOURCED),
        )


def _processes(model: Models, rows: list[dict[str, Any]]) -> None:
    for position, row in enumerate(rows):
        process, is_new = _term(
            model,
            "Process",
            position,
            row,
            default_tolerance=row["default_tolerance"][:200],
            pricing_drivers=row["pricing_drivers"],
            source=row["tolerance_source"],
        )
        if is_new:
            process.materials.set(model("Material").objects.filter(code__in=row["materials"]))
            for rate in row["published_rates"]:
                model("PublishedFigure").objects.create(
                    kind="rate",
                    subject=row["code"],
                    data=rate,
                    source=rate.get("source", UNSOURCED),
                )


def _finishes(model: Models, rows: list[dict[str, Any]]) -> None:
    for position, row in enumerate(rows):
        finish, is_new = _term(
            model, "Finish", position, row, applies_to=row.get("applies_to", "")[:140]
        )
        if is_new:
            finish.processes.set(model("Process").objects.filter(code__in=row["processes"]))


def _plain_terms(model: Models, name: str, rows: list[dict[str, Any]]) -> None:
    for position, row in enumerate(rows):
        extra = {}
        if name == "Certification":
            extra = {"kind": row.get("kind", ""), "scope": row.get("scope", "")}
        _term(model, name, position, row, **extra)


def _figure(model: Models, kind: str, row: dict[str, Any]) -> None:
    subject = row.get("code") or row.get("name") or row.get("standard") or ""
    model("PublishedFigure").objects.create(
        kind=kind,
        subject=str(subject)[:140],
        data=row,
        source=str(row.get("source", UNSOURCED))[:120],
    )
