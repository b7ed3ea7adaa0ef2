"""The test twin: a second installation beside the real one, where every organization may try.

Separate by construction: it has a database, files, keys and a payment sandbox of its own, and no
row of it can meet one of the real site. What joins the two is a ticket (`tickets.py`): the real
site says who somebody is and for which organization they act, and the twin lets them in
(`entering.py`). There everybody else is played by bots: shops that quote and make (`shops.py`,
`shop_orders.py`), a buyer that asks and pays (`buyers.py`), the bank and staff (`money.py`,
`people.py`). docs/decisions/0039 says why.
"""

# Reserved for addresses that cannot exist (RFC 2606): no mail is ever sent to one.
DOMAIN = "bots.invalid"


def is_bot(email: str) -> bool:
    """Whether an address is a bot's."""
    return email.endswith(f"@{DOMAIN}")
