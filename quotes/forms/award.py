"""What a buyer says when ending or awarding a request."""

from django import forms


class CancelForm(forms.Form):
    reason = forms.CharField(max_length=200, required=False, label="Reason")


class AcceptForm(forms.Form):
    po_number = forms.CharField(max_length=60, required=False, label="Your PO number")
