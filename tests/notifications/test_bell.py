"""The number on the bell."""

import pytest

from marketplace.notifications.models import Notification
from tests.personas import Persona

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("rows", "told"), [(1, "1"), (99, "99"), (100, "99+"), (130, "99+")])
def test_what_is_not_counted_to_its_end_does_not_look_exact(
    milo: Persona, rows: int, told: str
) -> None:
    Notification.objects.bulk_create(
        Notification(user=milo.user, event_id=f"evt_{row}", kind="order_held", title="On hold")
        for row in range(rows)
    )
    bell = milo.client.get("/inbox/bell/?seen=0").content.decode()
    assert f"{told} unread" in bell and f">{told}</span>" in bell
