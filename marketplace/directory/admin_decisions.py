"""What staff decide about manufacturers and certificates."""

from collections.abc import Mapping

from accounts.admin_decisions import Decision
from marketplace.directory.actions import certificates, verification

MANUFACTURER_DECISIONS: Mapping[str, Decision] = {
    "verify_manufacturer": Decision(
        "Approve and list",
        verification.verify_manufacturer,
        "",
        "What did you compare? The company reads it.",
        "is verified and listed",
    ),
    "ask_manufacturer": Decision(
        "Ask a question",
        verification.ask_manufacturer,
        "question",
        "What do you need to know? The company reads it as you write it.",
        "was asked",
    ),
    "refuse_manufacturer": Decision(
        "Refuse",
        verification.refuse_manufacturer,
        "reason",
        "Why? The company reads it as you write it and may apply again.",
        "is refused",
    ),
    "suspend_manufacturer": Decision(
        "Suspend",
        verification.suspend_manufacturer,
        "reason",
        "Why? The company reads it as you write it. It is no longer listed and cannot quote.",
        "is suspended",
    ),
    "close_manufacturer": Decision(
        "Close for good",
        verification.close_manufacturer,
        "",
        "Why? The company reads it. This cannot be undone.",
        "is closed",
    ),
}
CERTIFICATE_DECISIONS: Mapping[str, Decision] = {
    "check_certificate": Decision(
        "It is right",
        certificates.check_certificate,
        "",
        "What did you compare it with? The company reads it.",
        "counts now",
    ),
    "refuse_certificate": Decision(
        "Refuse",
        certificates.refuse_certificate,
        "reason",
        "Why? The company reads it as you write it.",
        "is refused",
    ),
}
