"""One family of errors, each a sentence for the person who meets it."""


class DomainError(Exception):
    """Something the user can understand and mend.

    `sentence` is shown as it is. `fields` maps form or JSON field names to their own sentences.
    """

    status = 422
    code = "invalid"

    def __init__(
        self, sentence: str, *, code: str | None = None, fields: dict[str, str] | None = None
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.fields = fields or {}
        if code:
            self.code = code


class NotFound(DomainError):
    """The thing does not exist for this actor; a foreign thing and a missing one look alike."""

    status = 404
    code = "not_found"

    def __init__(self, sentence: str = "There is nothing here that you can see.") -> None:
        super().__init__(sentence)


class NotAllowed(DomainError):
    """The actor sees the thing but may not do this to it."""

    status = 403
    code = "not_allowed"


class Conflict(DomainError):
    """The thing changed meanwhile, or is not in a state for this."""

    status = 409
    code = "conflict"


class Unavailable(DomainError):
    """Something we need is away and comes back. What a worker was to do is still to be done."""

    status = 503
    code = "unavailable"
    headers = {"Retry-After": "10"}


class NoRoom(Unavailable):
    """A disk takes no more."""

    status = 507
    code = "no_room"
    headers = {"Retry-After": "300"}
