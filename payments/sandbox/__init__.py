"""A development-only stand-in for Stripe, run as its own process.

``python -m payments.sandbox --port 12111`` serves the part of Stripe's API the marketplace
uses, hosted pages to pay and to onboard on, and signed webhooks. It knows nothing of Django,
is never imported by production code, binds 127.0.0.1 only and refuses live keys. It holds our
belief about Stripe: the tests compare its answers with the types of the installed SDK, and a
run with real test keys remains the judge.
"""
