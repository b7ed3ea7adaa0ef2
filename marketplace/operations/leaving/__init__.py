"""Leaving with everything: what goes along, the archive, and reading it elsewhere."""
