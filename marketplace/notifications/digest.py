"""The daily digest: what waits, by organization and by the thing it is about."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.template.loader import render_to_string

from accounts.models import User
from marketplace.core.mail import Letter, write_letter
from marketplace.notifications.models import Notification

# More than this is no digest; the inbox has the rest, and the next digest too.
MOST_IN_DIGEST = 100


@dataclass
class Thing:
    """What was told of one thing, newest first, and the page it leads to."""

    url: str
    titles: list[str] = field(default_factory=list)


@dataclass
class Section:
    """What concerns one organization; "" for what concerns the person alone."""

    name: str
    things: dict[str, Thing] = field(default_factory=dict)


def sections_of(rows: Iterable[Notification]) -> list[Section]:
    """The rows by organization and page, in the order in which they come."""
    sections: dict[str, Section] = {}
    for row in rows:
        name = row.organization.name if row.organization else ""
        section = sections.setdefault(name, Section(name))
        thing = section.things.setdefault(row.link, Thing(settings.SITE_URL + row.link))
        thing.titles.append(row.title)
    return list(sections.values())


def write_digest(person: User, rows: list[Notification]) -> tuple[Letter, str]:
    """The mail as words and as HTML."""
    context = {
        "person": person,
        "sections": sections_of(rows),
        "count": len(rows),
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
    }
    letter = write_letter("notifications/digest", context)
    html = render_to_string("notifications/digest.html", {**context, "title": letter.title})
    return letter, html
