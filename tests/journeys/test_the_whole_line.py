"""From a STEP file to a released payment, by HTTP, as each person would."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone
from PIL import Image

from marketplace.directory.models import Manufacturer
from marketplace.operations.demo_cad import DemoPart
from marketplace.parts.models import Part
from orders.models import Order
from payments.models import PaymentRequest
from payments.sandbox import driver
from quotes.models import RFQ, Quote
from tests.journeys.conftest import Visitor
from tests.orders.scene import SCORES
from tests.payments.conftest import Sandbox
from tests.personas import give_second_factor, make_person

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def upload(path: Path, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, path.read_bytes())


def photo() -> SimpleUploadedFile:
    buffer = BytesIO()
    Image.new("RGB", (300, 200), (90, 120, 150)).save(buffer, "JPEG")
    return SimpleUploadedFile("line.jpg", buffer.getvalue())


def become_verified_shop(shop: Visitor, staff: Visitor, company: str) -> Manufacturer:
    processes = Manufacturer.processes.rel.model.objects.filter(
        code__in=["cnc_milling", "sls", "mjf"]
    )
    materials = Manufacturer.materials.rel.model.objects.filter(code__in=["al_6061", "pl_pa12"])
    shop.post(
        "/portal/profile/",
        {
            "headline": "Milled and printed parts",
            "description": "Parts for robots.",
            "processes": [p.pk for p in processes],
            "materials": [m.pk for m in materials],
            "envelope_x_mm": 600,
            "envelope_y_mm": 500,
            "envelope_z_mm": 400,
            "lead_time_days": 10,
        },
    )
    shop.post(
        "/portal/profile/company/",
        {
            "legal_name": f"{company} GmbH",
            "registration_number": "HRB 12345",
            "vat_id": "DE 136 695 976",
            "website": "",
            "founded_year": 1998,
        },
    )
    shop.post("/portal/profile/apply/")
    profile = Manufacturer.objects.get(organization__name=company)
    staff.post(
        f"/admin/directory/application/{profile.pk}/decide/verify_manufacturer/",
        {"note": "register extract"},
    )
    profile.refresh_from_db()
    assert profile.state == "verified"
    return profile


def fill_quote(shop: Visitor, rfq: RFQ, prices: tuple[str, str], freight: str) -> Quote:
    page = shop.post(f"/portal/requests/{rfq.public_id}/quote/")
    path = page.redirect_chain[-1][0]  # type: ignore[attr-defined]
    form: dict[str, object] = {
        "action": "submit",
        "freight": freight,
        "incoterm": "DAP",
        "valid_until": (timezone.localdate() + timedelta(days=20)).isoformat(),
        "own_number": "A-1",
        "notes": "",
    }
    for line in rfq.lines.all():
        form[f"{line.public_id}-tooling"] = "30.00"
        for quantity, price in zip(line.quantities, prices, strict=True):
            form[f"{line.public_id}-price_{quantity}"] = price
            form[f"{line.public_id}-lead_{quantity}"] = 9
    shop.post(path, form)
    return Quote.objects.get(public_id=path.rstrip("/").split("/")[-1])


def test_from_a_step_file_to_a_released_payment(
    site: str,
    sandbox: Sandbox,
    visitor: Callable[[], Visitor],
    cad: dict[str, DemoPart],
    work: Callable[[], None],
) -> None:
    bea, milo, rita, nils, staff = (visitor() for _ in range(5))

    # 1. A visitor understands, sees the directory, signs up, creates an organization.
    assert b"manufactur" in bea.get("/").content
    bea.get("/manufacturers/")
    bea.sign_up("Bea", "Bea Robotics", is_buyer=True)
    milo.sign_up("Milo", "Milo Machining", is_manufacturer=True)
    rita.sign_up("Rita", "Rita Rapid Parts", is_manufacturer=True)
    nils.sign_up("Nils", "Nils Werkzeugbau", is_manufacturer=True)
    staff.client.force_login(
        give_second_factor(make_person("Sam", is_staff=True, is_superuser=True)),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )

    # 7. (first half) Staff verify the manufacturers; the directory lists them.
    shops = [
        become_verified_shop(who, staff, company)
        for who, company in (
            (milo, "Milo Machining"),
            (rita, "Rita Rapid Parts"),
            (nils, "Nils Werkzeugbau"),
        )
    ]
    work()
    assert b"Milo Machining" in bea.get("/manufacturers/").content

    # 2. The buyer uploads real files; each is read.
    drawing = cad["DP-1005"].drawing_path
    assert drawing is not None
    files = [
        upload(cad["DP-1001"].path, "BRK-1.step"),
        upload(drawing, "BRK-1.pdf"),
        upload(cad["DP-1010"].path, "PUL-1.stl"),
        upload(cad["DP-1012"].path, "CLV-1.3mf"),
        upload(cad["DP-1013"].path, "ARM-1.obj"),
    ]
    bea.post("/parts/upload/", {"files": files})
    work()
    parts = {part.number: part for part in Part.objects.select_related("current")}
    assert set(parts) == {"BRK-1", "PUL-1", "CLV-1", "ARM-1"}
    for part in parts.values():
        assert part.current is not None
        assert (part.current.state, part.current.failure) == ("ready", "")
        assert part.current.preview is not None and part.current.thumbnail is not None
        page = bea.get(f"/parts/{part.public_id}/").content.decode()
        assert "data-viewer" in page and "Volume" in page
    assert parts["BRK-1"].current.drawing_file is not None

    picked = [parts["BRK-1"].public_id, parts["PUL-1"].public_id]
    bea.post("/rfqs/new/", {"parts": picked})
    rfq = RFQ.objects.get()
    form: dict[str, object] = {
        "title": "Brackets and pulleys",
        "currency": "EUR",
        "ship_to": "Bea Robotics, Aachen",
        "deadline": (timezone.now() + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M"),
        "need_by": "",
        "notes": "",
        "invited": [shop.public_id for shop in shops],
        "action": "publish",
    }
    for line, process, material in zip(
        rfq.lines.all(), ("cnc_milling", "sls"), ("al_6061", "pl_pa12"), strict=True
    ):
        form[f"{line.public_id}-process"] = process
        form[f"{line.public_id}-material"] = material
        form[f"{line.public_id}-tolerance"] = "m"
        form[f"{line.public_id}-quantities"] = "5, 50"
    bea.post(f"/rfqs/{rfq.public_id}/edit/", form)
    rfq.refresh_from_db()
    assert rfq.state == "open"
    work()

    # 3. The invited hear of it by mail, open the files, quote; one declines. No rival shows.
    invited = [m for m in mail.outbox if "asks for your price" in m.subject]
    assert sorted(m.to[0] for m in invited) == [
        "milo@example.com",
        "nils@example.com",
        "rita@example.com",
    ]
    link = re.search(r"https?://[^/]+(/portal/requests/\S+)", str(invited[0].body))
    assert link and link[1] == f"/portal/requests/{rfq.public_id}/"
    page = milo.get(link[1]).content.decode()
    step = re.search(r'href="(/files/[^"]+)"[^>]*>(?:(?!</a>).)*BRK-1\.step', page, re.S)
    assert step
    opened = milo.client.get(step[1])
    assert b"".join(opened.streaming_content).startswith(b"ISO-10303-21")  # type: ignore[attr-defined]
    assert rita.client.get(step[1]).status_code == 404
    quote = fill_quote(milo, rfq, ("42.50", "31.1250"), "25")
    fill_quote(rita, rfq, ("47.00", "36.00"), "20")
    nils.post(f"/portal/requests/{rfq.public_id}/decline/", {"reason": "Fully booked until June."})
    work()
    seen_by_milo = milo.get(f"/portal/requests/{rfq.public_id}/").content.decode()
    assert "Rita" not in seen_by_milo and "€47.00" not in seen_by_milo

    # 4. The buyer compares and accepts one; the others are told; the order is a snapshot.
    page = bea.get(f"/rfqs/{rfq.public_id}/").content.decode()
    assert "Milo Machining" in page and "Rita Rapid Parts" in page
    assert "Fully booked until June." in page
    chosen = {f"q_{line.public_id}": 50 for line in rfq.lines.all()}
    accept = f"/rfqs/{rfq.public_id}/quotes/{quote.public_id}/accept/"
    quote.refresh_from_db()
    bea.get(accept, **chosen)
    bea.post(accept, {**chosen, "seen": quote.seen, "po_number": "PO-77"})
    order = Order.objects.get()
    # 2 x (50 x 31.125 rounded) + 2 x 30 tooling + 25 freight
    assert (order.total_minor, order.state) == (2 * 155625 + 6000 + 2500, "awaiting_payment")
    assert bea.post(accept, {**chosen, "seen": quote.seen}, status=409)
    work()
    assert [m.to for m in mail.outbox if "chose another quote" in m.subject] == [
        ["rita@example.com"]
    ]

    # 5. The buyer pays on the hosted page; the signed webhook funds the order; books agree.
    page = bea.post(f"/payments/orders/{order.public_id}/pay/")
    work()
    attempt = PaymentRequest.objects.get(order=order).attempts.get()
    driver.pay(attempt.url)
    sandbox.settle()
    work()
    order.refresh_from_db()
    assert order.state == "placed"
    assert PaymentRequest.objects.get(order=order).state == "funded"

    # 6. Made with evidence, shipped, delivered, accepted, released, reviewed.
    milo.post("/portal/payouts/set-up/")
    work()
    from payments.models import ConnectedAccount

    driver.onboard(ConnectedAccount.objects.get().link_url)
    sandbox.settle()
    work()
    base = f"/portal/orders/{order.public_id}"
    milo.post(f"{base}/advance/confirm_order/")
    milo.post(f"{base}/advance/start_production/")
    milo.post(f"{base}/report/", {"note": "First parts are measured.", "photo": photo()})
    milo.post(f"{base}/advance/finish_production/")
    milo.post(f"{base}/advance/pass_quality_check/")
    milo.post(f"{base}/ship/", {"carrier": "dhl", "tracking_number": "JD 014", "note": ""})
    work()
    page = bea.get(f"/orders/{order.public_id}/").content.decode()
    assert "First parts are measured." in page and "JD014" in page
    bea.post(f"/orders/{order.public_id}/delivery/")
    bea.post(f"/orders/{order.public_id}/accept/")
    work()
    sandbox.settle()
    work()
    order.refresh_from_db()
    assert order.state == "closed"
    transfers = sandbox.calls("POST", "/v1/transfers")
    assert len(transfers) == 1
    call_command("check_ledger")
    bea.post(f"/orders/{order.public_id}/review/", {**SCORES["buyer"], "text": "Just as drawn."})
    assert "Just as drawn." not in milo.get(f"{base}/").content.decode()
    milo.post(f"{base}/review/", {**SCORES["manufacturer"], "text": "Quick decisions."})
    assert "Just as drawn." in milo.get(f"{base}/").content.decode()

    # 7. (second half) Staff see every fact of the order in the admin.
    page = staff.get(f"/admin/orders/order/{order.pk}/change/").content.decode()
    for sentence in ("confirmed the order", "were paid and are held", "accepted the goods"):
        assert sentence in page
