"""A few of the calls a machine makes up go through a real server and a socket."""

from typing import Any

import hypothesis
import pytest
from schemathesis import Case, GenerationMode

from tests.api.scene import Api, draft_rfq
from tests.matrix.machine import EVERY_CALL, SEED, drawing, read_operations
from tests.personas import Persona


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_lists_and_a_request_over_a_socket(bea: Persona, live_server: Any) -> None:
    rfq, headers = draft_rfq(bea), Api(bea).headers
    paths = {"rfq": rfq.public_id, "part": rfq.lines.get().part_revision.part.public_id}
    met = 0
    for operation in read_operations():
        names = {each.name for each in operation.path_parameters}
        reads = operation.method.upper() == "GET" and names <= paths.keys()
        if not reads and operation.definition.raw["operationId"] not in (
            "change_rfq",
            "create_rfq",
        ):
            continue
        met += 1
        given = {name: paths[name] for name in names}
        strategies = [
            operation.as_strategy(generation_mode=mode, path_parameters=given or None)
            for mode in GenerationMode
        ]

        @hypothesis.seed(SEED)
        @drawing(2)
        @hypothesis.given(hypothesis.strategies.one_of(strategies))
        def meet(case: Case) -> None:
            answer = case.call(base_url=live_server.url, headers=headers)
            case.validate_response(answer, EVERY_CALL, headers=headers)

        meet()
    assert met > 40
