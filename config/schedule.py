"""What runs when, on one screen. Seconds between two runs."""

SCHEDULE: dict[str, dict[str, object]] = {
    "deliver what a nudge did not reach": {
        "task": "marketplace.core.tasks.sweep_deliveries",
        "schedule": 20.0,
    },
    "close requests at their deadline, end old quotes": {
        "task": "quotes.tasks.run_quote_timers",
        "schedule": 60.0,
    },
    "automatic acceptance, reviews": {
        "task": "orders.tasks.run_order_timers",
        "schedule": 300.0,
    },
}
