"""A shop's rate card: its members write and read it, nobody else knows of it."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.directory.actions.rate_cards import save_rate_card
from marketplace.directory.actions.verification import close_manufacturer
from marketplace.directory.models import Material, RateCard
from marketplace.directory.queries.rate_card import own_rate_card, rate_sections, values_of
from marketplace.directory.rate_fields import Key, field_name
from tests.api.scene import Api
from tests.personas import Persona, make_member, make_staff_actor

PAGE = "/portal/profile/rates/"
MILL: Key = ("cnc_milling", "3-axis mill")


def save(who: Persona, **rates: object) -> RateCard:
    values: dict[str, object] = {"currency": "EUR", "rates": {MILL: Decimal("75.5")}, **rates}
    return save_rate_card(actor=who.actor, **values)  # type: ignore[arg-type]


def stored(who: Persona) -> dict[Key, Decimal]:
    return values_of(own_rate_card(who.actor))


def test_it_is_written_whole_and_recorded_without_its_figures(milo: Persona) -> None:
    made = save(milo, minimum_charge_minor=5000, margin_percent=Decimal(20))
    save(milo, rates={MILL: Decimal(80), ("discount", "100"): Decimal(5)})
    assert stored(milo) == {MILL: Decimal(80), ("discount", "100"): Decimal(5)}
    made.refresh_from_db()
    assert (made.minimum_charge_minor, made.margin_percent) == (0, 0)
    told = Event.objects.filter(subject=made.public_id)
    assert [(event.type, event.data) for event in told] == [("rate_card_changed", {})] * 2
    assert RateCard.objects.count() == 1


def test_only_the_shop_itself_writes_and_reads(bea: Persona, milo: Persona, rita: Persona) -> None:
    save(milo)
    assert own_rate_card(rita.actor) is None
    quoter = make_member(milo, "Quinn", Role.QUOTER)
    assert own_rate_card(quoter.actor) is not None
    with pytest.raises(NotAllowed):
        save(quoter, rates={})
    viewer = make_member(milo, "Vic", Role.VIEWER)
    for refused in (lambda: own_rate_card(viewer.actor), lambda: save(viewer, rates={})):
        with pytest.raises(NotAllowed):
            refused()
    for stranger in (bea.actor, make_staff_actor()):
        with pytest.raises(NotFound):
            own_rate_card(stranger)
        with pytest.raises(NotFound):
            save_rate_card(actor=stranger, currency="EUR", rates={})
    assert stored(milo) == {MILL: Decimal("75.5")}


def test_a_closed_profile_keeps_its_card_as_it_is(milo: Persona) -> None:
    save(milo)
    close_manufacturer(actor=make_staff_actor(), public_id=milo.manufacturer.public_id)
    with pytest.raises(DomainError, match="closed"):
        save(milo, rates={})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (MILL, "-1"),
        (MILL, "NaN"),
        (MILL, "1000001"),
        (MILL, "1.00001"),
        (("lead_days", "cnc_milling"), "0"),
        (("lead_days", "cnc_milling"), "2.5"),
        (("time_percent", "cnc_milling"), "0"),
        (("discount", "10"), "100"),
    ],
)
def test_a_figure_that_cannot_be_is_refused_beside_its_field(
    milo: Persona, key: Key, value: str
) -> None:
    with pytest.raises(DomainError) as refused:
        save(milo, rates={key: Decimal(value)})
    assert list(refused.value.fields) == [field_name(*key)]
    assert not RateCard.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"currency": "JPY"},
        {"minimum_charge_minor": -1},
        {"margin_percent": Decimal("NaN")},
        {"markup_percent": Decimal(501)},
        {"rates": {("die_casting", "press"): Decimal(1)}},
        {"rates": {("discount", "10"): Decimal(5), ("discount", "100"): Decimal(3)}},
    ],
)
def test_a_card_that_cannot_be_is_refused(milo: Persona, wrong: dict[str, object]) -> None:
    with pytest.raises(DomainError):
        save(milo, **wrong)
    assert not RateCard.objects.exists()


def test_figures_of_a_process_one_no_longer_runs_stay_until_the_currency_changes(
    milo: Persona,
) -> None:
    save(milo, rates={("material", "stainless"): Decimal(6)})
    milo.manufacturer.materials.set(Material.objects.filter(code="al_6061"))
    save(milo)
    assert stored(milo).keys() == {MILL, ("material", "stainless")}
    save(milo, currency="USD")
    assert stored(milo) == {MILL: Decimal("75.5")}


def test_published_figures_are_copied_in_their_own_currency_only(milo: Persona) -> None:
    def mill(currency: str) -> tuple[str, Decimal | None]:
        sections = rate_sections(milo.manufacturer, currency)
        found = next(f for s in sections for f in s.fields if f.key == MILL)
        return found.published, found.start

    assert mill("USD") == ("50 to 80 USD/h (MT1)", Decimal(65))
    assert mill("EUR") == ("50 to 80 USD/h (MT1)", None)
    fields = [f for s in rate_sections(milo.manufacturer, "USD") for f in s.fields]
    assert next(f for f in fields if f.key == ("material", "aluminum")).start == Decimal("4.41")
    assert len({f.name for f in fields}) == len(fields)


def test_the_page_keeps_what_was_typed_and_says_what_is_wrong(milo: Persona) -> None:
    body = {"currency": "EUR", field_name(*MILL): "75,5", "margin_percent": "15"}
    answer = milo.client.post(PAGE, body)
    assert answer.status_code == 422
    assert b'value="75,5"' in answer.content
    assert b"without a thousands comma" in answer.content
    assert milo.client.post(PAGE, body | {field_name(*MILL): "75.5"}).status_code == 302
    page = milo.client.get(PAGE).content.decode()
    assert 'value="75.5"' in page
    assert "50 to 80 USD/h (MT1)" in page


def test_starting_from_published_figures_saves_nothing(milo: Persona) -> None:
    page = milo.client.get(PAGE + "?start=published").content.decode()
    assert "not saved yet" in page
    assert f'name="{field_name("setup_hours", "cnc_milling")}" value="0.75"' in page
    assert not RateCard.objects.exists()


def test_the_page_takes_a_constant_number_of_queries(milo: Persona) -> None:
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert milo.client.get(PAGE).status_code == 200
        return len(seen)

    milo.client.get(PAGE)
    save(milo, rates={})
    empty = count()
    save(milo, rates={MILL: Decimal(1), ("material", "stainless"): Decimal(2)})
    assert count() == empty


def test_programs_write_and_read_it(milo: Persona, rita: Persona) -> None:
    api = Api(milo)
    url = "/manufacturer/rate-card/"
    assert api.get(url).status_code == 404
    mill = {"kind": MILL[0], "item": MILL[1], "value": "75.5000"}
    answer = api.put(url, {"currency": "EUR", "margin_percent": "12.50", "rates": [mill]})
    assert answer.status_code == 200, answer.json()
    assert api.get(url).json()["rates"] == [mill]
    assert api.put(url, {"currency": "EUR", "rates": [mill, mill]}).status_code == 422
    assert api.put(url, {"currency": "EUR", "rates": [{**mill, "item": "x"}]}).status_code == 422
    assert Api(rita).get(url).status_code == 404


def test_no_page_of_others_says_anything_of_it(bea: Persona, milo: Persona, rita: Persona) -> None:
    save(milo, rates={MILL: Decimal("93.4711")})
    for who, url in (
        (bea, f"/manufacturers/{milo.manufacturer.slug}/"),
        (rita, PAGE),
        (rita, "/portal/"),
    ):
        assert b"93.47" not in who.client.get(url).content
