"""The settings pages of the team: what each role sees, and what comes back when refused."""

import time
from typing import Any

import pytest

from accounts.actions.invitations import invite_member
from accounts.models import ApprovalRule, Membership, TeamInvitation
from accounts.roles import BUNDLES, Role
from accounts.settings_pages import settings_menu
from tests.pages.test_query_counts import grows
from tests.personas import PASSWORD, Persona, make_buyer, make_member, show_again

PAGES = ("members", "roles", "addresses", "approvals")


@pytest.mark.parametrize("role", [role for role in Role.values if role != "owner"])
def test_every_role_reads_the_pages_and_only_managers_are_offered_changes(
    role: str, bea: Persona
) -> None:
    person = make_member(bea, "Kim", role)
    for page in PAGES:
        answer = person.client.get(f"/settings/{page}/")
        assert answer.status_code == 200, page
        forms = answer.content.decode().count("form-stack")
        managed = page != "roles" and role == "admin"
        assert bool(forms) == managed, page
    seen = person.client.get(f"/settings/members/{bea.user.public_id}/")
    assert seen.status_code == (200 if role == "admin" else 403)


def test_the_settings_menu_names_each_page_once(bea: Persona) -> None:
    labels = [page.url_name for group in settings_menu(bea.actor) for page in group.pages]
    assert len(labels) == len(set(labels))


def test_the_roles_page_explains_each_role_and_marks_ones_own(bea: Persona) -> None:
    html = make_member(bea, "Kim", Role.QUOTER).client.get("/settings/roles/").content.decode()
    for bundle in BUNDLES.values():
        assert bundle.description in html
    own = html[html.index("row-chosen") :]
    assert own.index("Quoter") < own.index("You") < own.index("</tr>")


def test_a_foreign_person_is_not_found(bea: Persona, stefan: Persona) -> None:
    for verb in ("", "deactivate/", "reactivate/", "remove/", "own/"):
        path = f"/settings/members/{stefan.user.public_id}/{verb}"
        assert bea.client.post(path, {"role": "viewer"}).status_code == 404
    assert Membership.objects.filter(user=stefan.user, deactivated_at=None).exists()


def test_a_refused_button_comes_back_with_its_sentence(bea: Persona) -> None:
    mine = f"/settings/members/{bea.user.public_id}/"
    refused = bea.client.post(f"{mine}deactivate/")
    assert refused.status_code == 422 and "This is you" in refused.content.decode()
    refused = bea.client.post("/settings/members/leave/")
    assert refused.status_code == 422 and "needs an owner" in refused.content.decode()
    typed = bea.client.post(mine, {"role": "owner", "spend_limit_minor": "12,50"})
    assert typed.status_code == 422 and "12,50" in typed.content.decode()


def test_a_limit_is_typed_in_major_units_and_comes_back_so(bea: Persona) -> None:
    kim = make_member(bea, "Kim", Role.BUYER)
    path = f"/settings/members/{kim.user.public_id}/"
    saved = bea.client.post(path, {"role": "buyer", "spend_limit_minor": "2500.5"})
    assert saved.status_code == 302
    assert Membership.objects.get(user=kim.user).spend_limit_minor == 250_050
    assert 'value="2500.50"' in bea.client.get(path).content.decode()
    assert "€2,500.50" in bea.client.get("/settings/members/").content.decode()


@pytest.mark.parametrize(
    ("path", "form", "page"),
    [
        (
            "/settings/members/invite/",
            {"email": "nora@example.com", "role": "admin"},
            "/settings/members/",
        ),
        (
            "/settings/approvals/new/",
            {"over": "4711", "approvers_needed": "1"},
            "/settings/approvals/",
        ),
    ],
)
def test_dangerous_acts_ask_who_this_is_and_give_back_what_was_typed(
    path: str, form: dict[str, Any], page: str, bea: Persona
) -> None:
    show_again(bea.client, bea.user, time.time() - 301)
    asked = bea.client.post(path, form, headers={"Referer": f"http://testserver{page}"})
    assert asked.url == f"/accounts/reauthenticate/?next={page}"
    assert not TeamInvitation.objects.exists() and not ApprovalRule.objects.exists()
    bea.client.post(asked.url, {"password": PASSWORD, "next": page})
    assert next(iter(form.values())) in bea.client.get(page).content.decode()
    assert bea.client.post(path, form).status_code == 302


def test_the_switcher_names_each_organization_with_the_role(bea: Persona) -> None:
    other = make_buyer("Otto", "Otto Optics")
    Membership.objects.create(user=bea.user, organization=other.organization, role=Role.FINANCE)
    html = bea.client.get("/home/").content.decode()
    assert "Otto Optics" in html and "Finance" in html
    # Without a choice the oldest membership is acted for.
    assert bea.actor.organization.name == "Bea Robotics"
    bea.client.post("/organizations/switch/", {"organization": other.organization.public_id})
    assert bea.client.get("/api/v1/me/").json()["role"] == "finance"


def test_the_members_page_costs_the_same_for_any_number(bea: Persona) -> None:
    def add(number: int) -> None:
        make_member(bea, f"Kim{number}", Role.VIEWER)
        invite_member(actor=bea.actor, email=f"n{number}@example.com", role=Role.VIEWER)

    one, three = grows(bea, "/settings/members/", add)
    assert one == three <= 8
