"""What runs when, on one screen: every so many seconds, or by a crontab in UTC.

Beat sends the name of a line, and `run_scheduled` runs its task once for each turn, however many
beats there are; what came of it is in the admin. A task that may take more than ten minutes says so
here, by a time_limit (seconds) among its options.
"""

from typing import Any

from celery.schedules import crontab

# Seconds; a backup of hundreds of gigabytes takes its time.
HALF_A_DAY = 43_200
SCHEDULE: dict[str, dict[str, Any]] = {
    "deliver what a nudge did not reach": {
        "task": "marketplace.core.tasks.sweep_deliveries",
        "schedule": 20.0,
        # A worker that was busy meanwhile does not sweep for each beat it missed.
        "options": {"expires": 20.0},
    },
    "the same of what may run for minutes": {
        "task": "marketplace.core.tasks.sweep_slow_deliveries",
        "schedule": 20.0,
        "options": {"expires": 20.0},
    },
    "forget answers kept for calls that are repeated": {
        "task": "marketplace.core.tasks.forget_kept_answers",
        "schedule": 86400.0,
    },
    "send webhooks that are due": {
        "task": "marketplace.integrations.tasks.sweep_webhooks",
        "schedule": 20.0,
    },
    "nudge browsers whose people have news": {
        "task": "marketplace.integrations.tasks.nudge_browsers",
        "schedule": 20.0,
        "options": {"expires": 20.0},
    },
    "forget webhooks of more than 30 days ago": {
        "task": "marketplace.integrations.tasks.forget_old_webhooks",
        "schedule": 3600.0,
    },
    "close requests at their deadline, end old quotes": {
        "task": "quotes.tasks.run_quote_timers",
        "schedule": 60.0,
    },
    "how far estimates are from real quotes": {
        "task": "quotes.tasks.measure_estimates",
        "schedule": 86400.0,
    },
    "figures of scorecards, as days pass": {
        "task": "quotes.tasks.keep_scorecards",
        "schedule": 86400.0,
    },
    "unpaid orders, automatic acceptance, reviews, blanket orders": {
        "task": "orders.tasks.run_order_timers",
        "schedule": 300.0,
    },
    "open payment pages, work through Stripe's events, carry out instructions": {
        "task": "payments.tasks.sweep_payments",
        "schedule": 30.0,
    },
    "ask about open payment pages": {
        "task": "payments.tasks.poll_attempts",
        "schedule": 600.0,
    },
    "payments that fall due or are late": {
        "task": "payments.tasks.run_payment_timers",
        "schedule": 3600.0,
    },
    "fetch Stripe's events whose delivery was lost": {
        "task": "payments.tasks.backfill_events",
        "schedule": 3600.0,
    },
    "days on which banks want evidence": {
        "task": "payments.tasks.run_dispute_timers",
        "schedule": 3600.0,
    },
    "invoices of the commission of months that are over": {
        "task": "payments.tasks.run_commission_invoices",
        "schedule": 21600.0,
    },
    "compare the books with Stripe, once a night; runs that staff asked for": {
        "task": "payments.tasks.run_reconciliations",
        "schedule": 300.0,
        "options": {"time_limit": 3600},
    },
    "daily digests, from the morning hour on": {
        "task": "marketplace.notifications.tasks.send_daily_digests",
        "schedule": 900.0,
    },
    "certificates that end soon or ended": {
        "task": "marketplace.directory.tasks.run_certificate_timers",
        "schedule": 3600.0,
    },
    # Published once a working day about 16:00 in Frankfurt; what is there already changes nothing.
    "exchange rates of the day": {
        "task": "marketplace.directory.tasks.fetch_exchange_rates",
        "schedule": 21600.0,
    },
    "end uploads that were never finished": {
        "task": "marketplace.parts.tasks.run_upload_timers",
        "schedule": 3600.0,
    },
    "copies of personal data, deletion of accounts": {
        "task": "marketplace.operations.tasks.run_privacy_timers",
        "schedule": 600.0,
    },
    "are database, cache, mail, files, Stripe and workers well": {
        "task": "marketplace.operations.tasks.check_services",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "measure the machine, hold it against the thresholds": {
        "task": "marketplace.operations.tasks.watch",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "figures of the day for the board": {
        "task": "marketplace.operations.tasks.keep_figures",
        "schedule": 3600.0,
    },
    "every day: logs, cache, figures, what is kept long enough": {
        "task": "marketplace.operations.tasks.care_daily",
        "schedule": crontab(hour="3", minute="0"),
    },
    "every Sunday: upkeep of the database, security settings": {
        "task": "marketplace.operations.tasks.care_weekly",
        "schedule": crontab(hour="2", minute="0", day_of_week="sun"),
        "options": {"time_limit": 3600},
    },
    # Celery wants both to be true, unlike cron: the Sunday among the first seven days.
    "first Sunday of the month: packages, certificate, how the month was": {
        "task": "marketplace.operations.tasks.care_monthly",
        "schedule": crontab(hour="1", minute="0", day_of_week="sun", day_of_month="1-7"),
    },
    "backup of database and files": {
        "task": "marketplace.operations.tasks.back_up",
        "schedule": crontab(hour="2", minute="30"),
        "options": {"time_limit": HALF_A_DAY},
    },
    # Of the night before: tonight's is not written yet.
    "every Sunday: try the newest backup out": {
        "task": "marketplace.operations.tasks.verify_newest_backup",
        "schedule": crontab(hour="2", minute="0", day_of_week="sun"),
        "options": {"time_limit": HALF_A_DAY},
    },
    "forget sessions that ran out, and old sign-in addresses": {
        "task": "accounts.tasks.forget_what_ended",
        "schedule": 3600.0,
    },
}
TWIN_SCHEDULE: dict[str, dict[str, Any]] = {
    **SCHEDULE,
    "everybody else is played by bots": {
        "task": "marketplace.operations.tasks.play_bots",
        "schedule": 20.0,
        "options": {"expires": 20.0},
    },
}
