"""Forms of shipments."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from marketplace.core.spreadsheets import MAX_BYTES, read_table, read_text
from orders.models import Shipment
from orders.progress import Progress
from orders.shipping_terms import Box, Carriage, Piece
from orders.tracking import MOST_ROWS

# One byte more than is read tells that a file is too large.
MOST_BYTES = MAX_BYTES + 1
PACKAGE_ROWS = 5
PACKAGE_FIELDS = ("count", "weight_kg", "length_mm", "width_mm", "height_mm")
PACKAGE_LABELS = ("Packages", "Weight of each, kg", "Length, mm", "Width, mm", "Height, mm")


class CarriageForm(forms.Form):
    """Who carries a shipment."""

    carrier = forms.ChoiceField(choices=Shipment.Carrier.choices)
    tracking_number = forms.CharField(max_length=60)
    carrier_name = forms.CharField(
        max_length=80,
        required=False,
        label="Name of another carrier",
        help_text="If it is none of the list.",
    )
    tracking_link = forms.CharField(
        max_length=300,
        required=False,
        label="Tracking page of another carrier",
        help_text="A whole address that begins with https://. The carriers of the list are linked.",
    )
    note = forms.CharField(max_length=400, required=False, label="Note to the buyer")

    def carriage(self) -> Carriage:
        """The clean values; call it once the form is valid."""
        names = ("carrier", "tracking_number", "carrier_name", "tracking_link", "note")
        return Carriage(**{name: self.cleaned_data[name] for name in names})


class ReturnForm(CarriageForm):
    """Who carries pieces back to the shop."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].label = "Note to the manufacturer"


class ShipPartsForm(CarriageForm):
    """A shipment of some pieces: for each line a quantity (named by the line's public id) and a
    lot, and up to five kinds of packages."""

    def __init__(self, progress: Sequence[Progress], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.progress = [row for row in progress if row.to_ship]
        for row in self.progress:
            name, part = row.line.public_id, row.line.part_number
            self.fields[name] = forms.IntegerField(
                required=False,
                min_value=0,
                max_value=2_000_000_000,
                label=f"Quantity of {part}",
                # Most shipments are all that is left.
                initial=row.to_ship,
            )
            self.fields[f"lot_{name}"] = forms.CharField(
                required=False, max_length=40, label=f"Lot of {part}"
            )
        for at in range(PACKAGE_ROWS):
            for name, label in zip(PACKAGE_FIELDS, PACKAGE_LABELS, strict=True):
                self.fields[f"p{at}_{name}"] = _package_field(name, f"{label} ({at + 1})")

    def rows(self) -> Iterator[tuple[Progress, forms.BoundField, forms.BoundField]]:
        """A line, its quantity and its lot."""
        for row in self.progress:
            name = row.line.public_id
            yield row, self[name], self[f"lot_{name}"]

    def package_rows(self) -> Iterator[list[forms.BoundField]]:
        """The five figures of a kind of package."""
        for at in range(PACKAGE_ROWS):
            yield [self[f"p{at}_{name}"] for name in PACKAGE_FIELDS]

    def clean(self) -> dict[str, Any]:
        """{pieces, packages, carriage} for the action."""
        values = super().clean() or {}
        packages = []
        for at in range(PACKAGE_ROWS):
            names = [f"p{at}_{name}" for name in PACKAGE_FIELDS]
            given: list[Any] = [values.get(name) for name in names]
            if any(given) and not all(given):
                for name, value in zip(names, given, strict=True):
                    if not value and name not in self.errors:
                        self.add_error(name, "Fill in the whole row.")
            elif all(given):
                packages.append(Box(**dict(zip(PACKAGE_FIELDS, given, strict=True))))
        if self.errors:
            return values
        pieces = [
            Piece(row.line.public_id, count, values.get(f"lot_{row.line.public_id}", ""))
            for row in self.progress
            if (count := values.get(row.line.public_id))
        ]
        return {"pieces": pieces, "packages": packages, "carriage": self.carriage()}


def _package_field(name: str, label: str) -> forms.Field:
    if name == "weight_kg":
        return forms.DecimalField(
            required=False,
            label=label,
            min_value=Decimal("0.001"),
            max_digits=9,
            decimal_places=3,
        )
    most = 1000 if name == "count" else 100_000
    return forms.IntegerField(required=False, label=label, min_value=1, max_value=most)


class TrackingForm(CarriageForm):
    """What the carrier said last. A delivery is confirmed by the buyer, or imported."""

    status = forms.ChoiceField(
        choices=[c for c in Shipment.Status.choices if c[0] != Shipment.Status.DELIVERED],
        label="Where it is",
    )
    status_note = forms.CharField(max_length=200, required=False, label="What the carrier said")

    def clean(self) -> dict[str, Any]:
        """{carriage, status, status_note} for the action."""
        values = super().clean() or {}
        if self.errors:
            return values
        return {
            "carriage": self.carriage(),
            "status": values["status"],
            "status_note": values["status_note"],
        }


class TableForm(forms.Form):
    """A spreadsheet, or cells pasted from one."""

    file = forms.FileField(required=False, label="CSV or Excel file")
    pasted = forms.CharField(
        required=False,
        max_length=500_000,
        label="Or cells pasted from a spreadsheet",
        widget=forms.Textarea(attrs={"rows": 8}),
        strip=False,
    )

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError with neither."""
        values = super().clean() or {}
        if not values.get("file") and not values.get("pasted", "").strip() and not self.errors:
            raise forms.ValidationError("Choose a file, or paste the cells with their headings.")
        return values


def table_in(form: TableForm, most_rows: int = MOST_ROWS) -> list[list[str]]:
    """The cells of what a valid form was sent. Raises DomainError."""
    upload = form.cleaned_data["file"]
    if upload:
        content = upload.read(MOST_BYTES)
        return read_table(upload.name or "The file", content, most_rows=most_rows)
    return read_text(form.cleaned_data["pasted"], most_rows=most_rows)
