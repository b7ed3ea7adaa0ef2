"""A request: drafted freely, published only when complete, closed by its deadline."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Membership
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from marketplace.directory.actions.verification import suspend_manufacturer
from marketplace.parts.models import PartRevision
from quotes.actions import publication
from quotes.actions import rfq as asking
from quotes.models import RFQ, Invitation
from tests.personas import Persona, make_staff_actor
from tests.quotes.scene import draft_for, draft_rfq, open_rfq


def test_publishing_opens_invites_and_locks(bea: Persona, milo: Persona, rita: Persona) -> None:
    request = open_rfq(bea, milo, rita)
    assert request.rfq.state == "open"
    assert Event.objects.filter(type="manufacturer_invited").count() == 2
    assert Event.objects.filter(type="rfq_published").count() == 1
    revision = PartRevision.objects.get(pk=request.line.part_revision_id)
    assert revision.locked_at is not None
    assert "Runs CNC milling" in Invitation.objects.first().reasons[0]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ({"ship_to": " "}, "where the parts are to be delivered"),
        ({"deadline": None}, "Set a deadline"),
        ({"deadline": timezone.now() - timedelta(minutes=1)}, "deadline is in the past"),
        ({"need_by": timezone.localdate()}, "before the deadline"),
    ],
)
def test_an_incomplete_draft_is_not_published_and_not_saved(
    bea: Persona, milo: Persona, header: dict[str, object], sentence: str
) -> None:
    request = draft_rfq(bea)
    draft = draft_for(request.line, milo, title="Changed", **header)
    with pytest.raises(DomainError, match=sentence):
        publication.publish_rfq(actor=bea.actor, public_id=request.id, draft=draft)
    assert (request.fresh().state, request.rfq.title) == ("draft", "Bracket")


def test_a_shop_suspended_after_it_was_ticked_is_named_and_nothing_goes_out(
    bea: Persona, milo: Persona, rita: Persona
) -> None:
    request = draft_rfq(bea)
    both = draft_for(request.line, milo, rita)
    asking.save_rfq(actor=bea.actor, public_id=request.id, draft=both)
    suspend_manufacturer(
        actor=make_staff_actor(), public_id=rita.manufacturer.public_id, reason="Papers."
    )
    for draft in (None, both):
        with pytest.raises(DomainError, match="Rita Rapid Parts is not verified now and cannot"):
            publication.publish_rfq(actor=bea.actor, public_id=request.id, draft=draft)
    assert request.fresh().state == "draft" and request.rfq.invitations.count() == 2
    assert not Event.objects.filter(type="manufacturer_invited").exists()
    page = bea.client.get(f"/rfqs/{request.id}/edit/").content.decode()
    assert "Rita Rapid Parts: not verified now" in page and "Goes to 1 manufacturer." in page
    draft = draft_for(request.line, milo)
    publication.publish_rfq(actor=bea.actor, public_id=request.id, draft=draft)
    assert [i.manufacturer for i in request.rfq.invitations.all()] == [milo.manufacturer]


def test_without_a_manufacturer_or_a_readable_file_it_is_not_published(
    bea: Persona, milo: Persona
) -> None:
    request = draft_rfq(bea)
    with pytest.raises(DomainError, match="at least one manufacturer"):
        publication.publish_rfq(
            actor=bea.actor, public_id=request.id, draft=draft_for(request.line)
        )
    PartRevision.objects.update(state="failed")
    with pytest.raises(DomainError, match="could not be read"):
        publication.publish_rfq(
            actor=bea.actor, public_id=request.id, draft=draft_for(request.line, milo)
        )
    assert request.fresh().state == "draft"


@pytest.mark.parametrize("quantities", [(0,), (-5,), (10**9,), (1, 2, 3, 4, 5, 6)])
def test_quantities_that_cannot_be_are_refused(
    bea: Persona, milo: Persona, quantities: tuple[int, ...]
) -> None:
    request = draft_rfq(bea)
    draft = draft_for(request.line, milo)
    line = asking.LineDraft(request.line.public_id, quantities=quantities)
    with pytest.raises(DomainError):
        asking.save_rfq(
            actor=bea.actor,
            public_id=request.id,
            draft=asking.Draft(draft.header, [line], draft.invited),
        )
    request.line.refresh_from_db()
    assert request.line.quantities == [1]


def test_a_stranger_and_a_manufacturer_find_nothing(
    bea: Persona, milo: Persona, stefan: Persona
) -> None:
    request = open_rfq(bea, milo)
    for actor in (stefan.actor, milo.actor):
        for act in (publication.close_rfq, publication.cancel_rfq):
            with pytest.raises(NotFound):
                act(actor=actor, public_id=request.id)
        with pytest.raises(NotFound):
            publication.publish_rfq(actor=actor, public_id=request.id)
    assert request.fresh().state == "open"


def test_a_foreign_part_a_foreign_line_and_an_unknown_shop_are_not_found(
    bea: Persona, milo: Persona, stefan: Persona
) -> None:
    request = draft_rfq(bea)
    with pytest.raises(NotFound):
        asking.create_rfq(actor=stefan.actor, part_ids=[request.line.part_revision.part.public_id])
    header = draft_for(request.line).header
    for draft in (
        asking.Draft(header, [asking.LineDraft("rfl_nobody")], []),
        asking.Draft(header, [], ["mfr_nobody"]),
    ):
        with pytest.raises(NotFound):
            asking.save_rfq(actor=bea.actor, public_id=request.id, draft=draft)


def test_a_viewer_may_look_and_not_touch(bea: Persona, milo: Persona) -> None:
    request = draft_rfq(bea)
    Membership.objects.update(role="viewer")
    with pytest.raises(NotAllowed, match="Your role does not allow this"):
        publication.cancel_rfq(actor=bea.actor, public_id=request.id)
    assert request.fresh().state == "draft"


def test_published_is_not_edited(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo)
    with pytest.raises(WrongState, match="published"):
        asking.save_rfq(
            actor=bea.actor, public_id=request.id, draft=draft_for(request.line, milo, title="X")
        )
    assert request.fresh().title == "Brackets"


def test_cancelling_a_published_request_needs_a_reason(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo)
    with pytest.raises(DomainError, match="Say why"):
        publication.cancel_rfq(actor=bea.actor, public_id=request.id)
    publication.cancel_rfq(actor=bea.actor, public_id=request.id, reason="No budget.")
    assert request.fresh().state == "cancelled"
    page = milo.client.get(f"/portal/requests/{request.id}/").content.decode()
    assert f"{bea.organization.name} cancelled this request" in page
    assert page.count("No budget.") == 2  # above the quote, and under "What happened"
    assert "you receive" not in page
    with pytest.raises(WrongState):
        publication.cancel_rfq(actor=bea.actor, public_id=request.id, reason="Again.")


def test_the_timer_closes_what_is_due_once(bea: Persona, milo: Persona) -> None:
    due, later = open_rfq(bea, milo), open_rfq(bea, milo)
    RFQ.objects.filter(pk=due.rfq.pk).update(deadline=timezone.now())
    assert publication.close_due_rfqs() == 1
    assert publication.close_due_rfqs() == 0
    assert (due.fresh().state, later.fresh().state) == ("closed", "open")


def test_inviting_one_more_twice_is_once(bea: Persona, milo: Persona, rita: Persona) -> None:
    request = open_rfq(bea, milo)
    for _ in range(2):
        publication.invite_manufacturer(
            actor=bea.actor, public_id=request.id, manufacturer_id=rita.manufacturer.public_id
        )
    assert request.rfq.invitations.count() == 2
    assert Event.objects.filter(type="manufacturer_invited").count() == 2


def test_whoever_is_not_verified_or_unknown_is_not_asked(
    bea: Persona, milo: Persona, rita: Persona
) -> None:
    request = open_rfq(bea, milo)
    suspend_manufacturer(
        actor=make_staff_actor(), public_id=rita.manufacturer.public_id, reason="Papers."
    )
    path = f"/rfqs/{request.id}/invite/"
    answer = bea.client.post(path, {"manufacturer": rita.manufacturer.public_id})
    assert answer.status_code == 422 and "is not verified now" in answer.content.decode()
    for chosen in ("mfr_none", "\x00", "mfr_\x00", ""):
        assert bea.client.post(path, {"manufacturer": chosen}).status_code == 404
    # A NUL byte in any other field of a form is taken out as well.
    answer = bea.client.post(f"/rfqs/{request.id}/cancel/", {"reason": "Not \x00needed."})
    assert answer.status_code == 302
    assert Event.objects.get(type="rfq_cancelled").data["reason"] == "Not needed."
    assert request.rfq.invitations.count() == 1
