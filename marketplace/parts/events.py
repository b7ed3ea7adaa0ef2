"""Facts about parts."""

from marketplace.core.events import Fact

PART_UPLOADED = Fact("part_uploaded", "{actor} uploaded {number}", {"number"})
PART_CHANGED = Fact("part_changed", "{actor} changed the details of {number}", {"number"})
DRAWING_ATTACHED = Fact("drawing_attached", "{actor} added the drawing {name}", {"name"})
UNITS_GIVEN = Fact("units_given", "{actor} said that the file is drawn in {units}", {"units"})
PART_READ = Fact("part_read", "The file was read", set())
PART_UNREADABLE = Fact("part_unreadable", "The file could not be read: {reason}", {"reason"})
