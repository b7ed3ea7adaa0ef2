"""Facts about parts."""

from marketplace.core.events import Fact

PART_UPLOADED = Fact("part_uploaded", "{actor} uploaded {number}", {"number"})
PART_CHANGED = Fact("part_changed", "{actor} changed the details of {number}", {"number"})
PART_ARCHIVED = Fact("part_archived", "{actor} archived {number}", {"number"})
PART_RESTORED = Fact("part_restored", "{actor} took {number} back from the archive", {"number"})
PART_DELETED = Fact("part_deleted", "{actor} deleted {number}", {"number"})
DRAWING_ATTACHED = Fact("drawing_attached", "{actor} added the drawing {name}", {"name"})
REVISION_RELABELED = Fact(
    "revision_relabeled", "{actor} renamed revision {old} to {label}", {"old", "label"}
)
UNITS_GIVEN = Fact("units_given", "{actor} said that the file is drawn in {units}", {"units"})
TWIN_KEPT = Fact("twin_kept", "{actor} keeps this part beside {twin}", {"twin"})
PART_READ = Fact("part_read", "The file was read", set())
PART_UNREADABLE = Fact("part_unreadable", "The file could not be read: {reason}", {"reason"})
UPLOAD_RECEIVED = Fact("upload_received", "{actor} sent {name}", {"name"})
UPLOAD_REFUSED = Fact("upload_refused", "{name} was not taken: {reason}", {"name", "reason"})
FINDING_ACCEPTED = Fact(
    "finding_accepted",
    "{actor} accepted for {process}: {rule} ({note})",
    {"process", "rule", "note"},
)
FINDING_REOPENED = Fact(
    "finding_reopened", "{actor} no longer accepts for {process}: {rule}", {"process", "rule"}
)
BODIES_WANTED = Fact(
    "bodies_wanted", "{actor} turns {count} bodies of the assembly into parts", {"count", "bodies"}
)
BODIES_TAKEN = Fact("bodies_taken", "Parts were made of the assembly: {numbers}", {"numbers"})
BODIES_FAILED = Fact("bodies_failed", "The assembly could not be taken apart: {reason}", {"reason"})
