"""Bringing the taxonomy's data file into the tables."""

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data" / "taxonomy.json"
FIGURES = (
    "material_price_hints",
    "sampling",
    "published_lead_times_days",
    "cost_multipliers",
    "price_formulas",
    "platform_fee_examples",
)


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

    for position, row in enumerate(data["materials"]):
        model("Material").objects.get_or_create(
            code=row["code"],
            defaults={
                "name": row["name"],
                "family": row["family"],
                "density_g_cm3": row.get("density_g_cm3"),
                "source": row.get("density_source", "general_knowledge")[:120],
                "position": position,
            },
        )
    for position, row in enumerate(data["processes"]):
        process, created = model("Process").objects.get_or_create(
            code=row["code"],
            defaults={
                "name": row["name"],
                "default_tolerance": row["default_tolerance"][:200],
                "pricing_drivers": row["pricing_drivers"],
                "source": row["tolerance_source"][:120],
                "position": position,
            },
        )
        if created:
            process.materials.set(model("Material").objects.filter(code__in=row["materials"]))
            for rate in row["published_rates"]:
                model("PublishedFigure").objects.create(
                    kind="rate", subject=row["code"], data=rate, source=rate.get("source", "")
                )
    for position, row in enumerate(data["finishes"]):
        finish, created = model("Finish").objects.get_or_create(
            code=row["code"],
            defaults={
                "name": row["name"],
                "applies_to": row.get("applies_to", "")[:140],
                "source": row.get("source", "general_knowledge")[:120],
                "position": position,
            },
        )
        if created:
            finish.processes.set(model("Process").objects.filter(code__in=row["processes"]))
    for name, key in (
        ("Certification", "certifications"),
        ("InspectionLevel", "inspection_levels"),
        ("QualityDocument", "quality_documents"),
    ):
        for position, row in enumerate(data[key]):
            extra = {k: row.get(k, "") for k in ("kind", "scope")} if name == "Certification" else {}
            model(name).objects.get_or_create(
                code=row["code"],
                defaults={
                    "name": row["name"][:140],
                    "source": row.get("source", "general_knowledge")[:120],
                    "position": position,
                    **extra,
                },
            )
            _figure(model, key, row)
    for kind in FIGURES:
        for row in data[kind]:
            _figure(model, kind, row)
    for kind in ("tolerance_classes", "incoterms"):
        _figure(model, kind, data[kind])


def _figure(model: Any, kind: str, row: dict[str, Any]) -> None:
    model("PublishedFigure").objects.create(
        kind=kind,
        subject=str(row.get("code") or row.get("name") or row.get("standard") or "")[:140],
        data=row,
        source=str(row.get("source", "general_knowledge"))[:120],
    )
