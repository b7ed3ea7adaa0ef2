"""People and organizations for staff."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from accounts.actions.company import FACTS, correct_company_facts
from accounts.actions.security import (
    change_access_as_staff,
    change_password_as_staff,
    remove_second_factors_as_staff,
)
from accounts.actions.sign_in import unlock_sign_in
from accounts.actions.tokens import MOST_PER_MINUTE, limit_api_token
from accounts.actor import Actor
from accounts.models import ApiToken, Membership, Organization, SavedView, StaffVisit, User
from accounts.vat import read_vat_id
from marketplace.core.admin import ReadOnlyAdmin, StoryAdmin
from marketplace.core.errors import DomainError

# Staff have buttons of ours for these, which record what was done; rows are not edited by hand.
admin.site.unregister(
    [Authenticator, UserSession, EmailAddress, SocialAccount, SocialApp, SocialToken]
)


STAFF_RIGHTS = {"is_staff", "is_superuser", "groups", "user_permissions"}


class _LowerCaseEmail(forms.ModelForm):
    """Addresses are stored in lower case, so one person is one row."""

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class AddPersonForm(_LowerCaseEmail, AdminUserCreationForm):
    pass


class ChangePersonForm(_LowerCaseEmail, UserChangeForm):
    pass


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["user", "organization"]


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    form = ChangePersonForm
    add_form = AddPersonForm
    ordering = ["-pk"]
    list_display = ["email", "name", "is_staff", "is_active", "date_joined"]
    list_filter = ["is_staff", "is_active", "is_demo"]
    search_fields = ["email", "name", "=public_id"]
    readonly_fields = ["public_id", "last_login", "date_joined"]
    inlines = [MembershipInline]
    fieldsets = [
        (None, {"fields": ["public_id", "email", "name", "password"]}),
        (
            "Access",
            {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]},
        ),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    actions = ["unlock_sign_in", "remove_second_factors"]
    add_fieldsets = [(None, {"fields": ["email", "name", "password1", "password2"]})]

    @admin.action(description="Unblock sign-in", permissions=["change"])
    def unlock_sign_in(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        done = [unlock_sign_in(actor=self._staff(request), user=user) for user in queryset]
        self.message_user(request, f"{sum(done)} of {len(done)} were blocked and can try again.")

    @admin.action(description="Remove second factors (lost device)", permissions=["change"])
    def remove_second_factors(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        actor = self._staff(request)
        done = [remove_second_factors_as_staff(actor=actor, user=user) for user in queryset]
        self.message_user(request, f"{sum(done)} of {len(done)} had one; they are told by mail.")

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        """Django's page; a change ends the person's sessions and tells them."""
        response = super().user_change_password(request, id, form_url)
        user = self.get_object(request, unquote(id))
        if request.method == "POST" and response.status_code == 302 and user is not None:
            change_password_as_staff(actor=self._staff(request), user=user)
        return response

    def save_related(
        self, request: HttpRequest, form: forms.ModelForm, formsets: Any, change: bool
    ) -> None:
        """The last step of saving a person, groups included: tell what changed of their access."""
        super().save_related(request, form, formsets, change)
        changed = set(form.changed_data)
        if change and changed & {"is_active", *STAFF_RIGHTS}:
            change_access_as_staff(
                actor=self._staff(request),
                user=form.instance,
                access="is_active" in changed,
                rights=bool(changed & STAFF_RIGHTS),
            )

    def _staff(self, request: HttpRequest) -> Actor:
        return Actor.staff(request.user)  # type: ignore[arg-type]


class OrganizationFactsForm(forms.ModelForm):
    """Staff correct what a company said of itself; the form of the VAT id is checked here too."""

    website = forms.URLField(max_length=200, required=False, assume_scheme="https")

    def clean(self) -> dict[str, Any]:
        """The VAT id as we keep it, or a sentence beside it."""
        values = super().clean() or self.cleaned_data
        try:
            read = read_vat_id(values.get("country", ""), values.get("vat_id") or "")
        except DomainError as error:
            self.add_error("vat_id", error.sentence)
        else:
            values["vat_id"] = read.value
        return values


@admin.register(Organization)
class OrganizationAdmin(StoryAdmin):
    form = OrganizationFactsForm
    change_form_template = "admin/organization.html"
    list_display = ["name", "country", "is_buyer", "is_manufacturer", "is_demo", "created_at"]
    list_filter = ["is_buyer", "is_manufacturer", "is_demo", "country"]
    search_fields = ["name", "=public_id"]
    readonly_fields = ["public_id", "created_at", "is_demo"]
    inlines = [MembershipInline]

    def save_model(
        self, request: HttpRequest, obj: Organization, form: forms.ModelForm, change: bool
    ) -> None:
        """Facts of law that staff corrected go through their action; the company sees it."""
        super().save_model(request, obj, form, change)
        if FACTS & set(form.changed_data):
            correct_company_facts(
                actor=Actor.staff(request.user, "correction"),  # type: ignore[arg-type]
                public_id=obj.public_id,
                **{name: getattr(obj, name) for name in FACTS},
            )


class ApiTokenLimitForm(forms.ModelForm):
    """The one value of a token that staff may change."""

    requests_per_minute = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_PER_MINUTE,
        help_text="empty: the limit of everybody",
    )


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    list_display = ["name", "hint", "organization", "created_by", "last_used_at", "revoked_at"]
    list_select_related = ["organization", "created_by"]
    form = ApiTokenLimitForm
    exclude = ["digest"]

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Staff with the right may give a token another limit; the rest is read."""
        return StoryAdmin.has_change_permission(self, request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> list[str]:
        """Everything but the limit."""
        names = [field.name for field in ApiToken._meta.fields]
        return [name for name in names if name not in ("id", "digest", "requests_per_minute")]

    def save_model(
        self, request: HttpRequest, obj: ApiToken, form: forms.ModelForm, change: bool
    ) -> None:
        """Through the action, so that the organization sees it in its audit log."""
        limit_api_token(
            actor=Actor.staff(request.user, "limit of a token"),  # type: ignore[arg-type]
            public_id=obj.public_id,
            per_minute=obj.requests_per_minute,
        )


@admin.register(StaffVisit)
class StaffVisitAdmin(ReadOnlyAdmin):
    list_display = ["staff", "organization", "reason", "started_at", "ends_at", "ended_at"]
    list_select_related = ["staff", "organization"]


@admin.register(SavedView)
class SavedViewAdmin(ReadOnlyAdmin):
    list_display = ["name", "page", "user", "organization", "created_at"]
    list_filter = ["page"]
    list_select_related = ["user", "organization"]
    search_fields = ["=public_id", "=user__email"]
