"""People and organizations for staff."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm

from accounts.models import ApiToken, Membership, Organization, StaffVisit, User
from marketplace.core.admin import ReadOnlyAdmin, StoryAdmin


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
    show_full_result_count = False
    inlines = [MembershipInline]
    fieldsets = [
        (None, {"fields": ["public_id", "email", "name", "password"]}),
        (
            "Access",
            {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]},
        ),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name", "password1", "password2"]})]


@admin.register(Organization)
class OrganizationAdmin(StoryAdmin):
    change_form_template = "admin/organization.html"
    list_display = ["name", "country", "is_buyer", "is_manufacturer", "is_demo", "created_at"]
    list_filter = ["is_buyer", "is_manufacturer", "is_demo", "country"]
    search_fields = ["name", "=public_id"]
    readonly_fields = ["public_id", "created_at", "is_demo"]
    show_full_result_count = False
    inlines = [MembershipInline]


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    list_display = ["name", "hint", "organization", "created_by", "last_used_at", "revoked_at"]
    list_select_related = ["organization", "created_by"]
    exclude = ["digest"]


@admin.register(StaffVisit)
class StaffVisitAdmin(ReadOnlyAdmin):
    list_display = ["staff", "organization", "reason", "started_at", "ends_at", "ended_at"]
    list_select_related = ["staff", "organization"]
