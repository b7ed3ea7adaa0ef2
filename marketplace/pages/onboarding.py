"""The first steps: a buyer's way to the first published request, a shop's to its first quote.

Every tick is computed from real rows, in one query a list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse

from accounts.actor import Actor
from accounts.models import Address, Organization
from accounts.roles import Side
from marketplace.directory.models import Certificate, Manufacturer
from marketplace.directory.rules import missing_facts
from marketplace.directory.states import CertificateState, ManufacturerState
from marketplace.pages.models import HiddenChecklist
from marketplace.parts.models import Part
from quotes.models import RFQ, Invitation, Quote
from quotes.states import RFQState

M = ManufacturerState
# From the application on the list waits for staff, not for the shop.
APPLIED = (M.APPLIED, M.ASKED, M.VERIFIED, M.SUSPENDED, M.CLOSED)


@dataclass(frozen=True)
class Step:
    """One step. `note` says why, `link` is the page on which it is done; an optional one does not
    keep the list open."""

    text: str
    note: str
    link: str
    done: bool
    optional: bool = False


@dataclass(frozen=True)
class Checklist:
    """The steps of one side, in order."""

    side: str
    title: str
    steps: Sequence[Step]
    hidden: bool

    @property
    def is_done(self) -> bool:
        """Whether everything that must be done is."""
        return all(step.done or step.optional for step in self.steps)

    @property
    def needed(self) -> int:
        """How many steps must be done."""
        return sum(not step.optional for step in self.steps)

    @property
    def done(self) -> int:
        """How many of them are."""
        return sum(step.done and not step.optional for step in self.steps)

    @property
    def next_step(self) -> Step | None:
        """The first one that is left, the needed ones before the optional ones."""
        left = [step for step in self.steps if not step.done]
        return next((step for step in left if not step.optional), left[0] if left else None)

    @property
    def is_shown(self) -> bool:
        """Whether it stands on the home page."""
        return not (self.is_done or self.hidden)


def _own(actor: Actor, side: str) -> QuerySet[Any]:
    """The acting organization with what both lists ask."""
    return Organization.objects.filter(pk=actor.company.pk).annotate(
        address_confirmed=Exists(EmailAddress.objects.filter(user=actor.user, verified=True)),
        second_factor=Exists(
            Authenticator.objects.filter(user=actor.user).exclude(
                type=Authenticator.Type.RECOVERY_CODES
            )
        ),
        is_hidden=Exists(
            HiddenChecklist.objects.filter(
                membership__user=actor.user, membership__organization=OuterRef("pk"), side=side
            )
        ),
    )


def _confirm(row: Any) -> Step:
    return Step(
        "Confirm your e-mail address",
        "Everything you are told goes there.",
        reverse("account_email"),
        row.address_confirmed,
    )


def _second_factor(row: Any) -> Step:
    return Step(
        "Protect your sign-in with a second factor",
        "Drawings and money pass through this account.",
        reverse("security"),
        row.second_factor,
        optional=True,
    )


def buyer_checklist(actor: Actor) -> Checklist:
    """From a new organization to its first published request. One query."""
    rfqs = RFQ.objects.filter(organization=OuterRef("pk"))
    drafts = rfqs.filter(state=RFQState.DRAFT).order_by("-pk").values("public_id")[:1]
    row = (
        _own(actor, Side.BUYER)
        .annotate(
            has_address=Exists(Address.objects.filter(organization=OuterRef("pk"))),
            has_part=Exists(Part.objects.filter(organization=OuterRef("pk"))),
            has_rfq=Exists(rfqs),
            has_invited=Exists(Invitation.objects.filter(rfq__organization=OuterRef("pk"))),
            has_published=Exists(rfqs.filter(published_at__isnull=False)),
            draft=Subquery(drafts),
        )
        .get()
    )
    request = reverse("edit_rfq", args=[row.draft]) if row.draft else reverse("create_rfq")
    steps = [
        _confirm(row),
        Step(
            "Complete your company's details",
            "City and country tell manufacturers where parts go.",
            reverse("organization_settings"),
            bool(row.city and row.country),
        ),
        Step(
            "Add a delivery address",
            "Requests start with it, so nobody types it twice.",
            reverse("addresses"),
            row.has_address or bool(row.address.strip()),
        ),
        Step(
            "Upload your first part",
            "A STEP, STL, 3MF or OBJ file; a PDF drawing of the same name joins it.",
            reverse("parts"),
            row.has_part,
        ),
        Step(
            "Prepare a request",
            "Choose parts, process, material and quantities.",
            request,
            row.has_rfq,
        ),
        Step(
            "Choose manufacturers to ask",
            "We show who fits, and say why.",
            request,
            row.has_invited,
        ),
        Step(
            "Publish the request",
            "The manufacturers are told at once. Quotes come to your inbox.",
            request,
            row.has_published,
        ),
        _second_factor(row),
    ]
    return Checklist(Side.BUYER, "Buying: to your first quotes", steps, row.is_hidden)


def portal_checklist(actor: Actor) -> Checklist:
    """From a new organization to a verified profile and its first quote. One query."""
    profiles = Manufacturer.objects.filter(organization=OuterRef("pk"))
    certificates = Certificate.objects.filter(manufacturer__organization=OuterRef("pk"))
    row = (
        _own(actor, Side.MANUFACTURER)
        .annotate(
            standing=Subquery(profiles.values("state")[:1]),
            founded=Subquery(profiles.values("founded_year")[:1]),
            describes=Exists(
                profiles.exclude(description="").filter(
                    processes__isnull=False, materials__isnull=False
                )
            ),
            has_certificate=Exists(certificates.exclude(state=CertificateState.WITHDRAWN)),
            is_paid=Exists(profiles.filter(payouts_enabled=True)),
            has_quoted=Exists(
                Quote.objects.filter(
                    manufacturer__organization=OuterRef("pk"), submitted_at__isnull=False
                )
            ),
        )
        .get()
    )
    applied = row.standing in APPLIED
    steps = [
        _confirm(row),
        Step(
            "State your company's facts",
            "Legal name, register, VAT id: we compare them with the register.",
            reverse("portal_company"),
            applied or (not missing_facts(row) and bool(row.founded)),
        ),
        Step(
            "Describe what you make",
            "Processes, materials and the largest part your machines take decide who finds you.",
            reverse("portal_profile"),
            row.describes,
        ),
        Step(
            "Add your certificates",
            "Requests can ask for them; only checked ones count.",
            reverse("portal_certificates"),
            row.has_certificate,
            optional=True,
        ),
        Step(
            "Apply for verification",
            "Our staff checks your company. Only verified companies are listed and quote.",
            reverse("portal_profile"),
            applied,
        ),
        *_verification(row),
        Step(
            "Send your first quote",
            "Requests that fit you appear under Requests and in your mail.",
            reverse("portal_requests"),
            row.has_quoted,
        ),
        _second_factor(row),
    ]
    return Checklist(Side.MANUFACTURER, "Manufacturing: to your first quote", steps, row.is_hidden)


def _verification(row: Any) -> list[Step]:
    """Payouts are set up while staff check; a question of theirs comes before everything."""
    payouts = Step(
        "Set up payouts",
        "So that you are paid as soon as a buyer accepts your parts.",
        reverse("portal_payouts"),
        row.is_paid,
    )
    page = reverse("portal_profile")
    if row.standing == M.ASKED:
        question = Step("Answer our question", "Your application waits for it.", page, done=False)
        return [question, payouts]
    verified = row.standing == M.VERIFIED
    return [payouts, Step("Get verified by our staff", "We answer by mail.", page, verified)]


def checklists_of(actor: Actor) -> list[Checklist]:
    """The lists of the sides the acting organization has. One query a side."""
    lists = []
    if actor.company.is_buyer:
        lists.append(buyer_checklist(actor))
    if actor.company.is_manufacturer:
        lists.append(portal_checklist(actor))
    return lists
