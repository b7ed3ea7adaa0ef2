"""The image without an engine: its steps in an empty folder, its services started there."""
