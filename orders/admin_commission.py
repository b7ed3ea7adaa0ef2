"""Commission rules for staff: make one, end one, see what we would keep of a sale."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Organization
from marketplace.core.admin import ReadOnlyAdmin
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.core.money import CURRENCY_CHOICES, Money, to_minor
from marketplace.directory.models import Process
from orders.actions.commission import end_commission_rule, make_commission_rule
from orders.commission import CommissionTerms, commission
from orders.commission_rules import Sale, fitting, named, rules_on, terms_of
from orders.models import CommissionRule

LIST = "admin:orders_commissionrule_changelist"


class SaleForm(forms.Form):
    """A sale that might be made."""

    manufacturer = forms.ModelChoiceField(Organization.objects.none(), required=False)
    buyer = forms.ModelChoiceField(Organization.objects.none(), required=False)
    process = forms.ModelChoiceField(Process.objects.filter(is_active=True), required=False)
    currency = forms.ChoiceField(choices=CURRENCY_CHOICES)
    total = forms.DecimalField(min_value=0, max_digits=14, decimal_places=2)
    on = forms.DateField(label="Made on", initial=timezone.localdate)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_companies(self)
        self.fields["process"].help_text = "Empty: lines of several processes."

    def sale(self) -> Sale:
        """The clean values as the rules see them."""
        clean = self.cleaned_data
        return Sale(
            getattr(clean["manufacturer"], "pk", None),
            getattr(clean["buyer"], "pk", None),
            frozenset({clean["process"].name} if clean["process"] else ()),
            to_minor(clean["total"], clean["currency"]),
            clean["currency"],
            clean["on"],
        )


class RuleForm(forms.Form):
    """Amounts in major units, the rate in percent. What is left empty fits everything."""

    name = forms.CharField(max_length=80, help_text="Such as “Launch offer for turning”.")
    manufacturer = forms.ModelChoiceField(Organization.objects.none(), required=False)
    buyer = forms.ModelChoiceField(Organization.objects.none(), required=False)
    process = forms.ModelChoiceField(Process.objects.filter(is_active=True), required=False)
    currency = forms.ChoiceField(choices=[("", "any"), *CURRENCY_CHOICES], required=False)
    from_minor = forms.DecimalField(
        label="For totals of at least",
        min_value=0,
        max_digits=14,
        decimal_places=2,
        required=False,
        help_text="In the currency chosen; empty for every total.",
    )
    below_minor = forms.DecimalField(
        label="and below", min_value=0, max_digits=14, decimal_places=2, required=False
    )
    starts_on = forms.DateField(label="First day", initial=timezone.localdate)
    ends_on = forms.DateField(label="Last day", required=False)
    percent = forms.DecimalField(
        label="Percent of the total", min_value=0, max_value=100, max_digits=5, decimal_places=2
    )
    fixed_minor = forms.DecimalField(
        label="Plus a fixed amount",
        min_value=0,
        max_digits=14,
        decimal_places=2,
        required=False,
        help_text="Of each sale, in its currency; needs a currency above.",
    )
    minimum_minor = forms.DecimalField(
        label="But not less than", min_value=0, max_digits=14, decimal_places=2, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_companies(self)

    def values(self) -> dict[str, Any]:
        """The columns of the rule."""
        clean = dict(self.cleaned_data)
        currency = clean["currency"] or "EUR"
        for name in ("from_minor", "below_minor", "fixed_minor", "minimum_minor"):
            amount = clean[name]
            clean[name] = None if amount is None else to_minor(amount, currency)
        clean["fixed_minor"] = clean["fixed_minor"] or 0
        clean["minimum_minor"] = clean["minimum_minor"] or 0
        bps = int(clean.pop("percent") * 100)
        return {**clean, "bps": bps}


class EndForm(forms.Form):
    """The last day of a rule."""

    ends_on = forms.DateField(label="Last day", required=False, help_text="Empty: it runs on.")


def _offer_companies(form: forms.Form) -> None:
    for name, sells in (("manufacturer", True), ("buyer", False)):
        companies = Organization.objects.filter(
            **({"is_manufacturer": True} if sells else {"is_buyer": True})
        )
        field = form.fields[name]
        field.queryset = companies.order_by("name")  # type: ignore[attr-defined]
        # Searched for by name: a list of all would be as long as the marketplace is large.
        relation = CommissionRule._meta.get_field(name)
        field.widget = AutocompleteSelect(relation, admin.site, choices=field.widget.choices)


@admin.register(CommissionRule)
class CommissionRuleAdmin(ReadOnlyAdmin):
    """A rule is never rewritten: contracts keep its terms, so it ends and another one begins."""

    list_display = ["name", "manufacturer", "buyer", "process", "kept", "starts_on", "ends_on"]
    list_filter = ["currency", "process"]
    list_select_related = ["manufacturer", "buyer", "process"]
    search_fields = ["name", "=public_id", "manufacturer__name", "buyer__name"]

    @admin.display(description="We keep", ordering="bps")
    def kept(self, rule: CommissionRule) -> str:
        """Such as "6%" or "8% plus 2.00 EUR"."""
        terms = CommissionTerms(rule.bps, rule.fixed_minor, rule.minimum_minor)
        return terms.words(rule.currency)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """As the role of the member of staff says; `ReadOnlyAdmin` refuses everybody."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def get_urls(self) -> list[URLPattern]:
        """The pages beside Django's own."""
        view = self.admin_site.admin_view
        return [
            path("try/", view(self.try_view), name="orders_commissionrule_try"),
            path("<int:pk>/end/", view(self.end_view), name="orders_commissionrule_end"),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Make a rule."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = RuleForm(request.POST or None)
        return self._act(
            request,
            form,
            "New commission rule",
            lambda actor: make_commission_rule(actor=actor, **form.values()),
        )

    def end_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Set the last day of a rule."""
        if not request.user.has_perm("orders.change_commissionrule"):
            raise PermissionDenied
        rule = CommissionRule.objects.filter(pk=pk).first()
        if rule is None:
            raise Http404
        form = EndForm(request.POST or None, initial={"ends_on": rule.ends_on})
        return self._act(
            request,
            form,
            f"Last day of {rule}",
            lambda actor: end_commission_rule(
                actor=actor, public_id=rule.public_id, ends_on=form.cleaned_data["ends_on"]
            ),
        )

    def try_view(self, request: HttpRequest) -> HttpResponse:
        """What we would keep of a sale, and by which rule."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = SaleForm(request.POST or None)
        context: dict[str, Any] = {}
        if form.is_bound and form.is_valid():
            sale = form.sale()
            rules = rules_on(sale.on)
            terms = terms_of(rules, sale)
            context = {
                "terms": terms.words(sale.currency),
                "kept": Money(commission(sale.total_minor, terms), sale.currency),
                "rules": [(rule, named(rule)) for rule in fitting(rules, sale)],
            }
        return self._show(
            request,
            form,
            "Try a sale",
            "Show what we keep",
            template="admin/orders/commissionrule/try.html",
            **context,
        )

    def _act(
        self,
        request: HttpRequest,
        form: forms.Form,
        title: str,
        action: Callable[[Actor], CommissionRule],
    ) -> HttpResponse:
        if form.is_bound and form.is_valid():
            try:
                rule = action(Actor.staff(request.user, "commission"))  # type: ignore[arg-type]
            except DomainError as error:
                add_errors(form, error)
            else:
                self.message_user(request, f"{rule} is saved. Contracts made before keep theirs.")
                return redirect(LIST)
        return self._show(request, form, title, "Save")

    def _show(
        self,
        request: HttpRequest,
        form: forms.Form,
        title: str,
        button: str,
        *,
        template: str = "admin/form.html",
        **context: Any,
    ) -> HttpResponse:
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "form": form,
            "button": button,
            **context,
        }
        return render(request, template, page, status=422 if form.errors else 200)
