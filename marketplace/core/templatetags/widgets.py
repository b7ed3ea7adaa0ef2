"""How plain Django form widgets get the look of the product, in one place."""

from django import forms
from django.forms import BoundField
from django.utils.safestring import SafeString

# The first class that fits wins, so subclasses stand before their parents.
_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "checkbox"),
    (forms.Textarea, "textarea"),
    (forms.SelectMultiple, "select select-multiple"),
    (forms.Select, "select"),
    (forms.FileInput, "file-input"),
    (forms.Widget, "input"),
)


def kind_of(field: BoundField) -> str:
    """Which layout the field needs: hidden, checkbox, choices, several or plain."""
    widget = field.field.widget
    if field.is_hidden:
        return "hidden"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.MultiWidget | forms.SelectDateWidget):
        return "several"
    return "plain"


def _use_native_picker(widget: forms.Widget) -> None:
    """Dates are asked with the browser's own picker, which needs the ISO form of the value."""
    if isinstance(widget, forms.DateTimeInput) and widget.input_type == "text":
        widget.input_type, widget.format = "datetime-local", "%Y-%m-%dT%H:%M"
    elif isinstance(widget, forms.DateInput) and widget.input_type == "text":
        widget.input_type, widget.format = "date", "%Y-%m-%d"
    elif isinstance(widget, forms.TimeInput) and widget.input_type == "text":
        widget.input_type, widget.format = "time", "%H:%M"


def render_styled(field: BoundField) -> SafeString:
    """The widget's HTML with the class of its kind added to the classes it already has."""
    widget = field.field.widget
    if field.is_hidden:
        return field.as_widget()
    _use_native_picker(widget)
    look = next(css for kind, css in _CLASSES if isinstance(widget, kind))
    own = widget.attrs.get("class", "")
    attrs: dict[str, str | bool] = {"class": f"{look} {own}".strip()}
    if isinstance(widget, forms.Textarea) and widget.attrs.get("rows") == "10":
        attrs["rows"] = "4"
    return field.as_widget(attrs=attrs)
