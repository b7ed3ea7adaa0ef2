from quotes.models.quote import Quote, QuoteLine, QuotePrice
from quotes.models.rfq import RFQ, Invitation, RFQLine

__all__ = ["RFQ", "Invitation", "Quote", "QuoteLine", "QuotePrice", "RFQLine"]
