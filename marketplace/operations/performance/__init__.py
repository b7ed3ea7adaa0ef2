"""Whether the database keeps up: what its own statistics say, and what our pages ask of it."""
