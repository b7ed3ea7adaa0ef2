"""The standard rates of VAT an installation starts with; later ones are added in the admin."""

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data" / "vat_rates.json"


def load_rates(apps: Any) -> None:
    """Bring in the rates of the file that are not there yet; none that is there is changed."""
    model = apps.get_model("payments", "TaxRate")
    for row in json.loads(DATA.read_text())["rates"]:
        values = {name: row[name] for name in ("rate_bps", "source")}
        model.objects.get_or_create(
            country=row["country"], holds_from=row["holds_from"], defaults=values
        )
