"""The people of every test: Bea buys, Milo makes, Rita rivals, Stefan is a stranger, Sam staff."""

import time
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

from allauth.account.internal.userkit import user_id_to_str
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from axes.models import AccessLog
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import update_last_login
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from accounts.actions.organization import create_organization
from accounts.actor import Actor
from accounts.callers import actor_for
from accounts.models import Membership, Organization, User
from accounts.sessions import SIGNED_IN_AT
from marketplace.directory.actions.manufacturer import save_company, save_profile
from marketplace.directory.actions.verification import apply_manufacturer, verify_manufacturer
from marketplace.directory.models import Manufacturer, Material, Process
from tests.replay import inside_test_transaction, kept, same_row
from tests.steps import step
from tests.watch import watch

PASSWORD = "Correct-Horse-7!"
APP_KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@dataclass
class Persona:
    """A person with (mostly) an organization."""

    user: User
    _seen: tuple[int, Actor] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def actor(self) -> Actor:
        """What `actor_for` says now; it is asked again when a row it reads may have changed."""
        if not inside_test_transaction():
            # Other connections may change it too.
            return actor_for(self.user)
        changes = watch().changes_of_membership
        if self._seen is None or self._seen[0] != changes:
            self._seen = changes, actor_for(self.user)
        return _with_own_rows(self._seen[1], self.user)

    @property
    def organization(self) -> Organization:
        organization = self.actor.organization
        assert organization is not None
        return organization

    @property
    def manufacturer(self) -> Manufacturer:
        return self.organization.manufacturer

    @cached_property
    def client(self) -> Client:
        client = Client()
        sign_in(client, self.user)
        return client


def _with_own_rows(actor: Actor, user: User) -> Actor:
    """The same actor with rows of its own, on which nothing else has been read yet."""
    memberships = []
    for one in actor.memberships:
        membership = same_row(one)
        membership.organization = same_row(one.organization)
        memberships.append(membership)
    # Without a choice one acts for the first.
    organization = memberships[0].organization if memberships else None
    return replace(actor, user=user, organization=organization, memberships=tuple(memberships))


def sign_in(client: Client, user: User) -> None:
    """What `force_login` and `show_again` leave behind, in five queries instead of twenty-two."""
    user.backend = "allauth.account.auth_backends.AuthenticationBackend"
    session = SessionStore()
    row = session.create_model_instance(
        {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: user.backend,
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            **_proofs(user, time.time()),
        }
    )
    row.save(force_insert=True)
    AccessLog.objects.create(
        username=user.email,
        ip_address="0.0.0.0",  # noqa: S104 - what Django's own sign-in leaves
        user_agent="<unknown>",
        http_accept="<unknown>",
        path_info="<unknown>",
        session_hash=sha256(row.session_key.encode()).hexdigest(),
    )
    update_last_login(None, user)
    name = settings.SESSION_COOKIE_NAME
    client.cookies[name] = row.session_key
    client.cookies[name].update(
        {"path": "/", "domain": settings.SESSION_COOKIE_DOMAIN, "max-age": None, "expires": None}
    )
    client.cookies[name]["secure"] = settings.SESSION_COOKIE_SECURE or None


def show_again(client: Client, user: User, at: float | None = None) -> None:
    """As if the person had shown at `at` (now unless said) that it is them."""
    session = client.session
    session.update(_proofs(user, at or time.time()))
    session.save()


def _proofs(user: User, at: float) -> dict[str, Any]:
    return {
        "account_authentication_methods": [{"method": "password", "at": at}],
        "account_authentication_methods_user": user_id_to_str(user),
        SIGNED_IN_AT: int(at),
    }


@step
def give_second_factor(user: User) -> User:
    """An authenticator app with the key APP_KEY; `app_code()` is what it shows."""
    TOTP.activate(user, APP_KEY)
    return user


def app_code(ahead: int = 0) -> str:
    """The code of the app now, or so many periods of 30 seconds ahead."""
    return format_hotp_value(hotp_value(APP_KEY, int(time.time()) // 30 + ahead))


def make_person(name: str, **fields: object) -> User:
    """A person with a verified address and PASSWORD."""
    [user] = new_person(name, **fields)
    return user


@kept
def new_person(name: str, **fields: object) -> list[User]:
    """What `make_person` does, by the real actions."""
    return [_person(name, **fields)]


def _person(name: str, **fields: object) -> User:
    user = User.objects.create_user(f"{name.lower()}@example.com", PASSWORD, name=name, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def make_buyer(name: str, company: str) -> Persona:
    """Who owns a company that buys."""
    return Persona(*owner_of_buyer(name, company))


@kept
def owner_of_buyer(name: str, company: str) -> list[User]:
    """What `make_buyer` does, by the real actions."""
    user = _person(name)
    create_organization(
        actor=actor_for(user),
        name=company,
        is_buyer=True,
        is_manufacturer=False,
        country="DE",
        city="Aachen",
        address=f"{company}, Werkstr. 1, 52062 Aachen",
        currency="EUR",
    )
    return [user]


@step
def make_member(boss: Persona, name: str, role: str, **fields: object) -> Persona:
    """A colleague of `boss` in `role`."""
    user = make_person(name)
    Membership.objects.create(user=user, organization=boss.organization, role=role, **fields)
    return Persona(user)


def make_shop(name: str, company: str, *, verified: bool = True) -> Persona:
    """A shop that is verified, or that waits for it."""
    return Persona(*owner_of_shop(name, company, verified))


@kept
def owner_of_shop(name: str, company: str, verified: bool) -> list[User]:
    """What `make_shop` does, by the real actions."""
    user = _person(name)
    create_organization(
        actor=actor_for(user),
        name=company,
        is_buyer=False,
        is_manufacturer=True,
        country="DE",
        city="Ulm",
        address="",
        currency="EUR",
    )
    actor = actor_for(user)
    save_company(
        actor=actor,
        legal_name=f"{company} GmbH",
        registration_number="HRB 12345",
        vat_id="DE136695976",
        website="",
        founded_year=1998,
    )
    profile = save_profile(
        actor=actor,
        headline="Milled parts",
        description="Milled parts for robots.",
        processes=Process.objects.filter(code__in=["cnc_milling", "cnc_turning"]),
        materials=Material.objects.filter(code__in=["al_6061", "ss_304"]),
        envelope_x_mm=600,
        envelope_y_mm=400,
        envelope_z_mm=300,
        lead_time_days=12,
    )
    apply_manufacturer(actor=actor)
    if verified:
        verify_manufacturer(actor=make_staff_actor(), public_id=profile.public_id)
    return [user]


def make_staff_actor() -> Actor:
    return Actor(name="Staff", is_staff=True)
