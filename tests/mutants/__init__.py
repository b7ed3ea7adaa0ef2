"""Safeguards taken away one at a time, to see that a drill notices (`python -m tests.mutants`)."""
