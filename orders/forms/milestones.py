"""Forms of milestones."""

from django import forms

from marketplace.core.forms import FilesField

MOST_AT_ONCE = 10


def _papers(label: str, help_text: str) -> FilesField:
    return FilesField(
        accept="application/pdf,image/jpeg,image/png",
        most=MOST_AT_ONCE,
        label=label,
        required=False,
        help_text=help_text,
    )


class EvidenceForm(forms.Form):
    """What shows that the step is done."""

    photos = FilesField(
        accept="image/jpeg,image/png,image/webp",
        most=MOST_AT_ONCE,
        label="Photos",
        required=False,
        help_text="JPEG, PNG or WebP, up to ten. Position data is removed.",
    )
    reports = _papers("Reports", "PDF or a scan: what was measured or tried.")
    certificates = _papers("Certificates", "PDF or a scan, where there are any.")
    note = forms.CharField(
        label="What they show", max_length=200, required=False, help_text="Goes with the files."
    )


class SubmitForm(forms.Form):
    """A word with the submission."""

    note = forms.CharField(
        label="A word to the buyer",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RejectForm(forms.Form):
    """What has to change."""

    reason = forms.CharField(
        label="What is missing or wrong",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The manufacturer reads it, puts it right and submits again.",
    )
