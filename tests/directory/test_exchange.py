"""Exchange rates: read from the bank's files, kept a day at a time, unknown when old."""

import http.server
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.actor import Actor
from marketplace.core.errors import Conflict, DomainError, NotAllowed
from marketplace.core.models import Event
from marketplace.directory.actions.exchange import take_rates
from marketplace.directory.exchange import Rates, exchanged, rate_between
from marketplace.directory.models import ExchangeRate
from marketplace.directory.queries.exchange import current_rates
from marketplace.directory.rate_files import DATA, read_rates
from marketplace.directory.tasks import fetch_exchange_rates
from quotes.comparison import Exchange
from tests.personas import Persona

TIMER = Actor.system("test")
CODES = st.sampled_from(["EUR", "USD", "GBP"])
FIGURES = st.decimals("0.0001", "1000", places=4)


def xml(day: str, usd: str = "1.1664", gbp: str = "0.8555") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><gesmes:Envelope '
        'xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" '
        'xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><Cube>'
        f"<Cube time='{day}'><Cube currency='USD' rate='{usd}'/>"
        f"<Cube currency='GBP' rate='{gbp}'/><Cube currency='XYZ' rate='2'/></Cube>"
        "</Cube></gesmes:Envelope>"
    ).encode()


def today_xml(**rates: str) -> bytes:
    return xml(timezone.localdate().isoformat(), **rates)


RATES = Rates(date(2026, 8, 24), "test", {"USD": Decimal("1.1664"), "GBP": Decimal("0.8555")})


def test_an_amount_crosses_through_the_euro_and_is_rounded_once_half_up() -> None:
    there = rate_between("EUR", "USD", RATES)
    assert there is not None
    assert exchanged(10_000, there) == 11664
    rate = rate_between("USD", "GBP", RATES)
    assert rate is not None
    assert exchanged(10_000, rate) == 7335  # 100 / 1.1664 * 0.8555 = 73.345...
    assert rate.rate == Decimal("0.73345336")
    assert (rate.date, rate.source) == (RATES.date, "test")
    half = rate_between("EUR", "USD", Rates(RATES.date, "test", {"USD": Decimal("1.5")}))
    assert half is not None
    assert exchanged(1, half) == 2


def test_what_is_not_known_has_no_rate_and_the_same_currency_needs_none() -> None:
    assert Exchange("USD").into(5, "USD") == 5
    assert Exchange("EUR").into(5, "USD") is None
    assert rate_between("USD", "USD", RATES) is None
    assert rate_between("USD", "EUR", None) is None
    assert rate_between("USD", "GBP", Rates(RATES.date, "t", {"USD": Decimal(2)})) is None


@given(st.integers(0, 10**11), st.integers(0, 10**11), CODES, CODES, FIGURES, FIGURES)
def test_exchange_keeps_order_and_is_within_half_a_cent(
    one: int, other: int, origin: str, target: str, usd: Decimal, gbp: Decimal
) -> None:
    exchange = Exchange(target, Rates(RATES.date, "t", {"USD": usd, "GBP": gbp}))
    first, second = exchange.into(one, origin), exchange.into(other, origin)
    assert first is not None
    assert second is not None
    assert (one <= other) <= (first <= second)
    rate = exchange.rate(origin)
    if rate is not None:
        assert abs(first - one * rate.rate) <= Decimal("0.5")


def test_the_rates_it_starts_with_are_of_a_published_day() -> None:
    assert read_rates(DATA.read_bytes()) == Rates(
        date(2026, 8, 24),
        "European Central Bank, euro reference rates",
        {"USD": Decimal("1.1664"), "GBP": Decimal("0.8555")},
    )


def test_the_newest_day_of_a_history_counts() -> None:
    history = b"Date,USD,GBP,\n2026-08-21,1.1699,0.8567,\n2026-08-20,1.1681,N/A,\n"
    assert read_rates(history).date == date(2026, 8, 21)
    assert read_rates(history).per_euro["GBP"] == Decimal("0.8567")


BOMB = b'<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><Cube><Cube time="&z;"/></Cube>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"<Cube",
        b"<Cube/>",
        BOMB,
        b"Date, USD\n",
        b"Name, USD\n1, 2\n",
        b"Date, USD\nsoon, 1.2\n",
        b"Date, JPY\n24 August 2026, 185.6\n",
        xml("2026-08-24", usd="0"),
        xml("2026-08-24", usd="-1"),
        xml("2026-08-24", usd="NaN"),
        xml("2026-08-24", usd="Infinity"),
        xml("2026-08-24", usd="1e99"),
        xml("2026-08-24", usd="1,16"),
        b"x" * (1024 * 1024 + 1),
    ],
)
def test_another_file_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(DomainError, match=r"[A-Z].*\."):
        read_rates(content)


