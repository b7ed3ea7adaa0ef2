"""Deadlines: extended, remembered, sealed; the end without an award; asked anew."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from marketplace.core.errors import DomainError, NotFound
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from marketplace.directory.actions.verification import suspend_manufacturer
from quotes.actions import deadline, publication
from quotes.actions import quote as quoting
from quotes.actions.award import accept_quote
from quotes.actions.guests import invite_guest
from quotes.models import RFQ, Invitation, Quote, QuotePrice
from quotes.queries import quotes_for_buyer
from tests.api.scene import Api
from tests.personas import Persona, make_staff_actor
from tests.quotes.scene import Request, draft_rfq, open_rfq, prices, submitted

SECRET_PRICE = "77.7700"


def in_days(days: float) -> object:
    return timezone.now() + timedelta(days=days)


def due(request: Request) -> None:
    """The deadline is over and the timer ran."""
    RFQ.objects.filter(pk=request.rfq.pk).update(deadline=timezone.now())
    publication.close_due_rfqs()


def extend(request: Request, bea: Persona, days: float) -> RFQ:
    until = timezone.now() + timedelta(days=days)
    return deadline.extend_rfq(actor=bea.actor, public_id=request.id, deadline=until)


def test_extending_tells_all_and_opens_a_closed_request_again(
    bea: Persona, milo: Persona, rita: Persona, work: Callable[[], None]
) -> None:
    request = open_rfq(bea, milo, rita)
    extend(request, bea, 5)
    due(request)
    assert request.fresh().state == "closed"
    work()
    mail.outbox.clear()
    extend(request, bea, 6)
    assert request.fresh().takes_quotes
    assert Event.objects.filter(type="rfq_extended").count() == 2
    work()
    told = {m.to[0] for m in mail.outbox if "takes quotes longer" in m.subject}
    assert told == {milo.user.email, rita.user.email}


@pytest.mark.parametrize("days", [-1, 0, 2])
def test_a_deadline_only_moves_later(bea: Persona, milo: Persona, days: int) -> None:
    request = open_rfq(bea, milo)
    before = request.fresh().deadline
    with pytest.raises(DomainError, match="after the present deadline"):
        extend(request, bea, days)
    assert request.fresh().deadline == before


def test_others_and_ended_requests_are_not_extended(
    bea: Persona, milo: Persona, stefan: Persona
) -> None:
    request = open_rfq(bea, milo)
    for person in (milo, stefan):
        with pytest.raises(NotFound):
            extend(request, person, 9)
    publication.cancel_rfq(actor=bea.actor, public_id=request.id, reason="No.")
    with pytest.raises(WrongState):
        extend(request, bea, 9)


def test_sealed_quotes_are_counted_and_read_by_nobody_before_the_deadline(
    bea: Persona, milo: Persona, sam: Persona
) -> None:
    request = open_rfq(bea, milo, is_sealed=True)
    quote = submitted(request, milo, SECRET_PRICE)
    page = bea.client.get(f"/rfqs/{request.id}/").content.decode()
    assert "1 sealed quote" in page
    api = Api(bea)
    texts = [page] + [
        api.get(f"/rfqs/{request.id}/{path}").content.decode() for path in ("", "quotes/")
    ]
    texts.append(api.get(f"/rfqs/{request.id}/comparison/").content.decode())
    texts.append(sam.client.get("/admin/quotes/quote/").content.decode())
    assert not any("77.77" in text or quote.reference in text for text in texts)
    path = f"/rfqs/{request.id}/quotes/{quote.public_id}"
    assert api.get(f"{path}/").status_code == 404
    assert bea.client.get(f"{path}/accept/").status_code == 404
    with pytest.raises(WrongState, match="sealed"):
        accept_quote(
            actor=bea.actor,
            rfq_id=request.id,
            quote_id=quote.public_id,
            chosen={request.line.public_id: 10},
            seen=quote.seen,
        )
    # Closing early is no way round.
    publication.close_rfq(actor=bea.actor, public_id=request.id)
    assert quotes_for_buyer(request.fresh()) == []
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1), tick=False):
        assert [q.pk for q in quotes_for_buyer(request.fresh())] == [quote.pk]


def test_opening_early_needs_a_reason_that_all_are_told(
    bea: Persona, milo: Persona, work: Callable[[], None]
) -> None:
    request = open_rfq(bea, milo, is_sealed=True)
    submitted(request, milo)
    with pytest.raises(DomainError, match="Say why"):
        deadline.unseal_rfq(actor=bea.actor, public_id=request.id, reason=" ")
    with pytest.raises(NotFound):
        deadline.unseal_rfq(actor=milo.actor, public_id=request.id, reason="Me.")
    work()
    mail.outbox.clear()
    deadline.unseal_rfq(actor=bea.actor, public_id=request.id, reason="Only one shop left.")
    with pytest.raises(WrongState, match="not sealed"):
        deadline.unseal_rfq(actor=bea.actor, public_id=request.id, reason="Again.")
    assert len(quotes_for_buyer(request.fresh())) == 1
    work()
    assert "Only one shop left." in next(m for m in mail.outbox if "early" in m.subject).body
    assert b"Only one shop left." in milo.client.get(f"/portal/requests/{request.id}/").content


def test_quotes_that_could_be_read_are_not_sealed_again_by_an_extension(
    bea: Persona, milo: Persona
) -> None:
    request = open_rfq(bea, milo, is_sealed=True)
    submitted(request, milo)
    due(request)
    extend(request, bea, 9)
    assert len(quotes_for_buyer(request.fresh())) == 1


def test_a_reminder_goes_once_to_those_who_have_not_answered(
    bea: Persona, milo: Persona, rita: Persona, work: Callable[[], None]
) -> None:
    request = open_rfq(bea, milo, rita)
    submitted(request, milo)
    work()
    mail.outbox.clear()
    assert deadline.remind_unanswered() == 0
    with time_machine.travel(timezone.now() + timedelta(days=2, hours=12), tick=False):
        assert deadline.remind_unanswered() == 1
        assert deadline.remind_unanswered() == 0
        work()
        assert [m.to[0] for m in mail.outbox if "close soon" in m.subject] == [rita.user.email]


def test_the_end_without_an_award_declines_quotes_and_says_why(
    bea: Persona, milo: Persona, rita: Persona, work: Callable[[], None]
) -> None:
    request = open_rfq(bea, milo, rita)
    quote = submitted(request, milo)
    with pytest.raises(WrongState):
        publication.end_without_award(actor=bea.actor, public_id=request.id, reason="Too dear.")
    due(request)
    with pytest.raises(DomainError, match="Say why"):
        publication.end_without_award(actor=bea.actor, public_id=request.id, reason="")
    with pytest.raises(NotFound):
        publication.end_without_award(actor=milo.actor, public_id=request.id, reason="Me.")
    work()
    mail.outbox.clear()
    publication.end_without_award(actor=bea.actor, public_id=request.id, reason="Too dear.")
    assert Quote.objects.get(pk=quote.pk).state == "declined"
    work()
    told = {m.to[0] for m in mail.outbox if "chose no quote" in m.subject}
    assert told == {milo.user.email, rita.user.email}
    assert deadline.expire_invitations() == 1
    assert deadline.expire_invitations() == 0
    states = {i.manufacturer.slug: i.state for i in Invitation.objects.all()}
    assert states[milo.manufacturer.slug] == "quoting"
    assert states[rita.manufacturer.slug] == "expired"


def test_asking_anew_copies_everything_but_the_deadline(
    bea: Persona, milo: Persona, rita: Persona, stefan: Persona
) -> None:
    request = open_rfq(bea, milo, rita, is_sealed=True, countries=["DE"])
    new = publication.reissue_rfq(actor=bea.actor, public_id=request.id)
    assert (new.state, new.deadline, new.reissued_from) == ("draft", None, request.rfq)
    assert new.is_sealed and new.countries == ["DE"] and new.revision == 1
    (line,) = new.lines.all()
    assert line.public_id != request.line.public_id and line.quantities == [10, 100]
    assert request.rfq.lines.count() == 1 and new.invitations.count() == 2
    assert milo.client.get(f"/portal/requests/{new.public_id}/").status_code == 404
    with pytest.raises(NotFound):
        publication.reissue_rfq(actor=stefan.actor, public_id=request.id)
    with pytest.raises(WrongState, match="never sent out"):
        publication.reissue_rfq(actor=bea.actor, public_id=draft_rfq(bea).id)
    page = bea.client.post(f"/rfqs/{request.id}/reissue/")
    assert page.status_code == 302 and page["Location"].endswith("/edit/")


def test_asking_anew_ticks_no_shop_that_could_not_be_asked(
    bea: Persona, milo: Persona, rita: Persona
) -> None:
    request = open_rfq(bea, milo, rita)
    invite_guest(actor=bea.actor, public_id=request.id, email="gus@example.com", company="Gus Co")
    suspend_manufacturer(
        actor=make_staff_actor(), public_id=rita.manufacturer.public_id, reason="Papers."
    )
    new = publication.reissue_rfq(actor=bea.actor, public_id=request.id)
    assert [i.manufacturer for i in new.invitations.all()] == [milo.manufacturer]
    page = bea.client.get(f"/rfqs/{request.id}/").content.decode()
    # The directory has no page of a shop that is not verified now, so nothing leads there.
    assert f"/manufacturers/{milo.manufacturer.slug}/" in page
    assert f"/manufacturers/{rita.manufacturer.slug}/" not in page and "Not verified now" in page


def test_quotes_opened_early_are_not_called_sealed_any_more(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo, is_sealed=True)
    path = f"/rfqs/{request.id}/"
    assert "Sealed: nobody reads a quote" in bea.client.get(path).content.decode()
    deadline.unseal_rfq(actor=bea.actor, public_id=request.id, reason="Urgent.")
    page = bea.client.get(path).content.decode()
    assert "Sealed: nobody reads" not in page and "Was sealed; the quotes were opened" in page


def test_a_deadline_that_passes_while_someone_types_loses_nothing(
    bea: Persona, milo: Persona
) -> None:
    request = open_rfq(bea, milo)
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request.id)
    RFQ.objects.filter(pk=request.rfq.pk).update(deadline=timezone.now())
    prefix = request.line.public_id
    body = {
        "action": "submit",
        "incoterm": "DAP",
        "valid_until": f"{timezone.localdate() + timedelta(days=9)}",
        f"{prefix}-price_10": "12.34",
        f"{prefix}-lead_10": "9",
    }
    answer = milo.client.post(f"/portal/quotes/{quote.public_id}/", body)
    text = answer.content.decode()
    assert answer.status_code == 409 and "kept as a draft" in text and "12.34" in text
    assert (QuotePrice.objects.get().quantity, Quote.objects.get().state) == (10, "draft")
    extend(request, bea, 2)
    quoting.submit_quote(actor=milo.actor, public_id=quote.public_id, draft=prices(request))
