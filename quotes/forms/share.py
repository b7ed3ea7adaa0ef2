"""How a comparison is shared."""

from django import forms

from quotes.actions.shares import FEWEST_DAYS, MOST_DAYS


class ShareForm(forms.Form):
    note = forms.CharField(
        max_length=80,
        required=False,
        label="For whom",
        help_text="For your list; readers do not see it.",
    )
    days = forms.IntegerField(
        min_value=FEWEST_DAYS,
        max_value=MOST_DAYS,
        initial=7,
        label="Open for how many days",
        help_text=f"{FEWEST_DAYS} to {MOST_DAYS}.",
    )
    with_names = forms.BooleanField(
        required=False,
        label="Show the names of the shops and their exceptions",
        help_text="Otherwise they are Shop A, Shop B. The shops do not know of each other; keep it "
        "inside your company.",
    )
