"""A form shows a domain error where it belongs."""

from django import forms

from marketplace.core.errors import DomainError


def add_errors(form: forms.BaseForm, error: DomainError) -> None:
    """Put the error's field sentences beside their fields and the rest on top of the form.

    Who may not do this at all, or may not know of the thing, gets a page of its own: raised again.
    """
    if error.status in (403, 404):
        raise error
    known = {name: text for name, text in error.fields.items() if name in form.fields}
    for name, text in known.items():
        form.add_error(name, text)
    if not known:
        form.add_error(None, error.sentence)
