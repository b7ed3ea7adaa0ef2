"""dj-stripe's copies of what Stripe has, for staff to look at.

Its own pages ask a query for each row, break on some of them, and show keys; ours show every copy
alike, and only of what a marketplace has.
"""

import json
from typing import Any

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from djstripe import models as mirror

from marketplace.core.admin import ReadOnlyAdmin

SHOWN = (
    mirror.Account,
    mirror.BalanceTransaction,
    mirror.Charge,
    mirror.Customer,
    mirror.Dispute,
    mirror.Event,
    mirror.PaymentIntent,
    mirror.PaymentMethod,
    mirror.Payout,
    mirror.Refund,
    mirror.Session,
    mirror.Transfer,
    mirror.TransferReversal,
)


class MirroredAdmin(ReadOnlyAdmin):
    """One kind of object as Stripe last told of it."""

    actions = None
    list_display = ["id", "livemode", "created", "djstripe_updated"]
    search_fields = ["id__exact"]
    ordering = ["-djstripe_id"]
    fields = ["id", "livemode", "created", "djstripe_created", "djstripe_updated", "body"]

    @admin.display(description="As Stripe has it")
    def body(self, row: Any) -> SafeString:
        """The object, without what opens something."""
        return format_html("<pre>{}</pre>", json.dumps(_open(row.stripe_data), indent=2))


def _open(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _open(one) for name, one in value.items() if not name.endswith("secret")}
    return [_open(one) for one in value] if isinstance(value, list) else value


def show_mirror() -> None:
    """Put our pages in the place of dj-stripe's."""
    for model in [model for model in admin.site._registry if model._meta.app_label == "djstripe"]:
        admin.site.unregister(model)
    admin.site.register(SHOWN, MirroredAdmin)


show_mirror()
