"""The table of mutants keeps up with the code: what each changes is there, once, and its drill."""

from __future__ import annotations

import pytest

from tests.mutants.mutant import Mutant
from tests.mutants.table import DRILLS, MUTANTS
from tests.payments.conftest import ROOT


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_can_be_made_and_its_drill_exists(mutant: Mutant) -> None:
    assert (ROOT / mutant.file).read_text().count(mutant.old) == 1
    assert mutant.old != mutant.new
    file, _, test = mutant.drill.partition("::")
    text = (ROOT / DRILLS / file).read_text()
    assert not test or f"def {test.partition('[')[0]}(" in text


def test_every_file_of_drills_has_a_mutant_and_there_is_a_control() -> None:
    files = {path.name for path in (ROOT / DRILLS).glob("test_*.py")}
    assert files == {mutant.drill.partition("::")[0] for mutant in MUTANTS}
    assert any(mutant.is_control for mutant in MUTANTS)
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
