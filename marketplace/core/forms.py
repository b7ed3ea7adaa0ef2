"""A form shows a domain error where it belongs."""

from django import forms

from marketplace.core.errors import DomainError


def add_errors(form: forms.BaseForm, error: DomainError) -> None:
    """Put the error's field sentences beside their fields and the rest on top of the form."""
    known = {name: text for name, text in error.fields.items() if name in form.fields}
    for name, text in known.items():
        form.add_error(name, text)
    if not known:
        form.add_error(None, error.sentence)
