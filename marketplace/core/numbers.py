"""Taking the next number of a series."""

from marketplace.core.models import NumberSeries


def take_number(series: str) -> int:
    """The next number, 1 for the first; the series is locked until the transaction ends, so that
    a transaction that fails leaves no gap. Raises TransactionManagementError outside one.
    """
    NumberSeries.objects.get_or_create(name=series)
    row = NumberSeries.objects.select_for_update().get(name=series)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last
