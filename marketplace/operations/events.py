"""Facts about people's own data. Their subject is the person."""

from marketplace.core.events import Fact

DATA_EXPORT_ASKED = Fact("data_export_asked", "{actor} asked for a copy of their data", {"export"})
DATA_EXPORT_READY = Fact("data_export_ready", "The copy of the data is ready", {"export"})
DATA_EXPORT_FAILED = Fact(
    "data_export_failed", "The copy of the data could not be made", {"export"}
)
DATA_EXPORT_EXPIRED = Fact("data_export_expired", "The copy of the data was deleted", {"export"})
DELETION_ASKED = Fact("deletion_asked", "{actor} asked to delete their account", {"due"})
DELETION_CANCELLED = Fact("deletion_cancelled", "{actor} keeps their account", set())
DELETION_STOPPED = Fact("deletion_stopped", "The account was not deleted: {reason}", {"reason"})
PERSON_FORGOTTEN = Fact("person_forgotten", "The account of a former member was deleted", set())
