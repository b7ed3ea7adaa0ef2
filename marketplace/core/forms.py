"""A form shows a domain error where it belongs; a field of several files."""

from typing import Any

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


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Up to `most` files; cleans to a list. What is in them is checked where they are stored."""

    def __init__(self, *, accept: str, most: int = 20, **kwargs: Any) -> None:
        self.most = most
        widget = FilesInput(attrs={"accept": accept})
        super().__init__(widget=widget, allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data or []
        if len(given) > self.most:
            raise forms.ValidationError(f"Send at most {self.most} files at once.")
        return [super(FilesField, self).clean(one, initial) for one in given]
