"""Mass from volume and density. Pure arithmetic."""

MM3_PER_CM3 = 1000.0


def mass_g(volume_mm3: float | None, density_g_cm3: float | None) -> float | None:
    """Return the mass in grams of a volume in cubic millimeters; None when either is unknown.

    Raises ValueError for a negative volume and for a density that is not positive.
    """
    if volume_mm3 is None or density_g_cm3 is None:
        return None
    if volume_mm3 < 0 or density_g_cm3 <= 0:
        raise ValueError("A volume is at least 0 and a density more than 0.")
    return volume_mm3 / MM3_PER_CM3 * density_g_cm3
