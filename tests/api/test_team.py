"""Members, invitations, addresses, rules and approvals over the API."""

from accounts.models import Address, ApprovalRule, Membership, TeamInvitation
from accounts.roles import Role
from tests.api.scene import Api, new_order
from tests.api.test_access import assert_problem
from tests.personas import Persona, make_member

ADDRESS = {"label": "Lab", "recipient": "Bea", "lines": "Werkstr. 1\nAachen", "country": "DE"}


def test_members_are_listed_changed_deactivated_and_removed(bea: Persona, buyer: Api) -> None:
    kim = make_member(bea, "Kim", Role.VIEWER)
    path = f"/members/{kim.user.public_id}/"
    assert [row["name"] for row in buyer.get("/members/").json()["results"]] == ["Kim", "Bea"]
    changed = buyer.patch(path, {"role": "buyer"}).json()
    assert (changed["role"], changed["spend_limit_minor"]) == ("buyer", None)
    changed = buyer.patch(path, {"spend_limit_minor": 500}).json()
    assert (changed["role"], changed["spend_limit_minor"]) == ("buyer", 500)
    assert buyer.post(f"{path}deactivate/").json()["is_active"] is False
    assert buyer.post(f"{path}reactivate/").json()["is_active"] is True
    assert buyer.call("DELETE", path).status_code == 204
    assert_problem(buyer.get(path), 404)


def test_a_role_without_the_right_reads_people_and_not_their_limits(bea: Persona) -> None:
    kim = make_member(bea, "Kim", Role.VIEWER, spend_limit_minor=7)
    make_member(bea, "Ole", Role.BUYER, spend_limit_minor=500)
    kim.organization.memberships.filter(user=kim.user).update(role="admin")
    token = Api(kim, ["view"])
    rows = {row["name"]: row for row in token.get("/members/").json()["results"]}
    assert "spend_limit_minor" not in rows["Ole"] and rows["Kim"]["spend_limit_minor"] == 7
    path = f"/members/{kim.user.public_id}/"
    for answer in (
        token.patch(path, {"role": "admin"}),
        token.post(f"{path}deactivate/"),
        token.call("DELETE", path),
        token.get("/invitations/"),
        token.post("/invitations/", {"email": "a@b.example", "role": "viewer"}),
        token.post("/addresses/", ADDRESS),
        token.post("/approval-rules/", {"over_minor": 1}),
    ):
        assert_problem(answer, 403, "not_allowed")


def test_invitations_are_made_and_revoked_and_show_no_link(
    bea: Persona, buyer: Api, stranger: Api
) -> None:
    made = buyer.post("/invitations/", {"email": "Nora@example.com", "role": "viewer"})
    assert made.status_code == 201
    assert not {"link", "secret", "digest"} & made.json().keys()
    path = f"/invitations/{made.json()['id']}/"
    assert [row["email"] for row in buyer.get("/invitations/").json()["results"]] == [
        "nora@example.com"
    ]
    assert_problem(buyer.post("/invitations/", {"email": "x", "role": "king"}), 422)
    assert_problem(buyer.post(f"{path}resend/"), 409)
    assert_problem(stranger.call("DELETE", path), 404)
    assert buyer.call("DELETE", path).status_code == 204
    assert TeamInvitation.objects.get().revoked_at is not None


def test_addresses_are_kept(buyer: Api, stranger: Api) -> None:
    made = buyer.post("/addresses/", ADDRESS).json()
    assert (made["is_default"], made["text"]) == (True, "Bea\nWerkstr. 1\nAachen\nDE")
    path = f"/addresses/{made['id']}/"
    assert buyer.patch(path, {"label": "Lab 2"}).json()["recipient"] == "Bea"
    assert buyer.get(path).json()["label"] == "Lab 2"
    assert_problem(stranger.get(path), 404)
    assert_problem(stranger.patch(path, {"label": "Mine"}), 404)
    assert_problem(buyer.patch(path, {"country": "xx1"}), 422)
    assert buyer.call("DELETE", path).status_code == 204
    assert not Address.objects.exists()


def test_rules_are_kept(bea: Persona, buyer: Api, stranger: Api) -> None:
    ada = make_member(bea, "Ada", Role.APPROVER)
    body = {"over_minor": 100_000, "approver_ids": [ada.user.public_id]}
    made = buyer.post("/approval-rules/", body).json()
    assert made["over"] == {"amount_minor": 100_000, "currency": "EUR", "decimal": "1000.00"}
    assert [person["name"] for person in made["approvers"]] == ["Ada"]
    path = f"/approval-rules/{made['id']}/"
    changed = buyer.put(path, {"over_minor": 1, "approvers_needed": 2})
    assert (changed.json()["approvers_needed"], changed.json()["approvers"]) == (2, [])
    assert len(buyer.get("/approval-rules/").json()["results"]) == 1
    for answer in (stranger.get(path), stranger.call("DELETE", path)):
        assert_problem(answer, 404)
    assert buyer.call("DELETE", path).status_code == 204
    assert not ApprovalRule.objects.exists()


def test_an_award_is_approved_by_the_program_of_another_person(
    bea: Persona, milo: Persona, buyer: Api, shop: Api
) -> None:
    ada = Api(make_member(bea, "Ada", Role.ADMIN))
    buyer.post("/approval-rules/", {"over_minor": 100})
    order = new_order(bea, milo)
    path = f"/orders/{order.public_id}/"
    assert buyer.get(path).json()["approval"]["needed"] == 1
    assert "approve_award" not in buyer.get(path).json()["available_moves"]
    assert ada.get(path).json()["available_moves"] == [
        "approve_award",
        "reject_award",
        "cancel_order",
    ]
    waiting = ada.get("/approvals/", waiting_for="me").json()["results"]
    assert [row["order"] for row in waiting] == [order.public_id]
    assert buyer.get("/approvals/", waiting_for="me").json()["results"] == []
    assert_problem(ada.get("/approvals/", waiting_for="you"), 422)
    assert_problem(buyer.post(f"{path}approve/", {}), 403)
    assert_problem(shop.post(f"{path}approve/", {}), 404)
    assert_problem(ada.post(f"{path}reject/", {}), 422)
    approved = ada.post(f"{path}approve/", {"reason": "Fine."})
    assert approved.status_code == 200 and approved.json()["state"] == "awaiting_payment"
    assert approved.json()["approval"]["decisions"][0]["person"] == "Ada"
    assert shop.get(path).json()["approval"] is None
    assert_problem(ada.post(f"{path}reject/", {"reason": "No."}), 409)
    assert shop.get("/approvals/").json()["results"] == []


def test_me_lists_what_the_person_acts_for_with_the_role(bea: Persona, stefan: Persona) -> None:
    Membership.objects.create(user=bea.user, organization=stefan.organization, role=Role.FINANCE)
    mine = bea.client.get("/api/v1/me/").json()["organizations"]
    assert [(row["name"], row["role"]) for row in mine] == [
        ("Bea Robotics", "owner"),
        ("Stranger Systems", "finance"),
    ]
    assert len(Api(bea).get("/me/").json()["organizations"]) == 1
