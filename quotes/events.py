"""Facts about requests and quotes."""

from marketplace.core.events import Fact

RFQ_CREATED = Fact("rfq_created", "{actor} started the request", set())
RFQ_CHANGED = Fact("rfq_changed", "{actor} changed the draft", set())
RFQ_PUBLISHED = Fact(
    "rfq_published", "{actor} published the request, quotes until {deadline}", {"deadline"}
)
MANUFACTURER_INVITED = Fact("manufacturer_invited", "{actor} invited {name}", {"name"})
RFQ_VIEWED = Fact("rfq_viewed", "{actor} opened the request", set())
RFQ_CLOSED = Fact("rfq_closed", "The request closed for quotes", set())
RFQ_CANCELLED = Fact("rfq_cancelled", "{actor} cancelled the request: {reason}", {"reason"})
RFQ_AWARDED = Fact("rfq_awarded", "{actor} awarded the request", set())
RFQ_PARTLY_AWARDED = Fact("rfq_partly_awarded", "{actor} awarded part of the request", set())
RFQ_FINISHED = Fact("rfq_finished", "{actor} awards nothing more of the request", set())
QUOTE_STARTED = Fact("quote_started", "{actor} started a quote", set())
QUOTE_PREFILLED = Fact(
    "quote_prefilled", "{actor} filled prices from the rate card, lines: {lines}", {"lines"}
)
QUOTE_COPIED = Fact(
    "quote_copied",
    "{actor} copied prices from {reference}, lines: {lines}",
    {"lines", "reference"},
)
QUOTE_CURRENCY_CHANGED = Fact(
    "quote_currency_changed", "{actor} changed the quote to {currency}", {"currency"}
)
QUOTE_FILE_ADDED = Fact("quote_file_added", "{actor} added {name} to the quote", {"name"})
QUOTE_FILE_REMOVED = Fact("quote_file_removed", "{actor} removed {name} from the quote", {"name"})
QUOTE_SUBMITTED = Fact("quote_submitted", "{actor} submitted a quote", set())
QUOTE_WITHDRAWN = Fact("quote_withdrawn", "{actor} withdrew the quote", set())
QUOTE_REOPENED = Fact("quote_reopened", "{actor} took the quote back to change it", set())
QUOTE_DECLINED_TO_BID = Fact("no_bid", "{actor} declined to quote: {reason}", {"reason"})
COMPARISON_SHARED = Fact(
    "comparison_shared",
    "{actor} shared the comparison by a link until {until}, {names} the names of the shops",
    {"until", "names"},
)
SHARE_REVOKED = Fact("share_revoked", "{actor} ended the link of a shared comparison", set())
QUOTE_ACCEPTED = Fact("quote_accepted", "{actor} accepted the quote", {"order"})
# An award that waits for an approval; the buyer alone sees these two.
AWARD_HELD = Fact(
    "award_held",
    "{actor} chose the quote of {shop}; the award waits for approval",
    {"shop", "order"},
)
AWARD_RELEASED = Fact(
    "award_released",
    "The award to {shop} ended before it was approved; another quote can be chosen",
    {"shop", "order"},
)
QUOTE_NOT_CHOSEN = Fact("quote_not_chosen", "The buyer chose another quote", set())
QUOTE_EXPIRED = Fact("quote_expired", "The quote's validity ended", set())
NDA_WRITTEN = Fact(
    "nda_written", "{actor} wrote version {version} of the non-disclosure agreement", {"version"}
)
NDA_ACCEPTED = Fact(
    "nda_accepted", "{actor} accepted version {version} of the agreement", {"version"}
)
ACCESS_ENDED = Fact(
    "access_ended", "{actor} ended the access of {name}: {reason}", {"name", "reason"}
)
ACCESS_RESTORED = Fact("access_restored", "{actor} gave {name} access again", {"name"})
RFQ_JOINED = Fact("rfq_joined", "{actor} takes part in the open request", set())
RFQ_AMENDED = Fact("rfq_amended", "{actor} changed the request: {changes}", {"changes"})
RFQ_EXTENDED = Fact(
    "rfq_extended", "{actor} moved the deadline for quotes to {deadline}", {"deadline"}
)
RFQ_UNSEALED = Fact("rfq_unsealed", "{actor} opened the sealed quotes early: {reason}", {"reason"})
RFQ_ENDED = Fact("rfq_ended", "{actor} ended the request without an award: {reason}", {"reason"})
RFQ_REISSUED = Fact("rfq_reissued", "{actor} asked anew as {reference}", {"reference"})
RECONFIRMATION_ASKED = Fact(
    "reconfirmation_asked", "The request changed; the quote waits to be confirmed", set()
)
QUOTE_RECONFIRMED = Fact("quote_reconfirmed", "{actor} confirmed the quote as it is", set())
INVITATION_REMINDED = Fact("invitation_reminded", "A reminder of the deadline was sent", set())
INVITATION_EXPIRED = Fact("invitation_expired", "The invitation ended without a quote", set())
GUEST_INVITED = Fact("guest_invited", "{actor} invited {name} by mail", {"name"})
GUEST_LINK_SENT = Fact("guest_link_sent", "{actor} sent {name} a new link", {"name"})
GUEST_OPENED = Fact("guest_opened", "{name} opened the link", {"name"})
GUEST_CODE_ASKED = Fact("guest_code_asked", "A second browser opened the link of {name}", {"name"})
GUEST_CLAIMED = Fact("guest_claimed", "{actor} made an account and keeps the quote", set())
# Of negotiation: for the buyer and the one shop, never for a rival.
COUNTER_PROPOSED = Fact("counter_proposed", "{actor} made a counter-offer", set())
COUNTER_ACCEPTED = Fact(
    "counter_accepted", "{actor} accepted the counter-offer; the quote has its values", set()
)
COUNTER_DECLINED = Fact(
    "counter_declined", "{actor} declined the counter-offer: {reason}", {"reason"}
)
COUNTER_WITHDRAWN = Fact("counter_withdrawn", "{actor} took the counter-offer back", set())
COUNTER_EXPIRED = Fact("counter_expired", "The counter-offer ended without an answer", set())
COUNTER_ENDED = Fact("counter_ended", "The open counter-offer ended: {why}", {"why"})
BEST_AND_FINAL_ASKED = Fact(
    "best_and_final_asked", "{actor} asked for a best and final offer until {due}", {"due"}
)
FINAL_CONFIRMED = Fact("final_confirmed", "{actor} confirmed that the quote is final", set())
OFFER_IMPROVED = Fact("offer_improved", "{actor} gave its best and final offer", set())
BEST_AND_FINAL_LAPSED = Fact(
    "best_and_final_lapsed", "No best and final offer came in time; the quote stands", set()
)
BEST_AND_FINAL_ENDED = Fact(
    "best_and_final_ended", "The request for a best and final offer ended: {why}", {"why"}
)
# On the order that is repeated, for the buyer alone: the new one may still wait for approval.
ORDER_REPEATED = Fact(
    "order_repeated", "{actor} ordered again as {reference}", {"reference", "order"}
)
