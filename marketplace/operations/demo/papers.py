"""The demo's certificates: a page of paper each, added and checked through the real actions."""

from datetime import date
from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from accounts.actor import Actor
from marketplace.directory.actions.certificates import add_certificate, check_certificate
from marketplace.directory.models import Certification

PAGE = (1240, 1754)
INK = (24, 34, 52)


def add_paper(
    shop: Actor, code: str, *, number: str, scope: str, issued_on: date, expires_on: date
) -> str:
    """Add one certificate for the shop; its public id. It waits for staff."""
    certification = Certification.objects.get(code=code)
    company = shop.company
    text = [
        "DEMO CERTIFICATION BODY",
        "",
        certification.name,
        "",
        f"Certificate {number}",
        f"Holder: {company.legal_name or company.name}, {company.city}",
        f"Scope: {scope}",
        f"Valid from {issued_on} to {expires_on}",
        "",
        "Made for demonstration. It certifies nothing.",
    ]
    return add_certificate(
        actor=shop,
        certification=certification,
        number=number,
        body="Demo certification body",
        scope=scope,
        facility=company.city,
        issued_on=issued_on,
        expires_on=expires_on,
        upload=ContentFile(_page(text), name=f"{number}.pdf"),
    ).public_id


def check_paper(staff: Actor, public_id: str) -> None:
    """Staff compared it with the file."""
    check_certificate(actor=staff, public_id=public_id)


def _page(lines: list[str]) -> bytes:
    image = Image.new("RGB", PAGE, "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 60, PAGE[0] - 60, PAGE[1] - 60), outline=INK, width=4)
    for row, line in enumerate(lines):
        draw.text((140, 200 + 90 * row), line, fill=INK, font_size=44 if row in (0, 2) else 30)
    buffer = BytesIO()
    image.save(buffer, "PDF", resolution=150)
    return buffer.getvalue()
