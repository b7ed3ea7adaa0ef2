"""The demo: two companies, several shops, and a request, quote, order and payment in every main
state, all made through the real actions and marked as demo."""

PASSWORD = "Demo-Parts-2026!"  # noqa: S105 - printed by `make run`
BUYER = "client@demo.com"
PURCHASER = "purchasing@demo.com"
APPROVER = "approver@demo.com"
MANUFACTURER = "manufacturer@demo.com"
RIVAL = "rival@demo.com"
ADMIN = "admin@demo.com"
