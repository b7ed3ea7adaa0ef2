"""The form of a message on an order."""

from django import forms

from marketplace.core.forms import FilesField
from marketplace.messaging.rules import MAX_TEXT
from orders.actions.order_messages import TAKEN
from orders.message_rules import MOST_FILES


class OrderMessageForm(forms.Form):
    text = forms.CharField(
        max_length=MAX_TEXT, label="Your message", widget=forms.Textarea(attrs={"rows": 4})
    )
    uploads = FilesField(
        required=False,
        accept=",".join(TAKEN),
        label="Files",
        help_text=f"Pictures, PDF, CAD models; at most {MOST_FILES}.",
    )
