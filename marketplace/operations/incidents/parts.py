"""The parts of the marketplace as its users know them, and the checks that speak for each."""

# Part -> (label, names of health checks, see watching/probes.py).
PARTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "website": ("Website and API", ("database",)),
    "work": ("Background work and live pages", ("redis", "workers")),
    "mail": ("Mail", ("email",)),
    "files": ("Files and drawings", ("storage",)),
    "payments": ("Payments", ("stripe",)),
}
PART_CHOICES = [(name, label) for name, (label, _) in PARTS.items()]
