"""Carriers and where each shows a parcel: pure values."""

from collections.abc import Iterable
from urllib.parse import quote

# Public tracking pages of the carriers as they link to them; the number is appended.
PAGES: dict[str, str] = {
    "dhl": "https://www.dhl.com/global-en/home/tracking.html?tracking-id=",
    "dhl_express": "https://www.dhl.com/global-en/home/tracking/tracking-express.html"
    "?submit=1&tracking-id=",
    "ups": "https://www.ups.com/track?tracknum=",
    "fedex": "https://www.fedex.com/fedextrack/?trknbr=",
    "tnt": "https://www.tnt.com/express/en_gb/site/tracking.html?searchType=con&cons=",
    "dpd": "https://tracking.dpd.de/parcelstatus?query=",
    "gls": "https://gls-group.com/track/",
    "hermes": "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation/#",
    "usps": "https://tools.usps.com/go/TrackConfirmAction?tLabels=",
    "royal_mail": "https://www.royalmail.com/track-your-item#/tracking-results/",
    "la_poste": "https://www.laposte.fr/outils/suivre-vos-envois?code=",
    "schenker": "https://www.dbschenker.com/app/tracking-public/?refNumber=",
    "kuehne_nagel": "https://mykn.kuehne-nagel.com/public-tracking/shipments?query=",
    "dsv": "https://mydsv.dsv.com/tracking-public/?refNumber=",
}


def tracking_page(carrier: str, number: str) -> str:
    """The carrier's public page for a tracking number; "" where there is none to link to."""
    page = PAGES.get(carrier, "")
    return page + quote(number, safe="") if page and number else ""


def find_carrier(word: str, choices: Iterable[tuple[str, str]]) -> str:
    """The one of `choices` (code, name) a person or a program means; "" for none of them."""
    plain = _plain(word)
    for code, name in choices:
        if plain in (_plain(code), _plain(str(name))):
            return str(code)
    return ""


def _plain(word: str) -> str:
    return "".join(c for c in word.casefold() if c.isalnum())