@pytest.mark.django_db
def test_a_day_is_kept_once_and_told_once() -> None:
    content = today_xml(usd="1.2", gbp="0.9")
    take_rates(actor=TIMER, content=content)
    take_rates(actor=TIMER, content=content)
    found = current_rates()
    assert found is not None
    assert found.per_euro == {"USD": Decimal("1.2"), "GBP": Decimal("0.9")}
    (fact,) = Event.objects.filter(type="exchange_rates_taken")
    assert fact.data["rates"] == {"USD": "1.2", "GBP": "0.9"}
    with pytest.raises(Conflict, match="not changed"):
        take_rates(actor=TIMER, content=today_xml(usd="1.21"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "words"),
    [(xml("2999-01-01"), "still to come"), (xml("2026-08-25", usd="11.664"), "check the file")],
)
def test_a_day_that_cannot_be_is_refused(content: bytes, words: str) -> None:
    day = {"currency": "USD", "date": date(2026, 8, 24)}
    ExchangeRate.objects.get_or_create(**day, defaults={"rate": Decimal("1.16"), "source": "A"})
    before = ExchangeRate.objects.count()
    with pytest.raises(DomainError, match=words):
        take_rates(actor=TIMER, content=content)
    assert ExchangeRate.objects.count() == before


@pytest.mark.django_db
def test_customers_enter_no_rates(bea: Persona, milo: Persona) -> None:
    for person in (bea, milo):
        with pytest.raises(NotAllowed):
            take_rates(actor=person.actor, content=today_xml())
    assert not Event.objects.filter(type="exchange_rates_taken").exists()


@pytest.mark.django_db
def test_an_old_rate_is_no_rate(settings: object, django_assert_num_queries: object) -> None:
    settings.EXCHANGE_RATE_MAX_AGE_DAYS = 7  # type: ignore[attr-defined]
    ExchangeRate.objects.all().delete()
    today = timezone.localdate()
    take_rates(actor=TIMER, content=xml((today - timedelta(days=7)).isoformat()))
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert current_rates() is not None
    assert current_rates(today + timedelta(days=1)) is None
    assert current_rates(today - timedelta(days=8)) is None


@pytest.fixture
def provider() -> Iterator[http.server.HTTPServer]:
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response({"/ok": 200, "/away": 302}.get(self.path, 500))
            self.send_header("Location", "/ok")
            self.end_headers()
            self.wfile.write(today_xml())

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.django_db
def test_the_timer_fetches_the_day_where_a_provider_is_set(
    settings: object, provider: http.server.HTTPServer
) -> None:
    settings.EXCHANGE_RATE_URL = ""  # type: ignore[attr-defined]
    fetch_exchange_rates()
    assert not ExchangeRate.objects.filter(date=timezone.localdate()).exists()
    for path in ("/away", "/fault"):
        settings.EXCHANGE_RATE_URL = f"http://127.0.0.1:{provider.server_port}{path}"  # type: ignore[attr-defined]
        with pytest.raises(DomainError, match="did not answer"):
            fetch_exchange_rates()
    settings.EXCHANGE_RATE_URL = f"http://127.0.0.1:{provider.server_port}/ok"  # type: ignore[attr-defined]
    fetch_exchange_rates()
    assert ExchangeRate.objects.filter(date=timezone.localdate()).count() == 2


@pytest.mark.django_db
def test_staff_upload_a_file(sam: Persona, bea: Persona) -> None:
    client = Client()
    client.force_login(sam.user)
    address = "/admin/directory/exchangerate/add/"
    assert b"eurofxref-daily.xml" in client.get(address).content
    bad = client.post(address, {"file": SimpleUploadedFile("a.csv", b"a,b\n1,2\n")})
    assert bad.status_code == 422
    assert b"no file of reference rates" in bad.content
    good = client.post(address, {"file": SimpleUploadedFile("a.xml", today_xml())}, follow=True)
    assert "are in." in good.content.decode()
    client.force_login(bea.user)
    assert client.get(address).status_code in (302, 403, 404)


def test_a_file_is_loaded_by_command_and_its_faults_are_sentences(db: None, tmp_path: Path) -> None:
    path = tmp_path / "rates.xml"
    path.write_bytes(today_xml())
    for _ in range(2):
        said = StringIO()
        call_command("load_exchange_rates", path, stdout=said)
        assert "USD 1.1664 for 1 EUR" in said.getvalue()
    assert ExchangeRate.objects.filter(date=timezone.localdate()).count() == 2
    assert Event.objects.filter(type="exchange_rates_taken").count() == 1
    path.write_bytes(today_xml(usd="1.2"))
    with pytest.raises(CommandError, match="already"):
        call_command("load_exchange_rates", path)
    path.write_bytes(b"\x00nothing")
    with pytest.raises(CommandError):
        call_command("load_exchange_rates", path)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_exchange_rates", tmp_path / "none.xml")
