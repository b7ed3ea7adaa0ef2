"""The demo's request under an NDA, one open to every shop, and an answered question."""

from datetime import timedelta

from django.utils import timezone

from marketplace.directory.models import Certification, Manufacturer, Material, Process
from marketplace.messaging.actions import Spot
from marketplace.operations.demo import BUYER, MANUFACTURER, RIVAL
from marketplace.operations.demo.people import actor
from marketplace.operations.demo.work import work
from quotes.actions.publication import publish_rfq
from quotes.actions.questions import ask_question, publish_answer
from quotes.actions.rfq import Draft, Header, LineDraft, create_rfq, save_rfq
from quotes.actions.secrecy import write_nda
from quotes.models import RFQ
from quotes.queries import lines_of

OPEN_TO_ALL = "Lever arms, open to every matching shop"
UNDER_NDA = "Valve block for a new product"
ASKED_ABOUT = "Sensor head: housing and lid"
NDA_TEXT = """Whoever opens the files of this request keeps them and what they show to themselves.

1. The files are used to make an offer and, after an order, to make the parts; for nothing else.
2. They are shown only to people of your company who need them for that, and to nobody outside.
3. When no order follows, copies are deleted within 30 days.
4. This holds for five years from the day you accept."""


def add_talks(parts: dict[str, str]) -> None:
    """All three, unless an earlier run added them."""
    buyer = actor(BUYER)
    if RFQ.objects.filter(organization=buyer.organization, title=UNDER_NDA).exists():
        return
    _secret_request(parts)
    _open_request(parts)
    _answered_question()
    work()


def _secret_request(parts: dict[str, str]) -> None:
    buyer = actor(BUYER)
    nda = write_nda(actor=buyer, text=NDA_TEXT)
    rfq = create_rfq(actor=buyer, part_ids=[parts["DP-1008"]], title=UNDER_NDA)
    shops = Manufacturer.objects.filter(
        organization__memberships__user__in=[actor(MANUFACTURER).user, actor(RIVAL).user]
    )
    (line,) = lines_of(rfq)
    draft = Draft(
        Header(
            title=UNDER_NDA,
            currency="EUR",
            ship_to=rfq.ship_to,
            need_by=timezone.localdate() + timedelta(days=60),
            deadline=timezone.now() + timedelta(days=12),
            is_sealed=True,
            nda=nda,
            certifications=list(Certification.objects.filter(code="iso_9001")),
        ),
        [
            LineDraft(
                line.public_id,
                Process.objects.get(code="cnc_milling"),
                Material.objects.get(code="al_7075"),
                threads="G1/4, 6 places",
                quantities=(5, 25),
            )
        ],
        [shop.public_id for shop in shops],
    )
    save_rfq(actor=buyer, public_id=rfq.public_id, draft=draft)
    publish_rfq(actor=buyer, public_id=rfq.public_id)


def _open_request(parts: dict[str, str]) -> None:
    """Nobody is invited: verified shops that match find it among their open requests."""
    buyer = actor(BUYER)
    rfq = create_rfq(actor=buyer, part_ids=[parts["DP-1013"]], title=OPEN_TO_ALL)
    (line,) = lines_of(rfq)
    header = Header(
        title=OPEN_TO_ALL,
        currency="EUR",
        ship_to=rfq.ship_to,
        need_by=timezone.localdate() + timedelta(days=50),
        deadline=timezone.now() + timedelta(days=10),
        visibility=RFQ.Visibility.OPEN,
    )
    wanted = LineDraft(
        line.public_id,
        Process.objects.get(code="cnc_milling"),
        Material.objects.get(code="al_7075"),
        quantities=(10, 100),
    )
    save_rfq(actor=buyer, public_id=rfq.public_id, draft=Draft(header, [wanted], []))
    publish_rfq(actor=buyer, public_id=rfq.public_id)


def _answered_question() -> None:
    buyer = actor(BUYER)
    rfq = RFQ.objects.get(organization=buyer.organization, title=ASKED_ABOUT)
    line = lines_of(rfq)[0]
    message = ask_question(
        actor=actor(MANUFACTURER),
        rfq_id=rfq.public_id,
        text="May this outer edge be broken by 0.3 mm instead of sharp?",
        spot=Spot(line.public_id, (0.0, 0.0, 0.0)),
    )
    publish_answer(
        actor=buyer,
        rfq_id=rfq.public_id,
        question="May outer edges be broken?",
        answer="Yes, 0.2 to 0.5 mm on all outer edges.",
        message_id=message.public_id,
    )
