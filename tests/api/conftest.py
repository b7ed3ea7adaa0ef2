"""Programs of the five people."""

import pytest

from tests.api.scene import Api
from tests.personas import Persona


@pytest.fixture
def buyer(bea: Persona) -> Api:
    return Api(bea)


@pytest.fixture
def shop(milo: Persona) -> Api:
    return Api(milo)


@pytest.fixture
def rival(rita: Persona) -> Api:
    return Api(rita)


@pytest.fixture
def stranger(stefan: Persona) -> Api:
    return Api(stefan)
