"""A rate card goes to a spreadsheet and back; a file fills the form and saves nothing."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.roles import Role
from marketplace.core.spreadsheets import read_text
from marketplace.directory.actions.rate_cards import save_rate_card
from marketplace.directory.queries.rate_card import own_rate_card, values_of
from marketplace.directory.rate_fields import Key, RateField, Section, field_name
from marketplace.directory.rate_sheet import read_rows, rows_of
from tests.personas import Persona, make_member

PAGE = "/portal/profile/rates/"
MILL: Key = ("cnc_milling", "3-axis mill")
SECTIONS = [Section("Machines", "", (RateField(*MILL, "3-axis mill", "EUR/h"),))]


def csv_file(text: str, name: str = "card.csv") -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile(name, text.encode())}


def test_what_is_written_is_read_back() -> None:
    rows = rows_of(SECTIONS, {"currency": "EUR", "margin_percent": "18"}, {MILL: Decimal("75.50")})
    values, faults = read_rows(rows, SECTIONS)
    assert faults == []
    assert values[field_name(*MILL)] == "75.5"
    assert (values["currency"], values["margin_percent"], values["minimum_charge"]) == (
        "EUR",
        "18",
        "",
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "empty"),
        ("Kind,Value\na,1", "no item"),
        ("Kind,Item,Value\ncnc_milling,laser,1", "Row 2: your card has no figure"),
        ("Kind,Item,Unit,Value\ncnc_milling,3-axis mill,USD/h,1", "is given in EUR/h"),
        ("Kind,Item,Value\ncard,currency,EUR\ncard,currency,USD", "Row 3: card currency stands"),
        ("Kind,Item,Value\ncnc_milling", "no figure cnc_milling ."),
    ],
)
def test_what_is_not_understood_gets_a_sentence(text: str, fault: str) -> None:
    _, faults = read_rows(read_text(text, most_rows=10), SECTIONS)
    assert len(faults) == 1 and fault in faults[0]


def test_a_file_fills_the_form_and_saves_nothing(milo: Persona) -> None:
    save_rate_card(
        actor=milo.actor, currency="EUR", rates={MILL: Decimal(75), ("discount", "100"): Decimal(5)}
    )
    sheet = milo.client.get(f"{PAGE}rate-card.csv")
    text = sheet.content.decode("utf-8-sig")
    assert "cnc_milling,3-axis mill" in text and sheet["Content-Disposition"].startswith("attach")
    changed = "Kind,Item,Value\ncnc_milling,3-axis mill,81.5"
    answer = milo.client.post(f"{PAGE}import/", csv_file(changed))
    page = answer.content.decode()
    assert answer.status_code == 200 and "Filled from card.csv, not saved yet" in page
    assert 'value="81.5"' in page and 'value="5"' in page
    saved = values_of(own_rate_card(milo.actor))
    assert saved[MILL] == Decimal(75)
    whole = milo.client.post(f"{PAGE}import/", csv_file(text))
    assert whole.status_code == 200 and 'value="75"' in whole.content.decode()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\x00\x01",
        "Kind,Item,Value\ncnc_milling,3-axis mill,a lot",
        "Kind,Item,Value\ncnc_milling,3-axis mill,-5",
        "Kind,Item,Value\nnothing,<script>alert(1)</script>,5",
        'Kind,Item,Value\n"open',
        "\n".join(["Kind,Item,Value"] * 1500),
    ],
)
def test_bad_files_are_answered_in_the_page(milo: Persona, content: str) -> None:
    answer = milo.client.post(f"{PAGE}import/", csv_file(content))
    assert answer.status_code == 422
    assert "<script>alert" not in answer.content.decode()
    assert milo.client.post(f"{PAGE}import/").status_code == 422
    assert own_rate_card(milo.actor) is None


def test_who_may(bea: Persona, milo: Persona) -> None:
    quoter = make_member(milo, "Quinn", Role.QUOTER)
    assert quoter.client.get(f"{PAGE}rate-card.csv").status_code == 200
    assert quoter.client.post(f"{PAGE}import/", csv_file("x")).status_code == 403
    viewer = make_member(milo, "Vic", Role.VIEWER)
    assert viewer.client.get(f"{PAGE}rate-card.csv").status_code == 403
    assert bea.client.get(f"{PAGE}rate-card.csv").status_code == 404
    assert milo.client.get(f"{PAGE}import/").status_code == 405
