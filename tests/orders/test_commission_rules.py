"""Which commission rule counts, that a contract keeps it, and the pages of staff."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.actor import Actor
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.models import Event
from marketplace.directory.models import Process
from orders.actions.commission import end_commission_rule, make_commission_rule
from orders.commission import CommissionTerms
from orders.commission_rules import Sale, fitting, named, rules_on, terms_of
from orders.models import CommissionRule
from payments.actions.requests import request_payment
from quotes.promises import promises_of
from quotes.queries import get_own_quote
from tests.orders.scene import make_order
from tests.personas import Persona, make_staff_actor
from tests.quotes.scene import open_rfq, submitted

DAY = date(2030, 6, 3)
SYSTEM = Actor.system("test")
SALE = Sale(1, 2, frozenset({"Milling"}), 50_000, "EUR", DAY)
MILLING, TURNING = Process(pk=1, name="Milling"), Process(pk=2, name="Turning")


def rule(pk: int, **values: Any) -> CommissionRule:
    """A rule that is nowhere saved."""
    given_ = {"starts_on": DAY, "bps": pk, "currency": "EUR", "name": f"rule {pk}", **values}
    return CommissionRule(pk=pk, public_id=f"com_{pk}", **given_)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"manufacturer_id": 1},
        {"buyer_id": 2},
        {"process": MILLING},
        {"from_minor": 50_000},
        {"below_minor": 50_001},
        {"ends_on": DAY},
    ],
)
def test_a_rule_fits_what_it_names(values: dict[str, Any]) -> None:
    assert fitting([rule(1, **values)], SALE)


@pytest.mark.parametrize(
    "values",
    [
        {"manufacturer_id": 2},
        {"buyer_id": 1},
        {"process": TURNING},
        {"from_minor": 50_001},
        {"below_minor": 50_000},
        {"starts_on": DAY + timedelta(days=1)},
        {"starts_on": DAY - timedelta(days=9), "ends_on": DAY - timedelta(days=1)},
        {"currency": "USD"},
    ],
)
def test_a_rule_leaves_everything_else_alone(values: dict[str, Any]) -> None:
    assert not fitting([rule(1, **values)], SALE)


def test_a_process_counts_when_every_line_is_made_by_it() -> None:
    mixed = replace(SALE, processes=frozenset({"Milling", "Turning"}))
    assert not fitting([rule(1, process=MILLING)], mixed)
    assert not fitting([rule(1, process=MILLING)], replace(SALE, processes=frozenset()))


some_rules: st.SearchStrategy[list[dict[str, Any]]] = st.lists(
    st.builds(
        dict,
        manufacturer_id=st.sampled_from([None, 1]),
        buyer_id=st.sampled_from([None, 2]),
        process=st.sampled_from([None, MILLING]),
        from_minor=st.sampled_from([None, 10]),
        ends_on=st.sampled_from([None, DAY]),
    ),
    min_size=1,
    max_size=6,
)


@given(some_rules, st.randoms())
def test_what_names_most_wins_and_of_equals_the_older(
    values: list[dict[str, Any]], chance: Any
) -> None:
    rules = [rule(pk, **one) for pk, one in enumerate(values, start=1)]
    shuffled = rules[:]
    chance.shuffle(shuffled)
    winner = fitting(shuffled, SALE)[0]
    assert terms_of(shuffled, SALE).rule == winner.public_id
    for other in rules:
        assert (named(winner), -winner.pk) >= (named(other), -other.pk)


def test_without_a_rule_the_general_rate_counts() -> None:
    assert terms_of([], SALE) == CommissionTerms(settings.COMMISSION_BPS)


@pytest.fixture
def desk() -> Actor:
    return make_staff_actor()


@pytest.mark.django_db
def test_a_contract_keeps_the_rule_it_was_made_under(
    bea: Persona, milo: Persona, desk: Actor
) -> None:
    today = timezone.localdate()
    made = make_commission_rule(
        actor=desk,
        name="Milo's launch",
        manufacturer=milo.organization,
        currency="EUR",
        starts_on=today,
        bps=500,
        fixed_minor=200,
        minimum_minor=1000,
    )
    order = make_order(bea, milo, "awaiting_payment")
    assert order.commission_terms == CommissionTerms(500, 200, 1000, made.public_id)
    asked = request_payment(actor=SYSTEM, order_id=order.public_id)
    assert asked is not None
    share = (order.total_minor * 500 + 5000) // 10_000
    assert asked.commission_minor == max(1000, share + 200)
    end_commission_rule(actor=desk, public_id=made.public_id, ends_on=today)
    assert rules_on(today) and not rules_on(today + timedelta(days=1))
    order.refresh_from_db()
    assert order.commission_bps == 500


@pytest.mark.django_db
def test_the_promise_of_a_quote_knows_the_rule(bea: Persona, milo: Persona, desk: Actor) -> None:
    make_commission_rule(
        actor=desk,
        name="First buyers",
        buyer=bea.organization,
        starts_on=timezone.localdate(),
        bps=0,
    )
    quote = get_own_quote(milo.actor, submitted(open_rfq(bea, milo), milo).public_id)
    small, large = promises_of(quote)
    assert (small.commission, small.promise.commission_minor) == ("0%", 0)
    assert large.promise.payout_minor == large.promise.total_minor


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"fixed_minor": 100}, "currency"),
        ({"currency": "EUR", "from_minor": 5, "below_minor": 5}, "below_minor"),
        ({"ends_on": DAY - timedelta(days=1)}, "ends_on"),
    ],
)
def test_what_contradicts_itself_is_refused(
    desk: Actor, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        make_commission_rule(actor=desk, name="No", starts_on=DAY, bps=1, **values)
    assert field in refused.value.fields
    assert not CommissionRule.objects.exists() and not Event.objects.filter(
        type="commission_rule_made"
    )


@pytest.mark.django_db
def test_only_staff_make_and_end_rules(bea: Persona, desk: Actor) -> None:
    made = make_commission_rule(actor=desk, name="A", starts_on=DAY, bps=1)
    with pytest.raises(NotAllowed):
        make_commission_rule(actor=bea.actor, name="B", starts_on=DAY, bps=0)
    with pytest.raises(NotAllowed):
        end_commission_rule(actor=bea.actor, public_id=made.public_id, ends_on=DAY)
    for _ in range(2):
        end_commission_rule(actor=desk, public_id=made.public_id, ends_on=DAY)
    facts = Event.objects.filter(subject=made.public_id).order_by("pk")
    assert [fact.type for fact in facts] == ["commission_rule_made", "commission_rule_ended"]


@pytest.mark.django_db
def test_staff_make_a_rule_try_a_sale_and_end_it(sam: Persona, milo: Persona) -> None:
    page = "/admin/orders/commissionrule/"
    values = {
        "name": "Launch",
        "manufacturer": milo.organization.pk,
        "currency": "EUR",
        "starts_on": "2030-06-03",
        "percent": "7.25",
        "fixed_minor": "2",
        "minimum_minor": "5.5",
    }
    wrong = sam.client.post(f"{page}add/", {**values, "percent": "1e400"})
    assert wrong.status_code == 422 and 'value="Launch"' in wrong.content.decode()
    assert sam.client.post(f"{page}add/", values).status_code == 302
    made = CommissionRule.objects.get()
    assert (made.bps, made.fixed_minor, made.minimum_minor) == (725, 200, 550)
    sale = {
        "manufacturer": milo.organization.pk,
        "currency": "EUR",
        "total": "1000",
        "on": "2030-06-04",
    }
    tried = sam.client.post(f"{page}try/", sale).content.decode()
    assert "74.50 EUR" in tried and "Launch" in tried
    assert sam.client.get(f"{page}{made.pk}/change/").status_code == 200
    assert sam.client.post(f"{page}{made.pk}/end/", {"ends_on": "2030-06-03"}).status_code == 302
    assert "the general rate counts" in sam.client.post(f"{page}try/", sale).content.decode()
    assert "7.25% plus 2.00 EUR, at least 5.50 EUR" in sam.client.get(page).content.decode()
