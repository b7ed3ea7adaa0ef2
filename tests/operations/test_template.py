"""What the kept template databases of the tests are made anew for."""

from tests.template import ROOT, _modules_of_ours


def test_a_module_that_a_migration_calls_counts_too() -> None:
    source = "from orders import snapshot_rules, states\nfrom payments.tax_data import load_rates\n"
    source += "import marketplace.core.ids\nfrom django.db import migrations\n"
    names = {str(path.relative_to(ROOT)) for path in _modules_of_ours(source)}
    assert names == {
        "orders/snapshot_rules.py",
        "orders/states.py",
        "payments/tax_data.py",
        "marketplace/core/ids.py",
    }
