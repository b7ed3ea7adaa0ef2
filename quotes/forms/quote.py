"""A quote's forms. They turn a POST into drafts and never save."""

from decimal import Decimal
from itertools import chain
from typing import Any

from django import forms

from marketplace.core.errors import DomainError
from marketplace.core.forms import FilesField
from marketplace.core.money import EXPONENTS, Money, to_minor
from orders.milestones import WHEN
from quotes.actions.quote_writing import QuoteDraft
from quotes.forms.fields import DateInput, edition_of
from quotes.forms.priced_line import AlternateForm, QuoteLineForm, money_field
from quotes.milestones import check_milestones
from quotes.models import Quote, RFQLine
from quotes.models.quote import INCOTERMS, MAX_ALTERNATES
from quotes.terms import Terms


class QuoteForm(forms.Form):
    freight = money_field(
        help_text="Packing and transport of the whole order. Empty means included.",
    )
    minimum_order = money_field(
        live=False,
        label="Minimum order value",
        help_text="Parts worth less than this you do not deliver. Empty means no minimum.",
    )
    lead_time_from = forms.ChoiceField(
        choices=Quote.LeadTimeFrom.choices, label="Days to ship count", required=False
    )
    incoterm = forms.ChoiceField(choices=INCOTERMS)
    valid_until = forms.DateField(required=False, widget=DateInput())
    own_number = forms.CharField(max_length=60, required=False, label="Your quote number")
    notes = forms.CharField(
        max_length=4000,
        required=False,
        label="Notes to the buyer",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    uploads = FilesField(
        accept=".pdf,.png,.jpg,.jpeg",
        required=False,
        label="Add files",
        help_text="Data sheets, drawings of an alternate, terms: PDF, PNG or JPEG, up to 20 MB "
        "each. They are kept when you save or submit; only the buyer of this request reads them.",
    )
    exceptions = forms.CharField(
        max_length=4000,
        required=False,
        label="Exceptions to the request",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What you will do otherwise than asked. The buyer sees it beside your price.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, when in WHEN.items():
            self.fields[f"share_{kind}"] = forms.IntegerField(
                min_value=0,
                max_value=100,
                required=False,
                label=when.capitalize(),
                error_messages={"invalid": "A whole percent, such as 30."},
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            )

    def share_fields(self) -> list[forms.BoundField]:
        """A field for each milestone, in the order they fall due."""
        return [self[f"share_{kind}"] for kind in WHEN]

    def has_shares(self) -> bool:
        """Whether milestones are proposed, so that they are shown open."""
        return any(field.value() or field.errors for field in self.share_fields())

    def milestones(self) -> list[dict[str, object]]:
        """The cleaned shares, those of zero left out."""
        return [
            {"kind": kind, "percent": self.cleaned_data[f"share_{kind}"]}
            for kind in WHEN
            if self.cleaned_data.get(f"share_{kind}")
        ]

    def clean(self) -> dict[str, Any]:
        """The shares add up."""
        try:
            check_milestones(self.milestones())
        except DomainError as error:
            self.add_error(None, f"Payment milestones: {error.sentence}")
        return self.cleaned_data

    def clean_lead_time_from(self) -> str:
        return self.cleaned_data["lead_time_from"] or Quote.LeadTimeFrom.ORDER

    def clean_minimum_order(self) -> Decimal:
        return self.cleaned_data["minimum_order"] or Decimal(0)

    def clean_freight(self) -> Decimal:
        return self.cleaned_data["freight"] or Decimal(0)


class QuoteBuilder:
    """The header's form, a form a line, and a form an alternate.

    `more` names a line (public id) that gets another, empty alternate; `without` one to leave out,
    as "<line>:<option>".
    """

    def __init__(
        self,
        quote: Quote,
        lines: list[RFQLine],
        data: Any = None,
        *,
        files: Any = None,
        more: str = "",
        without: str = "",
    ) -> None:
        self.quote = quote
        # The one the page showed: a colleague, or another tab, may have changed it since.
        typed_in = data.get("typed_in") if data is not None else None
        self.currency = typed_in if typed_in in EXPONENTS else quote.currency
        self.edition = edition_of(data, quote.draft_edition)
        rows = {row.rfq_line_id: row for row in quote.lines.all() if row.option == 0}
        freight = Money(quote.freight_minor, quote.currency).decimal
        minimum = Money(quote.minimum_order_minor, quote.currency).decimal
        self.header = QuoteForm(
            data,
            files,
            initial={
                "freight": freight if quote.freight_minor else None,
                "minimum_order": minimum if quote.minimum_order_minor else None,
                "lead_time_from": quote.lead_time_from,
                "exceptions": quote.exceptions,
                "incoterm": quote.incoterm,
                "valid_until": quote.valid_until,
                "own_number": quote.own_number,
                "notes": quote.notes,
                **{f"share_{part['kind']}": part["percent"] for part in quote.milestones},
            },
        )
        self.lines = [
            QuoteLineForm(data, line=line, row=rows.get(line.pk), currency=quote.currency)
            for line in lines
        ]

        self.alternates = self._alternates(lines, data, more, without)

    def _alternates(
        self, lines: list[RFQLine], data: Any, more: str, without: str
    ) -> dict[int, list[AlternateForm]]:
        """By line pk: those saved, those posted, and the one asked for with `more`."""
        rows = {(row.rfq_line_id, row.option): row for row in self.quote.lines.all() if row.option}
        posted = set(data.getlist("alternate")) if data is not None else set()
        wanted = []
        for line in lines:
            there = [
                option
                for option in range(1, MAX_ALTERNATES + 1)
                if ((line.pk, option) in rows if data is None else _key(line, option) in posted)
                and _key(line, option) != without
            ]
            if more == line.public_id and len(there) < MAX_ALTERNATES:
                there.append(min(set(range(1, MAX_ALTERNATES + 1)) - set(there)))
            wanted += [(line, option) for option in sorted(there)]
        if not wanted:
            return {}
        terms = Terms.read()
        found: dict[int, list[AlternateForm]] = {}
        for line, option in wanted:
            form = AlternateForm(
                data if data is None or _key(line, option) in posted else None,
                line=line,
                row=rows.get((line.pk, option)),
                currency=self.quote.currency,
                option=option,
                terms=terms,
            )
            found.setdefault(line.pk, []).append(form)
        return found

    def forms(self) -> list[QuoteLineForm]:
        """Every line's form and every alternate's."""
        return [*self.lines, *chain.from_iterable(self.alternates.values())]

    def is_valid(self) -> bool:
        """True when every form is; all of them are checked, so all errors show at once."""
        return all([self.header.is_valid(), *[form.is_valid() for form in self.forms()]])

    def draft(self) -> QuoteDraft:
        """What the builder sends to the action."""
        values = self.header.cleaned_data
        return QuoteDraft(
            currency=self.currency,
            keeps_currency=True,
            edition=self.edition,
            lines=[
                form.draft(self.currency)
                for form in self.forms()
                if not (isinstance(form, AlternateForm) and form.is_blank())
            ],
            freight_minor=to_minor(values["freight"], self.currency),
            minimum_order_minor=to_minor(values["minimum_order"], self.currency),
            milestones=self.header.milestones(),
            lead_time_from=values["lead_time_from"],
            exceptions=values["exceptions"],
            incoterm=values["incoterm"],
            valid_until=values["valid_until"],
            own_number=values["own_number"],
            notes=values["notes"],
            external_id=self.quote.external_id,
        )


def _key(line: RFQLine, option: int) -> str:
    """An alternate as the page names it."""
    return f"{line.public_id}:{option}"


class DeclineForm(forms.Form):
    reason = forms.CharField(max_length=200, label="Why not?")
