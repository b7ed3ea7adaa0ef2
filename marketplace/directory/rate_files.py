"""Reading the European Central Bank's euro reference rates from its XML and CSV files.

Formats: https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/
(`eurofxref-daily.xml`, `eurofxref.csv`, and the histories of both, of which the newest day counts).
"""

import csv
import io
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from marketplace.core.errors import DomainError
from marketplace.core.money import EXPONENTS
from marketplace.directory.exchange import BASE, Rates

SOURCE = "European Central Bank, euro reference rates"
# What an installation starts with: the rates of one published day.
DATA = Path(__file__).parent / "data" / "eurofxref.csv"
# The bank's whole history since 1999 is under 1 MB as CSV and 8 MB as XML; a day is 2 kB.
MAX_BYTES = 1024 * 1024
NO_FILE = "This is no file of reference rates. Take eurofxref-daily.xml or eurofxref.csv of the ECB"


def read_rates(content: bytes) -> Rates:
    """The newest day of an ECB file, with the currencies of this marketplace.

    Raises DomainError with a sentence for anything else: too large, another format, a rate that
    is no positive number, none of our currencies.
    """
    if len(content) > MAX_BYTES:
        raise DomainError("The file is larger than 1 MB. Take the file of one day.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise DomainError(f"{NO_FILE}.") from fault
    days = _from_xml(text) if text.lstrip().startswith("<") else _from_csv(text)
    if not days:
        raise DomainError(f"{NO_FILE}.")
    newest = max(days)
    wanted = {
        currency: _rate(currency, figure)
        for currency, figure in days[newest].items()
        if currency in EXPONENTS and currency != BASE and figure != "N/A"
    }
    if not wanted:
        raise DomainError("The file holds no rate of a currency that is traded here.")
    return Rates(newest, SOURCE, wanted)


def _from_xml(text: str) -> dict[date, dict[str, str]]:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        root = fromstring(text.encode(), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as fault:
        raise DomainError(f"{NO_FILE}: the XML cannot be read.") from fault
    days: dict[date, dict[str, str]] = {}
    for day in root.iter():
        if day.tag.rpartition("}")[2] == "Cube" and "time" in day.attrib:
            days[_day(day.attrib["time"])] = {
                cube.attrib.get("currency", ""): cube.attrib.get("rate", "") for cube in day
            }
    return days


def _from_csv(text: str) -> dict[date, dict[str, str]]:
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text)) if row]
    except csv.Error as fault:
        raise DomainError(f"{NO_FILE}: the CSV cannot be read.") from fault
    if len(rows) < 2 or rows[0][0] != "Date":
        return {}
    return {_day(row[0]): dict(zip(rows[0][1:], row[1:], strict=False)) for row in rows[1:]}


def _day(text: str) -> date:
    """`2026-08-24` or `24 August 2026`. Raises DomainError."""
    for form in ("%Y-%m-%d", "%d %B %Y"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise DomainError(f"{NO_FILE}: {text[:20]!r} is no day.")


def _rate(currency: str, figure: str) -> Decimal:
    try:
        rate = Decimal(figure)
    except InvalidOperation:
        rate = Decimal(0)
    # The table keeps 6 decimals; the bank publishes 5 significant digits.
    if not rate.is_finite() or not Decimal("0.000001") <= rate < 10**8:
        raise DomainError(f"The rate of {currency} is {figure[:20]!r}; it must be above 0.")
    return rate
