"""What an award needs, as pure figures: more money never needs fewer approvals."""

from hypothesis import given
from hypothesis import strategies as st

from accounts.approvals import Need, Rule, approvals_needed
from marketplace.core.money import Money

amounts = st.integers(0, 10_000_000)
people = st.frozensets(st.sampled_from(["usr_a", "usr_b", "usr_c"]), max_size=3)
rules = st.lists(
    st.builds(
        lambda over, needed, names: Rule(Money(over, "EUR"), needed, names),
        amounts,
        st.integers(1, 5),
        people,
    ),
    max_size=5,
    unique_by=lambda rule: rule.over.minor,
)
limits = st.none() | amounts.map(lambda minor: Money(minor, "EUR"))


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


@given(amounts, amounts, limits, rules)
def test_more_money_never_needs_fewer(
    one: int, other: int, limit: Money | None, given_rules: list[Rule]
) -> None:
    less, more = sorted([one, other])
    small = approvals_needed(eur(less), limit, given_rules)
    large = approvals_needed(eur(more), limit, given_rules)
    assert small.approvals <= large.approvals


@given(amounts, limits, limits, rules)
def test_a_lower_limit_and_a_further_rule_never_need_fewer(
    total: int, one: Money | None, other: Money | None, given_rules: list[Rule]
) -> None:
    def key(limit: Money | None) -> float:
        return float("inf") if limit is None else limit.minor

    tight, loose = sorted([one, other], key=key)
    free = approvals_needed(eur(total), loose, given_rules)
    assert approvals_needed(eur(total), tight, given_rules).approvals >= free.approvals
    fewer = approvals_needed(eur(total), loose, given_rules[1:])
    assert free.approvals >= fewer.approvals


@given(amounts, limits, rules)
def test_it_asks_exactly_when_something_is_exceeded_and_says_why(
    total: int, limit: Money | None, given_rules: list[Rule]
) -> None:
    need = approvals_needed(eur(total), limit, given_rules)
    thresholds = [rule.over.minor for rule in given_rules] + ([limit.minor] if limit else [])
    assert bool(need.approvals) == any(total > threshold for threshold in thresholds)
    assert bool(need.reason) == bool(need.approvals)


@given(amounts, limits, rules)
def test_another_currency_is_never_waved_through(
    total: int, limit: Money | None, given_rules: list[Rule]
) -> None:
    need = approvals_needed(Money(total, "USD"), limit, given_rules)
    strictest = max((rule.needed for rule in given_rules), default=1 if limit else 0)
    assert need.approvals == strictest
    if need.approvals:
        assert "cannot be compared" in need.reason


def test_the_rule_with_the_highest_amount_below_the_total_names_who() -> None:
    three = [
        Rule(eur(1000), 1, frozenset({"usr_a"})),
        Rule(eur(5000), 2),
        Rule(eur(9000), 3, frozenset({"usr_b"})),
    ]
    assert approvals_needed(eur(1000), None, three) == Need()
    assert approvals_needed(eur(1001), None, three).approvers == {"usr_a"}
    middle = approvals_needed(eur(9000), None, three)
    assert (middle.approvals, middle.approvers) == (2, frozenset())
    assert middle.reason == "Awards over 50.00 EUR are approved first."
    both = approvals_needed(eur(9001), eur(100), three)
    assert both.reason == (
        "Awards over 90.00 EUR are approved first, and the spend limit of 1.00 EUR is exceeded."
    )
