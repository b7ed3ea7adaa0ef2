"""History of one person: what they did, and how their name is taken out of it."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from marketplace.core.models import Delivery, Event

Scrub = Callable[[str], str]
# Name of a file in a person's copy of their data -> its rows.
PersonalData = dict[str, Sequence[Mapping[str, Any]]]


def acts_of(person_id: str) -> QuerySet[Event]:
    """The facts a person (public id) is the actor of, newest first."""
    return Event.objects.filter(actor_id=person_id)


def names_in_history(person_id: str) -> set[str]:
    """Every name a person acted under: a label is "Name" or "Name (Organization)"."""
    labels = acts_of(person_id).order_by().values_list("actor_label", flat=True).distinct()
    return {label.rsplit(" (", 1)[0] for label in labels}


def scrubber(*, names: Iterable[str], spared: Iterable[str], instead: str) -> Scrub:
    """A function that writes `instead` for each of `names` in a text, as whole words.

    `spared` are words that may contain a name and stay, such as a company that bears it.
    """
    longest_first = [re.escape(name) for name in sorted(set(names), key=len, reverse=True) if name]
    # "x^" matches nothing: an empty alternative would match everywhere.
    kept = [re.escape(word) for word in sorted(set(spared), key=len, reverse=True) if word]
    kept = kept or ["x^"]
    gone = rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)"
    pattern = re.compile(rf"(?P<spared>{'|'.join(kept)})|{gone}")
    return lambda text: pattern.sub(lambda found: found["spared"] or instead, text)


def take_name_out_of_history(
    *,
    person_id: str,
    names: Collection[str],
    organizations: Collection[str],
    scrub: Scrub,
) -> int:
    """Take a person's names and addresses out of every fact that may carry them.

    These are the facts they did, the facts about them, and the facts their organizations see.
    Type, time, subject and actor id stay: what happened is history, who did it is nobody any more.
    The number of facts changed.
    """
    named = Q()
    for name in names:
        named |= Q(sentence__contains=name) | Q(data__icontains=name) | Q(actor_label=name)
    near = Q(sightings__organization__in=organizations) & named
    own = Q(actor_id=person_id) | Q(subject=person_id) | Q(thread=person_id)
    addressed = Q()
    for address in (name for name in names if "@" in name):
        addressed |= Q(sentence__icontains=address) | Q(data__icontains=address)
    changed = 0
    found = Event.objects.filter(own | near | addressed).order_by("pk").distinct()
    for event in found.iterator(chunk_size=500):
        clean = {
            "actor_label": scrub(event.actor_label),
            "sentence": scrub(event.sentence),
            "data": _scrubbed(event.data, scrub),
        }
        if any(getattr(event, field) != value for field, value in clean.items()):
            Event.objects.filter(pk=event.pk).update(**clean)
            changed += 1
    for address in (name for name in names if "@" in name):
        # An error of the mail server names whom it could not reach.
        Delivery.objects.filter(last_error__icontains=address).update(last_error="")
    return changed


def _scrubbed(value: Any, scrub: Scrub) -> Any:
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, dict):
        return {key: _scrubbed(inner, scrub) for key, inner in value.items()}
    if isinstance(value, list):
        return [_scrubbed(inner, scrub) for inner in value]
    return value
