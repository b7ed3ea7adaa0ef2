"""Tags: made by being used, gone when the last part lets go of them."""

from collections.abc import Iterable, Sequence

from accounts.models import Organization
from marketplace.core.errors import DomainError
from marketplace.parts.models import Part, Tag

LONGEST_TAG = 40
MOST_TAGS = 20
MOST_TAGS_OF_ALL = 500


def clean_tags(words: Iterable[str]) -> list[str]:
    """Tags without the blanks around them, each once. Raises DomainError for one that is none."""
    found: dict[str, str] = {}
    for word in words:
        name = " ".join(word.split())
        if not name:
            continue
        if len(name) > LONGEST_TAG or not name.isprintable() or "," in name:
            raise _bad(f"A tag has at most {LONGEST_TAG} characters and no comma.")
        found.setdefault(name.lower(), name)
    if len(found) > MOST_TAGS:
        raise _bad(f"A part has at most {MOST_TAGS} tags.")
    return list(found.values())


def tags_named(organization: Organization, words: Sequence[str]) -> list[Tag]:
    """The organization's tags with these names; those that are missing are made."""
    names = {name.lower(): name for name in clean_tags(words)}
    known = Tag.objects.filter(organization=organization)
    missing = names.keys() - set(known.filter(key__in=names).values_list("key", flat=True))
    if missing and known.count() + len(missing) > MOST_TAGS_OF_ALL:
        raise _bad(f"An organization has at most {MOST_TAGS_OF_ALL} tags. Use one that is there.")
    Tag.objects.bulk_create(
        [Tag(organization=organization, name=names[key], key=key) for key in sorted(missing)],
        ignore_conflicts=True,
    )
    return list(known.filter(key__in=names))


def set_tags(part: Part, words: Sequence[str]) -> None:
    """Exactly these tags for a locked part."""
    part.tags.set(tags_named(part.organization, words))
    drop_unused_tags(part.organization)


def drop_unused_tags(organization: Organization) -> None:
    """Tags that no part has any more are no choice any more."""
    Tag.objects.filter(organization=organization, parts=None).delete()


def _bad(sentence: str) -> DomainError:
    return DomainError(sentence, fields={"tags": sentence})
