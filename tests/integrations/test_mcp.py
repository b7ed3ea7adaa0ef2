"""An assistant over the Model Context Protocol: reads and proposes, and cannot write."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import CommandError, call_command

from marketplace.core.models import Event
from marketplace.integrations.mcp.caller import Caller, Refused
from marketplace.integrations.mcp.tools import proposing_tools, reading_tools
from orders.models import Order
from quotes.models import RFQ
from tests.api.scene import Api, make_part, open_rfq, sent_quote
from tests.payments.conftest import ROOT
from tests.personas import Persona

READING = {"find_parts", "read_analysis", "list_requests", "read_comparison", "read_order"}
PROPOSING = {"propose_request", "propose_award", "propose_quote"}
Call = tuple[str, Mapping[str, Any]]


def talk(site: str, token: str, *calls: Call) -> list[Any]:
    """What a client of the SDK gets over stdio: the tools, then an answer for each call."""
    from mcp import Client
    from mcp.client.stdio import StdioServerParameters

    server = StdioServerParameters(
        command=sys.executable,
        args=["manage.py", "mcp"],
        cwd=str(ROOT),
        env={
            "PATH": os.environ["PATH"],
            "ENVIRONMENT": "testing",
            "MCP_ENABLED": "on",
            "MCP_TOKEN": token,
            "SITE_URL": site,
        },
    )

    async def conversation() -> list[Any]:
        async with Client(server, read_timeout_seconds=120) as client:
            answers: list[Any] = [await client.list_tools()]
            for name, arguments in calls:
                answers.append(await client.call_tool(name, dict(arguments)))
            return answers

    # In a thread of its own: tests that drove a browser leave a running loop in this one.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(conversation())).result()


@pytest.mark.django_db(transaction=True)
def test_an_assistant_reads_and_proposes_over_stdio(
    live_server: Any, bea: Persona, milo: Persona
) -> None:
    part = make_part(bea, "housing")
    rfq = open_rfq(bea, [milo], "bracket")
    quote = sent_quote(milo, rfq)
    line = rfq.lines.get().public_id
    token = Api(bea).headers["Authorization"].removeprefix("Bearer ")
    facts = Event.objects.count()
    award = {
        "request": rfq.public_id,
        "quote": quote.public_id,
        "quantities": {line: 10},
        "seen": quote.seen,
    }
    tools, found, analysis, asked, compared, proposed, awarded, stale, foreign = talk(
        live_server.url,
        token,
        ("find_parts", {"text": "housing"}),
        ("read_analysis", {"part": part.public_id}),
        ("list_requests", {"state": "open"}),
        ("read_comparison", {"request": rfq.public_id}),
        ("propose_request", {"part_ids": [part.public_id], "title": "Housings"}),
        ("propose_award", award),
        ("propose_award", {**award, "seen": "another"}),
        ("read_order", {"order": "ord_of_somebody"}),
    )
    assert {tool.name for tool in tools.tools} == READING | PROPOSING
    assert all(tool.annotations.read_only_hint for tool in tools.tools)
    assert [row["number"] for row in found.structured_content["results"]] == ["housing"]
    assert analysis.structured_content["part"]["id"] == part.public_id
    assert [row["id"] for row in asked.structured_content["results"]] == [rfq.public_id]
    assert compared.structured_content["quotes"][0]["quote"] == quote.public_id
    assert proposed.structured_content["it_would_answer"]["title"] == "Housings"
    assert awarded.structured_content["it_would_answer"]["state"] == "awaiting_payment"
    call = awarded.structured_content["to_do_it_a_person_sends"]
    assert call["path"] == f"/api/v1/rfqs/{rfq.public_id}/quotes/{quote.public_id}/accept/"
    assert stale.is_error and "changed" in stale.content[0].text
    assert foreign.is_error and foreign.content[0].text
    assert not Order.objects.exists() and RFQ.objects.count() == 1
    assert Event.objects.count() == facts


@pytest.mark.django_db(transaction=True)
def test_a_shop_proposes_a_quote_and_nothing_is_saved(
    live_server: Any, bea: Persona, milo: Persona
) -> None:
    rfq = open_rfq(bea, [milo], "bracket")
    quote = sent_quote(milo, rfq)
    shop = Api(milo)
    assert shop.post(f"/quotes/{quote.public_id}/reopen/").status_code == 200
    before = shop.get(f"/quotes/{quote.public_id}/").json()
    caller = Caller(live_server.url, shop.headers["Authorization"].removeprefix("Bearer "))
    propose_quote = proposing_tools(caller)[2]
    prices = [{"quantity": 10, "unit_price": "7.5000", "lead_time_days": 5}]
    answer = propose_quote(
        quote.public_id,
        currency="EUR",
        valid_until=before["valid_until"],
        lines=[{"rfq_line": rfq.lines.get().public_id, "prices": prices}],
    )
    assert answer["nothing_was_changed"]
    assert answer["it_would_answer"]["lines"][0]["prices"][0]["unit_price"] == "7.5000"
    assert shop.get(f"/quotes/{quote.public_id}/").json() == before


@pytest.mark.django_db(transaction=True)
def test_a_list_is_read_page_by_page(live_server: Any, bea: Persona) -> None:
    for number in ("one", "two", "three"):
        make_part(bea, number)
    token = Api(bea).headers["Authorization"].removeprefix("Bearer ")
    find_parts = reading_tools(Caller(live_server.url, token))[0]
    first = find_parts(page_size=2)
    cursor = parse_qs(urlsplit(first["next"]).query)["cursor"][0]
    second = find_parts(page_size=2, cursor=cursor)
    numbers = [row["number"] for page in (first, second) for row in page["results"]]
    assert numbers == ["three", "two", "one"]


def test_an_id_leads_to_no_other_operation() -> None:
    caller = Caller("http://127.0.0.1:1", "mkt_x")
    for id_ in ("", "..", "."):
        with pytest.raises(Refused, match="An id is missing"):
            caller.read("orders", id_)
    with pytest.raises(Refused, match="does not answer"):
        caller.read("orders", "../rfqs")


@pytest.mark.parametrize("dry", ["", "true"])
def test_the_token_follows_no_redirect_and_a_write_must_be_confirmed_as_tried(dry: str) -> None:
    asked: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "/other/")
            self.end_headers()

        def do_POST(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            if dry:
                self.send_header("Dry-Run", dry)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        caller = Caller(f"http://127.0.0.1:{server.server_port}", "mkt_x")
        with pytest.raises(Refused, match="302"):
            caller.read("parts")
        if dry:
            assert caller.propose("POST", "rfqs", body={})["nothing_was_changed"]
        else:
            with pytest.raises(Refused, match="did not confirm"):
                caller.propose("POST", "rfqs", body={})
        server.shutdown()
    assert asked == ["/api/v1/parts/", "/api/v1/rfqs/?dry_run=true"]


def test_the_server_is_off_until_it_is_switched_on_and_has_a_token(settings: Any) -> None:
    assert settings.MCP_ENABLED is False
    with pytest.raises(CommandError, match="MCP_ENABLED"):
        call_command("mcp")
    settings.MCP_ENABLED = True
    with pytest.raises(CommandError, match="MCP_TOKEN"):
        call_command("mcp")


def test_only_the_command_loads_the_protocol() -> None:
    code = "import django, sys; django.setup(); import config.urls; sys.exit('mcp' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        check=False,
    )
    assert done.returncode == 0
