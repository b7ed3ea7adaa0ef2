"""What the OpenAPI document shows of each operation as it was recorded: its scope, and a call with
its answer. A test walks the operations and says when something of it is no longer true."""

import json
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("recorded.json")


@cache
def recorded() -> dict[str, dict[str, Any]]:
    """Operation id -> `scope`, `request`, `answer`; {} while nothing was recorded."""
    if not FILE.exists():
        return {}
    found: dict[str, dict[str, Any]] = json.loads(FILE.read_text())
    return found


def show_recorded(operation: dict[str, Any]) -> None:
    """Put scope and examples into an operation of the document."""
    told = recorded().get(operation["operationId"], {})
    if scope := told.get("scope"):
        needs = f"Needs the scope `{scope}`."
        operation["description"] = f"{operation.get('description', '')}\n\n{needs}".strip()
        operation["security"] = [
            {name: [scope] for name in each} if "organizationToken" in each else each
            for each in operation.get("security", [])
        ]
    for media in operation.get("requestBody", {}).get("content", {}).values():
        if "request" in told:
            media["example"] = told["request"]
    for status, answer in operation["responses"].items():
        for media in answer.get("content", {}).values():
            if "answer" in told and status.startswith("2"):
                media["example"] = told["answer"]
