"""The manufacturers' connected accounts, and the platform's own."""

from __future__ import annotations

from typing import Any

from payments.gateway.client import marked, talking
from payments.values import Account, Link, Payout, read_account, read_payout


def create_account(*, key: str, country: str, email: str, name: str, reference: str) -> Account:
    """Create an account that can receive transfers; Stripe collects what it must know.

    Losses and fees are the platform's, as separate charges and transfers need.
    """
    params: dict[str, Any] = {
        "country": country,
        "email": email,
        "business_profile": {"name": name[:100]},
        "controller": {
            "fees": {"payer": "application"},
            "losses": {"payments": "application"},
            "requirement_collection": "stripe",
            "stripe_dashboard": {"type": "express"},
        },
        "capabilities": {"transfers": {"requested": True}},
        "metadata": {"organization": reference},
    }
    with talking() as api:
        return read_account(api.accounts.create(params, {"idempotency_key": key}))


def find_account(*, reference: str) -> Account | None:
    """Look for the account of an organization by its metadata."""
    with talking() as api:
        found = marked(api.accounts.list({"limit": 100}), "organization", reference)
        return read_account(found) if found else None


def retrieve_account(account_id: str) -> Account:
    """Return a connected account as it is now."""
    with talking() as api:
        return read_account(api.accounts.retrieve(account_id))


def retrieve_payout(payout_id: str, *, account: str = "") -> Payout:
    """Return a payout to a bank as it is now; of a connected account, or the platform's own."""
    with talking() as api:
        whose: Any = {"stripe_account": account} if account else {}
        return read_payout(api.payouts.retrieve(payout_id, None, whose))


def create_account_link(*, account: str, return_url: str, refresh_url: str) -> Link:
    """Make a one-time address of the onboarding page; it lives a few minutes."""
    with talking() as api:
        link = api.account_links.create(
            {
                "account": account,
                "type": "account_onboarding",
                "return_url": return_url,
                "refresh_url": refresh_url,
            }
        )
        return Link(link.url, link.expires_at)


def platform_account() -> dict[str, Any]:
    """Return the platform's own account as Stripe writes it."""
    with talking() as api:
        return api.accounts.retrieve_current().to_dict(for_json=True)
