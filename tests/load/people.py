"""Colleagues of the demo's people, one for each user of the load test.

`python -m tests.load.people` runs with the environment of the served site and prints, as JSON, who
can sign in, tokens of the API, and what there is to look at. COUNT in the environment says how many
of each side.
"""

import json
import os
import sys
from typing import Any

import django

PASSWORD = "Load-Of-Fifty-2026!"


def main() -> None:
    """Make the people and print them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sys.stdout.write(json.dumps(prepare(int(os.environ["COUNT"]))))


def prepare(count: int) -> dict[str, Any]:
    """`count` members with every right on each side of the demo, and a token of each side."""
    from django.contrib.auth.hashers import make_password

    from accounts.actions.tokens import create_api_token
    from accounts.callers import actor_for
    from accounts.models import Membership
    from marketplace.operations.demo import BUYER, MANUFACTURER
    from orders.models import Order
    from quotes.models import RFQ

    # Hashing takes its time by intention; the same password needs it once.
    hashed = make_password(PASSWORD)
    found: dict[str, Any] = {"buyers": [], "makers": [], "tokens": []}
    for side, boss in (("buyers", BUYER), ("makers", MANUFACTURER)):
        membership = Membership.objects.get(user__email=boss)
        for number in range(count):
            email = f"{side}-{number}@demo.com"
            colleague(email, hashed, membership)
            found[side].append({"email": email, "password": PASSWORD})
        text = create_api_token(actor=actor_for(membership.user), name="Load test")[1]
        found["tokens"].append({"side": side, "token": text})
    buyer = Membership.objects.get(user__email=BUYER).organization
    rfqs = RFQ.objects.filter(organization=buyer, quotes__isnull=False).distinct()
    found["rfqs"] = [rfq.public_id for rfq in rfqs[:20]]
    found["orders"] = [order.public_id for order in Order.objects.filter(buyer=buyer)[:20]]
    return found


def colleague(email: str, hashed: str, boss: Any) -> None:
    """A member with the same role as `boss`, whose address is verified."""
    from allauth.account.models import EmailAddress

    from accounts.models import Membership, User

    user = User(email=email, name=email.partition("@")[0], password=hashed, is_demo=True)
    user.save()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    Membership.objects.create(user=user, organization=boss.organization, role=boss.role)


if __name__ == "__main__":
    main()
