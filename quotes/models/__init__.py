from quotes.models.award import Award, AwardLine
from quotes.models.counter_offer import BestAndFinal, CounterOffer, QuoteSide
from quotes.models.estimate import EstimateCalibration
from quotes.models.quote import Quote, QuoteCharge, QuoteFile, QuoteLine, QuotePrice
from quotes.models.rfq import RFQ, Amendment, Invitation, RFQLine
from quotes.models.secrecy import NDA, GuestLink, NDAAcceptance
from quotes.models.share import ComparisonShare

__all__ = [
    "NDA",
    "RFQ",
    "Amendment",
    "Award",
    "AwardLine",
    "BestAndFinal",
    "ComparisonShare",
    "CounterOffer",
    "EstimateCalibration",
    "GuestLink",
    "Invitation",
    "NDAAcceptance",
    "Quote",
    "QuoteCharge",
    "QuoteFile",
    "QuoteLine",
    "QuotePrice",
    "QuoteSide",
    "RFQLine",
]
