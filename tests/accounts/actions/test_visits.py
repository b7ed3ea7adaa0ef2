"""Staff act for a customer: with a reason, for a while, in sight."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.actions.visits import end_staff_visit, start_staff_visit
from accounts.actor import Actor
from accounts.audit import AuditFilter, audit_log
from accounts.callers import VISIT_KEY, actor_in_session
from accounts.models import StaffVisit
from accounts.roles import Permission
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from tests.personas import Persona, make_person

REASON = "Ticket 4711: a drawing does not upload"


def visit(sam: Persona, host: Persona, **fields: object) -> StaffVisit:
    given = {"reason": REASON, **fields}
    return start_staff_visit(
        actor=Actor.staff(sam.user),
        organization_id=host.organization.public_id,
        **given,  # type: ignore[arg-type]
    )


def acting(sam: Persona, row: StaffVisit) -> Actor:
    session = sam.client.session
    session[VISIT_KEY] = row.public_id
    return actor_in_session(sam.user, session)


def test_staff_become_the_customers_helper(sam: Persona, bea: Persona) -> None:
    actor = acting(sam, visit(sam, bea))
    assert actor.company == bea.organization
    assert actor.label == f"Staff for Bea Robotics ({REASON})"
    assert actor.may(Permission.EDIT_PARTS) and actor.may(Permission.EDIT_RFQS)
    binding = {"award", "approve", "pay", "manage_payouts", "manage_tokens", "manage_members"}
    assert not binding & actor.permissions
    assert not {"own", "manage_organization", "view_audit"} & actor.permissions


def test_the_customer_sees_it(sam: Persona, bea: Persona) -> None:
    actor = acting(sam, visit(sam, bea))
    end_staff_visit(actor=actor)
    end_staff_visit(actor=actor)
    sentences = [row.event.sentence for row in audit_log(bea.actor, AuditFilter())][:2]
    assert sentences[0] == "Staff stopped acting for Bea Robotics: they were done"
    assert sentences[1].startswith("Staff began to act for Bea Robotics, until ")
    assert sentences[1].endswith(REASON)


def test_it_ends_with_its_time_with_another_and_with_leaving_staff(
    sam: Persona, bea: Persona, milo: Persona
) -> None:
    first = visit(sam, bea, minutes=5)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
        assert acting(sam, first).organization is None
    second = visit(sam, milo)
    assert acting(sam, first).organization is None
    assert acting(sam, second).company == milo.organization
    sam.user.is_staff = False
    assert acting(sam, second).organization is None


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [({"reason": "help"}, "Say why"), ({"minutes": 0}, "1 to 60"), ({"minutes": 61}, "1 to 60")],
)
def test_without_a_reason_or_a_limit_nothing_begins(
    sam: Persona, bea: Persona, fields: dict[str, object], sentence: str
) -> None:
    with pytest.raises(DomainError, match=sentence):
        visit(sam, bea, **fields)
    assert not StaffVisit.objects.exists()


def test_only_staff_with_the_right_visit(sam: Persona, bea: Persona, milo: Persona) -> None:
    helper = make_person("Hal", is_staff=True)
    for actor in (milo.actor, Actor.staff(helper), Actor.system("x")):
        with pytest.raises(NotAllowed):
            start_staff_visit(
                actor=actor, organization_id=bea.organization.public_id, reason=REASON
            )
    with pytest.raises(NotFound):
        start_staff_visit(actor=Actor.staff(sam.user), organization_id="org_none", reason=REASON)
    assert not Event.objects.filter(type="staff_visit_started").exists()


def test_another_persons_visit_is_nobodys(sam: Persona, bea: Persona, milo: Persona) -> None:
    row = visit(sam, bea)
    session = milo.client.session
    session[VISIT_KEY] = row.public_id
    assert actor_in_session(milo.user, session).company == milo.organization


def test_the_pages_lead_in_and_out(sam: Persona, bea: Persona) -> None:
    path = f"/staff/visits/{bea.organization.public_id}/"
    assert bea.client.get(path).status_code == 404
    assert "Bea Robotics" in sam.client.get(path).content.decode()
    refused = sam.client.post(path, {"reason": "x", "minutes": 30})
    assert refused.status_code == 422 and "the customer reads it" in refused.content.decode()
    sam.client.post(path, {"reason": REASON, "minutes": 30})
    home = sam.client.get("/home/").content.decode()
    assert "You act for" in home and "Ticket 4711" in home
    assert sam.client.get("/settings/audit/").status_code == 403
    assert sam.client.post("/settings/tokens/access/").status_code == 403
    sam.client.post("/staff/visits/stop/")
    assert "You act for" not in sam.client.get("/admin/", follow=True).content.decode()
