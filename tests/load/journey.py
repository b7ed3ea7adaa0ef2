"""Who comes to the site in the load test, and what each of them does; read by locust.

LOAD_PEOPLE names the file that tests/load/people.py printed. Without one only visitors come.
"""

import json
import os
import random
from itertools import count
from pathlib import Path
from typing import Any

from locust import FastHttpUser, between, task

NOBODY: dict[str, Any] = {"buyers": [], "makers": [], "tokens": [], "rfqs": [], "orders": []}
FILE = os.environ.get("LOAD_PEOPLE", "")
PEOPLE = json.loads(Path(FILE).read_text()) if FILE else NOBODY
NUMBERS = count(1)


class Somebody(FastHttpUser):
    """A browser of its own, at an address of its own, that takes time to read."""

    abstract = True
    wait_time = between(2, 8)

    def on_start(self) -> None:
        number = next(NUMBERS)
        self.headers = {"X-Forwarded-For": f"10.7.{number // 250}.{number % 250 + 1}"}

    def look(self, path: str, name: str = "") -> None:
        """Get a page; being sent to the sign-in counts as an error."""
        with self.client.get(
            path, name=name or path, headers=self.headers, catch_response=True
        ) as answer:
            if "/accounts/login/" in (answer.url or "") and "login" not in path:
                answer.failure("sent to the sign-in")


class Visitor(Somebody):
    """Looks who is there."""

    weight = 2

    @task(3)
    def landing(self) -> None:
        self.look("/")

    @task(3)
    def directory(self) -> None:
        self.look("/manufacturers/")

    @task(1)
    def status(self) -> None:
        self.look("/status/")


class Member(Somebody):
    """Signs in by the form, as everybody does."""

    abstract = True
    side = ""

    def on_start(self) -> None:
        super().on_start()
        person = PEOPLE[self.side].pop()
        form = "/accounts/login/"
        self.look(form)
        cookies = {each.name: each.value for each in self.client.cookiejar}
        data = {
            "login": person["email"],
            "password": person["password"],
            "csrfmiddlewaretoken": cookies["csrftoken"],
        }
        headers = {**self.headers, "Referer": self.host or ""}
        with self.client.post(
            form, data, name=f"{form} (sign in)", headers=headers, catch_response=True
        ) as answer:
            if form in (answer.url or ""):
                answer.failure("the sign-in was refused")


class Buyer(Member):
    """Reads what came in, compares, and looks after orders."""

    weight = 5 if PEOPLE["buyers"] else 0
    side = "buyers"

    @task(3)
    def home(self) -> None:
        self.look("/home/")

    @task(3)
    def compare(self) -> None:
        self.look("/rfqs/")
        rfq = random.choice(PEOPLE["rfqs"])
        self.look(f"/rfqs/{rfq}/", "/rfqs/{rfq}/")
        self.look(f"/rfqs/{rfq}/compare/", "/rfqs/{rfq}/compare/")

    @task(2)
    def orders(self) -> None:
        self.look("/orders/")
        self.look(f"/orders/{random.choice(PEOPLE['orders'])}/", "/orders/{order}/")

    @task(1)
    def parts(self) -> None:
        self.look("/parts/")


class Maker(Member):
    """Looks what was asked and what is to be made."""

    weight = 2 if PEOPLE["makers"] else 0
    side = "makers"

    @task(2)
    def portal(self) -> None:
        self.look("/portal/")

    @task(2)
    def requests(self) -> None:
        self.look("/portal/requests/")

    @task(1)
    def orders(self) -> None:
        self.look("/portal/orders/")


class Machine(Somebody):
    """A program that reads lists with a token."""

    weight = 1 if PEOPLE["tokens"] else 0
    lists = {"buyers": ("parts", "rfqs", "orders"), "makers": ("requests", "quotes", "orders")}

    def on_start(self) -> None:
        super().on_start()
        chosen = random.choice(PEOPLE["tokens"])
        self.names = self.lists[chosen["side"]]
        self.headers["Authorization"] = f"Bearer {chosen['token']}"

    @task
    def read(self) -> None:
        for name in self.names:
            self.look(f"/api/v1/{name}/", "/api/v1/{list}/")
