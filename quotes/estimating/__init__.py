"""What a part may cost: a range from geometry and published rates, opened into its drivers.

Pure functions on plain values. An estimate is never an offer; what has no rate stays unknown.
"""
