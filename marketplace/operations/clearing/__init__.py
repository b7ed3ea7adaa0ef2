"""Leaving the demo behind: what belongs to it, what hinders its going, and what else it left."""
