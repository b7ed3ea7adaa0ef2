"""Redis refuses, or takes connections and says nothing: pages go on, and nothing queued is lost."""

from __future__ import annotations

from contextlib import AbstractContextManager

import pytest
from django.core import mail

from marketplace.core import outbox
from marketplace.core.models import Delivery
from tests.faults import report
from tests.faults.house import Answer, House, Web, fresh, wait_for
from tests.faults.stage import FAULT, PATIENCE
from tests.faults.storm import PATH, address, written
from tests.personas import PASSWORD, Persona

pytestmark = FAULT


def broken(house: House, fault: str) -> AbstractContextManager[None]:
    return house.redis.refusing() if fault == "refuses" else house.redis.faulty("hang")


@pytest.mark.parametrize("fault", ["refuses", "hangs"])
def test_without_redis(house: House, bea: Persona, token: str, fault: str) -> None:
    """Kills: a nudge that is waited for, a sign-in or a limit that needs the cache, work that only
    a message knows of."""
    web, label = house.web, fresh("redis-")
    guest = f"{label}@example.com"
    session = {"sessionid": bea.client.cookies["sessionid"].value}
    # Pages are put together once before, in each of the two workers.
    for _ in range(4):
        assert web.ask("GET", "/rfqs/", cookies=session).status == 200
        assert web.ask("GET", "/accounts/login/").status == 200
    with broken(house, fault):
        answers = _use(web, session, token, label, bea.user.email)
        ready, alive = (web.ask("GET", path) for path in ("/readyz", "/livez"))
    mended = wait_for(lambda: web.ask("GET", "/readyz").status == 200)
    assert {name: answer.status for name, answer in answers.items()} == {
        "page": 200,
        "order": 201,
        "invitation": 201,
        "sign-in page": 200,
        "sign-in": 302,
    }
    assert (ready.status, alive.status) == (503, 200)
    slowest = max(answers.values(), key=lambda answer: answer.seconds)
    assert slowest.seconds < PATIENCE
    assert written(label) == (1, 1)
    # No message told anybody of the invitation; the row does.
    assert Delivery.objects.filter(status=Delivery.State.PENDING).exists()
    while outbox.sweep(but_slow=True):
        pass
    assert sum(guest in letter.to for letter in mail.outbox) == 1
    report.row(
        f"Redis {fault}",
        caused=f"a proxy before it {fault}",
        seen=f"pages, orders, signing in work; slowest {slowest.seconds:.1f} s; /readyz 503; "
        "the sweep delivers what no message told of",
        healed=mended,
    )


def _use(
    web: Web, session: dict[str, str], token: str, label: str, email: str
) -> dict[str, Answer]:
    invited = {"email": f"{label}@example.com", "role": "viewer"}
    return {
        "page": web.ask("GET", "/rfqs/", cookies=session),
        "order": web.ask("POST", PATH, address(label), token=token, key=label),
        "invitation": web.ask("POST", "/api/v1/invitations/", invited, token=token),
        "sign-in page": web.ask("GET", "/accounts/login/"),
        "sign-in": web.form("/accounts/login/", {}, login=email, password=PASSWORD),
    }
