from quotes.models.estimate import EstimateCalibration
from quotes.models.quote import Quote, QuoteLine, QuotePrice
from quotes.models.rfq import RFQ, Amendment, Invitation, RFQLine
from quotes.models.secrecy import NDA, GuestLink, NDAAcceptance

__all__ = [
    "NDA",
    "RFQ",
    "Amendment",
    "EstimateCalibration",
    "GuestLink",
    "Invitation",
    "NDAAcceptance",
    "Quote",
    "QuoteLine",
    "QuotePrice",
    "RFQLine",
]
