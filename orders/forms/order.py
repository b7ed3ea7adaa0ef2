"""Forms of an order's overview, its approval and its purchase order."""

from django import forms

from orders.models import Shipment


class ReportForm(forms.Form):
    note = forms.CharField(
        max_length=2000,
        label="How it goes",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    photo = forms.FileField(
        required=False,
        label="Photo",
        help_text="JPEG, PNG or WebP. Position data is removed.",
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


class PurchaseOrderForm(forms.Form):
    file = forms.FileField(
        label="Your purchase order",
        help_text="PDF. The manufacturer can download it; it changes no price and no term.",
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
    )
    number = forms.CharField(max_length=60, required=False, label="PO number on it")


class ShipForm(forms.Form):
    carrier = forms.ChoiceField(choices=Shipment.Carrier.choices)
    tracking_number = forms.CharField(max_length=60)
    note = forms.CharField(max_length=400, required=False)


class ApproveForm(forms.Form):
    reason = forms.CharField(max_length=400, required=False, label="Note")


class RejectForm(forms.Form):
    reason = forms.CharField(max_length=400, label="Why not")


class CancelForm(forms.Form):
    reason = forms.CharField(max_length=400, label="Reason")
