"""Facts about the data of people and organizations, whose subject they are, and about backups."""

from marketplace.core.events import Fact

DATA_EXPORT_ASKED = Fact("data_export_asked", "{actor} asked for a copy of their data", {"export"})
DATA_EXPORT_READY = Fact("data_export_ready", "The copy of the data is ready", {"export"})
DATA_EXPORT_FAILED = Fact(
    "data_export_failed", "The copy of the data could not be made", {"export"}
)
DATA_EXPORT_EXPIRED = Fact("data_export_expired", "The copy of the data was deleted", {"export"})
ORGANIZATION_EXPORT_ASKED = Fact(
    "organization_export_asked", "{actor} asked for an archive of all data", {"export"}
)
ORGANIZATION_EXPORT_WENT_ON = Fact(
    "organization_export_went_on", "The archive goes on at {chapter}", {"export", "chapter"}
)
ORGANIZATION_EXPORT_READY = Fact(
    "organization_export_ready", "The archive of all data is ready", {"export"}
)
ORGANIZATION_EXPORT_FAILED = Fact(
    "organization_export_failed", "The archive of all data could not be made", {"export"}
)
ORGANIZATION_EXPORT_EXPIRED = Fact(
    "organization_export_expired", "The archive of all data was deleted", {"export"}
)
ORGANIZATION_IMPORTED = Fact(
    "organization_imported", "The organization came from {site}", {"site", "rows", "files"}
)
DELETION_ASKED = Fact("deletion_asked", "{actor} asked to delete their account", {"due"})
DELETION_CANCELLED = Fact("deletion_cancelled", "{actor} keeps their account", set())
DELETION_STOPPED = Fact("deletion_stopped", "The account was not deleted: {reason}", {"reason"})
PERSON_FORGOTTEN = Fact("person_forgotten", "The account of a former member was deleted", set())
ALERT_RAISED = Fact("alert_raised", "{what}", {"what"})
ALERT_ENDED = Fact("alert_ended", "Over: {what}", {"what"})
INCIDENT_OPENED = Fact("incident_opened", "{actor} opened the incident: {text}", {"text"})
INCIDENT_TOLD = Fact("incident_told", "{actor} told: {text}", {"text", "state", "update"})
INCIDENT_CLOSED = Fact("incident_closed", "{actor} closed the incident", set())
BACKUP_WRITTEN = Fact(
    "backup_written",
    "Backup {name} was written: {rows} rows, {files} files",
    {"name", "rows", "files"},
)
BACKUP_FAILED = Fact("backup_failed", "Backup {name} was not written: {reason}", {"name", "reason"})
BACKUP_VERIFIED = Fact(
    "backup_verified", "Backup {name} was tried out: {checks} checks", {"name", "checks"}
)
BACKUP_REFUTED = Fact(
    "backup_refuted", "Backup {name} did not prove itself: {reason}", {"name", "reason"}
)
BACKUP_REMOVED = Fact("backup_removed", "Backup {name} was removed after its days", {"name"})
