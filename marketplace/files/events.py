"""Facts about files."""

from marketplace.core.events import Fact

# The keys of storage are random and say nothing of what they named.
FILES_ERASED = Fact("files_erased", "{actor} erased files", {"keys"})
FILE_OPENED = Fact("file_opened", "{actor} opened {file}", {"file", "kind"})
