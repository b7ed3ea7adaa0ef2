"""Which color family a state is shown in. The label is always written beside the color."""

TONES = {
    "success": (
        "awarded accepted partially_accepted held released paid active approved delivered "
        "verified checked resolved ready analyzed used succeeded ok passed completed in_force "
        "settled"
    ),
    "info": (
        "open sent viewed quoting submitted placed confirmed in_production quality_check "
        "first_article_review ready_to_ship partially_shipped shipped processing answered "
        "partially_released requested queued analyzing partially_awarded published planned packed "
        "in_transit info partly_shipped handed_over out_for_delivery invoiced"
    ),
    "warning": (
        "needs_reconfirmation awaiting_approval awaiting_payment requires_payment on_hold "
        "restricted partially_refunded applied asked waiting warning expiring overdue answer_due "
        "countered delayed returned"
    ),
    "error": (
        "disputed failed rejected charged_back reversed suspended must_change unreadable "
        "error refused lost written_off"
    ),
}
_TONE_OF_STATE = {state: tone for tone, states in TONES.items() for state in states.split()}


def tone_of(state: str) -> str:
    """The tone of a state's value; a state that asks nothing of anybody is neutral."""
    return _TONE_OF_STATE.get(state, "neutral")
