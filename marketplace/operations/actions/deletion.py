"""Deleting a person: asked, thought over for some days, carried out once and for good."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.actions.account_mail import write_mail
from accounts.actions.forgetting import anonymize_person, blank_organization
from accounts.actor import Actor
from accounts.models import Organization, User
from accounts.privacy import FORMER
from accounts.roles import Role, Side
from marketplace.core.errors import NotAllowed, NotFound
from marketplace.core.events import record
from marketplace.core.history import names_in_history, scrubber, take_name_out_of_history
from marketplace.core.models import Sighting
from marketplace.core.states import move
from marketplace.directory.actions.forgetting import forget_profile
from marketplace.directory.actions.supplier_lists import forget_supplier_lists
from marketplace.files.actions import erase_files
from marketplace.files.models import StoredFile
from marketplace.integrations.browser_push import forget_browsers
from marketplace.messaging.actions import forget_reading
from marketplace.notifications.actions import (
    forget_notifications,
    take_name_out_of_notifications,
)
from marketplace.operations import events
from marketplace.operations.actions.status_mails import forget_status_mails
from marketplace.operations.models import DataExport, DeletionRequest
from marketplace.operations.rules import (
    check_can_be_deleted,
    hindrances,
    organizations_left_empty,
)
from marketplace.operations.states import DELETION, PERSON, DeletionState
from marketplace.parts.actions.forgetting import forget_parts
from orders.actions.references import forget_references
from orders.queries import orders_of_organization
from payments.actions.forgetting import forget_payer
from quotes.actions.forgetting import forget_requests

TIMER = Actor.system("deletion of accounts")


@transaction.atomic
def ask_deletion(*, actor: Actor) -> DeletionRequest:
    """Ask to be deleted when the days of grace are over. Twice is once.

    Raises DomainError with what has to be settled first, NotAllowed for an API token.
    """
    person = _person(actor)
    # Two clicks at once: the second waits here and then finds the first one's request.
    User.objects.select_for_update().get(pk=person.pk)
    waiting = DeletionRequest.objects.filter(user=person, state=DeletionState.REQUESTED).first()
    if waiting is not None:
        return waiting
    check_can_be_deleted(person)
    due = timezone.now() + timedelta(days=settings.DELETION_GRACE_DAYS)
    request = DeletionRequest.objects.create(user=person, due_at=due)
    record(
        events.DELETION_ASKED,
        person,
        actor=actor,
        visible_to=actor.organizations,
        due=due.isoformat(),
    )
    return request


@transaction.atomic
def cancel_deletion(*, actor: Actor) -> DeletionRequest:
    """Keep the account. Raises NotFound when nothing waits."""
    person = _person(actor)
    request = (
        DeletionRequest.objects.select_for_update(of=("self",))
        .filter(user=person, state=DeletionState.REQUESTED)
        .first()
    )
    if request is None:
        raise NotFound()
    move(request, DELETION, "cancel_deletion", by=PERSON)
    record(events.DELETION_CANCELLED, person, actor=actor, visible_to=actor.organizations)
    return request


def carry_out_deletions() -> int:
    """Delete everybody whose days of grace are over, each in a transaction of its own; how many.

    Who has something to settle again by now is not deleted, and is told.
    """
    due = DeletionRequest.objects.filter(
        state=DeletionState.REQUESTED, due_at__lte=timezone.now()
    ).order_by("due_at")
    return sum(_carry_out(pk) for pk in list(due.values_list("pk", flat=True)[:100]))


@transaction.atomic
def _carry_out(pk: int) -> int:
    request = (
        DeletionRequest.objects.select_for_update(of=("self",)).select_related("user").get(pk=pk)
    )
    if request.state != DeletionState.REQUESTED:
        return 0
    person = User.objects.select_for_update().get(pk=request.user_id)
    if found := hindrances(person):
        reason = " ".join(found)[:400]
        request.stop_reason = reason
        request.save(update_fields=["stop_reason"])
        move(request, DELETION, "stop_deletion", by=Side.SYSTEM)
        record(events.DELETION_STOPPED, person, actor=TIMER, reason=reason)
        return 0
    _forget(person)
    move(request, DELETION, "finish_deletion", by=Side.SYSTEM)
    return 1


def _forget(person: User) -> None:
    """Everything of one person, in the caller's transaction."""
    address, name = person.email, person.name
    organizations = _organizations_of(person)
    seen_by = [organization.public_id for organization in organizations]
    spared = [organization.name for organization in organizations]
    for organization in organizations_left_empty(person):
        _empty(person, organization)
    exports = DataExport.objects.filter(user=person).exclude(file=None)
    archives = StoredFile.objects.filter(pk__in=exports.values("file"))
    erase_files(actor=TIMER, files=archives, rows=True)
    DataExport.objects.filter(user=person).delete()
    names = {address, name, *names_in_history(person.public_id)}
    scrub = scrubber(names=names, spared=spared, instead=FORMER)
    forget_notifications(user=person)
    forget_browsers(user=person)
    forget_reading(user=person)
    forget_payer(email=address)
    forget_status_mails(email=address)
    anonymize_person(user=person)
    record(events.PERSON_FORGOTTEN, person, actor=TIMER, visible_to=organizations)
    for take_out in (take_name_out_of_history, take_name_out_of_notifications):
        take_out(person_id=person.public_id, names=names, organizations=seen_by, scrub=scrub)
    # Sealed, and gone once a worker sent it: the last copy of the address.
    write_mail(kind="person_forgotten", to=address, path="/", link_text=settings.SITE_NAME)


def _organizations_of(person: User) -> list[Organization]:
    """Those the person belongs to, and those whose history names them as a member of before."""
    told = Sighting.objects.filter(event__subject=person.public_id).values("organization")
    return list(
        Organization.objects.filter(Q(memberships__user=person) | Q(public_id__in=told)).distinct()
    )


def _empty(person: User, organization: Organization) -> None:
    """Nobody is left: without orders its content goes; with orders the law has it kept."""
    actor = Actor(user=person, organization=organization, role=Role.OWNER, via="task")
    forget_requests(actor=actor, organization=organization)
    forget_supplier_lists(organization=organization)
    forget_references(organization=organization)
    if orders_of_organization(organization).exists():
        return
    forget_profile(actor=actor, organization=organization)
    forget_parts(actor=actor, organization=organization)
    blank_organization(organization=organization)


def _person(actor: Actor) -> User:
    if actor.user is None or actor.via != "page":
        raise NotAllowed("Sign in to decide about your account.")
    return actor.user
