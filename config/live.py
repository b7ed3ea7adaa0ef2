"""What an open page may watch: kind of topic -> who may, on one screen.

A topic is `kind:public_id`. Each function takes the actor and the public id and says whether the
thing is there for this actor; facts whose thread has this public id nudge the page.
"""

LIVE_TOPICS: dict[str, str] = {
    "order": "orders.live.may_watch_order",
    "rfq": "quotes.live.may_watch_rfq",
    "part": "marketplace.parts.live.may_watch_part",
    "upload": "marketplace.parts.live.may_watch_upload",
}
