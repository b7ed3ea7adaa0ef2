"""Fixtures of the CAD reader's tests: files made by the kernel, and a reader of facts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from marketplace.parts.geometry.facts import GeometryError, PartFacts
from marketplace.parts.geometry.limits import Limits
from marketplace.parts.geometry.reader import read_part
from tests.made_files import made_by

Read = Callable[..., PartFacts]
Refuse = Callable[..., GeometryError]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The reader depends on its own sources and the locked packages alone: see the Makefile."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.geometry)


@pytest.fixture(scope="session")
def kernel_files() -> Path:
    """Return a folder of STEP and IGES files with known figures."""
    return made_by(
        "tests.parts.geometry.kernel_shapes", Path(__file__).with_name("kernel_shapes.py")
    )


@pytest.fixture
def facts_of() -> Read:
    """Return a reader of figures without pictures."""

    def read(path: Path, **options: object) -> PartFacts:
        return read_part(path, None, **options)  # type: ignore[arg-type]

    return read


@pytest.fixture
def refusal(tmp_path: Path) -> Refuse:
    """Return a reader of files that must be refused; nothing may be left in the target folder."""

    def read(path: Path, limits: Limits | None = None, **options: object) -> GeometryError:
        out = tmp_path / "out of a refused file"
        with pytest.raises(GeometryError) as caught:
            read_part(path, out, limits=limits or Limits(), **options)  # type: ignore[arg-type]
        assert not out.exists()
        assert caught.value.message.endswith(".")
        assert str(path) not in caught.value.message
        return caught.value

    return read


def codes(facts: PartFacts) -> list[str]:
    """Return the codes of the warnings in their order."""
    return [warning.code for warning in facts.warnings]
