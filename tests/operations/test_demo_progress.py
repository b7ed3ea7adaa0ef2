"""What the demo does with orders on their way works on any order of that kind."""

import pytest
from django.utils import timezone

from marketplace.operations.demo.progress import IN_PARTS, PROGRESS, WITH_FIRST_ARTICLE
from orders.models import Order
from orders.workload import own_load
from tests.orders.scene import make_order
from tests.personas import Persona

pytestmark = pytest.mark.django_db


def agreed(parts: tuple[tuple[str, int], ...]) -> dict[str, object]:
    return {"milestones": [{"kind": kind, "percent": percent} for kind, percent in parts]}


def tell(name: str, bea: Persona, milo: Persona, order: Order) -> Order:
    Order.objects.filter(pk=order.pk).update(ship_by=timezone.localdate())
    order.refresh_from_db()
    PROGRESS[name](bea.actor, milo.actor, order)
    order.refresh_from_db()
    return order


def test_each_story_ends_where_it_says(bea: Persona, milo: Persona) -> None:
    making = make_order(bea, milo, "in_production", agreed=agreed(IN_PARTS))
    tool = tell("tool", bea, milo, making).milestones.get(kind="tooling")
    assert (tool.state, tool.evidence.count()) == ("submitted", 2)
    late = make_order(bea, milo, "confirmed", agreed=agreed(IN_PARTS))
    assert tell("late", bea, milo, late).milestones.get(kind="tooling").due_on is not None
    assert own_load(milo.actor).overdue == 1
    gated = make_order(bea, milo, "in_production", agreed=agreed(WITH_FIRST_ARTICLE))
    order = tell("first_article", bea, milo, gated)
    assert order.state == "first_article_review"
    assert order.first_articles.get().out_of_tolerance == 1
    ready = make_order(bea, milo, "ready_to_ship")
    assert tell("partly_shipped", bea, milo, ready).state == "partly_shipped"
