"""Incidents: opened, told step by step, closed with what was learned."""

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import record
from marketplace.core.states import move
from marketplace.operations import events
from marketplace.operations.models import Incident, IncidentUpdate
from marketplace.operations.states import INCIDENT


@transaction.atomic
def open_incident(*, actor: Actor, title: str, part: str, severity: str, text: str) -> Incident:
    """Put an incident on the status page and tell subscribers. Raises DomainError without words."""
    words = _words(text)
    incident = Incident.objects.create(title=title.strip()[:150], part=part, severity=severity)
    record(events.INCIDENT_OPENED, incident, actor=actor, text=words[:200])
    _tell(actor, incident, words)
    return incident


@transaction.atomic
def tell_incident(*, actor: Actor, public_id: str, text: str) -> Incident:
    """Say how it stands; the state stays."""
    incident = _locked(public_id)
    if INCIDENT.turn[incident.state] is None:
        raise DomainError("This incident is closed. Open a new one if it is back.")
    _tell(actor, incident, _words(text))
    return incident


def assess_incident(*, actor: Actor, public_id: str, text: str) -> Incident:
    """The cause is known."""
    return _step("assess_incident", actor, public_id, text)


def watch_incident(*, actor: Actor, public_id: str, text: str) -> Incident:
    """It is mended; whether it stays so is watched."""
    return _step("watch_incident", actor, public_id, text)


def resolve_incident(*, actor: Actor, public_id: str, text: str) -> Incident:
    """It is over for everybody. What is left is the post-mortem."""
    return _step("resolve_incident", actor, public_id, text)


def reopen_incident(*, actor: Actor, public_id: str, text: str) -> Incident:
    """It came back."""
    return _step("reopen_incident", actor, public_id, text)


@transaction.atomic
def close_incident(*, actor: Actor, public_id: str, post_mortem: str) -> Incident:
    """Close it with its post-mortem, which the status page shows. Raises DomainError without."""
    incident = _locked(public_id)
    words = post_mortem.strip()
    if not words:
        sentence = "Write the post-mortem first: what caused it, what helped, what is changed."
        raise DomainError(sentence, fields={"post_mortem": sentence})
    incident.post_mortem = words
    incident.save(update_fields=["post_mortem"])
    move(incident, INCIDENT, "close_incident", by=Side.STAFF)
    record(events.INCIDENT_CLOSED, incident, actor=actor)
    return incident


@transaction.atomic
def _step(verb: str, actor: Actor, public_id: str, text: str) -> Incident:
    incident = _locked(public_id)
    words = _words(text)
    move(incident, INCIDENT, verb, by=Side.STAFF)
    incident.resolved_at = timezone.now() if verb == "resolve_incident" else None
    incident.save(update_fields=["resolved_at"])
    _tell(actor, incident, words)
    return incident


def _tell(actor: Actor, incident: Incident, words: str) -> None:
    update = IncidentUpdate.objects.create(
        incident=incident, state=incident.state, text=words, author_label=actor.label
    )
    record(
        events.INCIDENT_TOLD,
        incident,
        actor=actor,
        text=words[:200],
        state=incident.state,
        update=update.pk,
    )


def _words(text: str) -> str:
    if words := text.strip():
        return words
    sentence = "Say what people notice, and what they can do meanwhile."
    raise DomainError(sentence, fields={"text": sentence})


def _locked(public_id: str) -> Incident:
    incident = Incident.objects.select_for_update().filter(public_id=public_id).first()
    if incident is None:
        raise NotFound()
    return incident
