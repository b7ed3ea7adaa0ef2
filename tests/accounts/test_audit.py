"""The audit log: one's own facts, filtered, exported without formulas."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from accounts.actions.tokens import create_api_token
from accounts.audit import AuditFilter, audit_csv, audit_log
from accounts.models import Membership
from marketplace.core.errors import NotAllowed
from marketplace.core.spreadsheets import harmless
from tests.personas import Persona


def sentences(persona: Persona, **chosen: object) -> list[str]:
    rows = audit_log(persona.actor, AuditFilter(**chosen))  # type: ignore[arg-type]
    return [row.event.sentence for row in rows]


def test_each_organization_reads_its_own(bea: Persona, stefan: Persona) -> None:
    create_api_token(actor=bea.actor, name="ERP")
    assert sentences(bea)[0] == "Bea (Bea Robotics) created the API token ERP"
    assert not any("Bea" in sentence for sentence in sentences(stefan))


def test_it_is_filtered_by_person_fact_and_period(bea: Persona) -> None:
    create_api_token(actor=bea.actor, name="ERP")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=3)):
        create_api_token(actor=bea.actor, name="Later")
    assert len(sentences(bea, fact="api_token_created")) == 2
    assert sentences(bea, fact="api_token_created", person="usr_nobody") == []
    today = datetime.now(UTC).date()
    later = sentences(bea, since=today + timedelta(days=1))
    assert later == ["Bea (Bea Robotics) created the API token Later"]
    earlier = sentences(bea, fact="api_token_created", until=today)
    assert earlier == ["Bea (Bea Robotics) created the API token ERP"]


def test_only_roles_with_the_right_read_it(bea: Persona) -> None:
    Membership.objects.update(role="engineer")
    with pytest.raises(NotAllowed):
        audit_log(bea.actor, AuditFilter())
    for path in ("/settings/audit/", "/settings/audit/export/", "/api/v1/audit/"):
        assert bea.client.get(path).status_code == 403


def test_the_page_pages_and_costs_the_same(
    bea: Persona, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        create_api_token(actor=bea.actor, name=f"T{number}")
    page = bea.client.get("/settings/audit/").content.decode()
    assert "the API token T29" in page and "the API token T0<" not in page and "Older" in page
    actor = bea.actor
    with django_assert_num_queries(1):
        assert len(audit_log(actor, AuditFilter())[:25]) == 25


def test_a_filter_that_cannot_be_read_is_left_out(bea: Persona) -> None:
    assert bea.client.get("/settings/audit/?since=yesterday&after=x").status_code == 200
    assert bea.client.get("/api/v1/audit/?since=yesterday").status_code == 422


def test_the_export_holds_everything_and_no_formula(bea: Persona) -> None:
    create_api_token(actor=bea.actor, name="=cmd|' /C calc'!A0")
    answer = bea.client.get("/settings/audit/export/")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.count("\r\n") == 1 + len(sentences(bea))
    assert "name: =cmd" in text and ",=cmd" not in text
    assert [harmless(cell) for cell in ("=1", "+1", "-1", "@x", "\tx", "ok")] == [
        "'=1",
        "'+1",
        "'-1",
        "'@x",
        "'\tx",
        "ok",
    ]
    assert next(audit_csv(bea.actor, AuditFilter())).startswith("time (UTC),fact,")


def test_a_program_reads_it_with_the_scope(bea: Persona) -> None:
    from tests.api.scene import Api

    rows = Api(bea, ["view", "view_audit"]).get("/audit/", fact="organization_created").json()
    assert [row["type"] for row in rows["results"]] == ["organization_created"]
    assert Api(bea, ["view"]).get("/audit/").status_code == 403
