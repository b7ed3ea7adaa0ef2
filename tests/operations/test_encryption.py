"""Sealed columns: unreadable in the database, found by a keyed hash, rotated without a loss."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Organization
from accounts.vat import hash_of_vat_id
from marketplace.core.encryption import UndecryptableValue, decrypt, encrypt, keyed_hashes
from tests.personas import Persona, give_second_factor

VAT = "DE136695976"
NEW = "n" * 40


def raw(column: str, table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE {column} <> ''")  # noqa: S608
        return str(cursor.fetchone()[0])


def state_vat(persona: Persona) -> None:
    Organization.objects.filter(pk=persona.organization.pk).update(
        vat_id=VAT, vat_id_hash=hash_of_vat_id(VAT)
    )


def test_the_database_holds_no_plain_value(bea: Persona) -> None:
    state_vat(bea)
    assert VAT not in raw("vat_id", "accounts_organization")
    assert bea.organization.vat_id == VAT
    assert encrypt(VAT) != encrypt(VAT) and decrypt(encrypt(VAT)) == VAT


def test_rotation_writes_everything_with_the_new_key(bea: Persona, settings: Any) -> None:
    state_vat(bea)
    give_second_factor(bea.user)
    before, old = raw("vat_id", "accounts_organization"), settings.ENCRYPTION_KEYS
    app_key = decrypt(Authenticator.objects.get().data["secret"])
    settings.ENCRYPTION_KEYS = [NEW, *old]
    assert Organization.objects.get(vat_id_hash__in=keyed_hashes(VAT, "vat_id")).vat_id == VAT
    call_command("rotate_encryption_key", verbosity=0)
    settings.ENCRYPTION_KEYS = [NEW]
    assert raw("vat_id", "accounts_organization") != before
    assert Organization.objects.get(vat_id_hash=hash_of_vat_id(VAT)).vat_id == VAT
    assert decrypt(Authenticator.objects.get().data["secret"]) == app_key


def test_a_key_taken_out_too_early_is_named(bea: Persona, settings: Any) -> None:
    state_vat(bea)
    settings.ENCRYPTION_KEYS = [NEW]
    with pytest.raises(UndecryptableValue, match="Put the key it was written with back"):
        assert bea.organization.vat_id
    with pytest.raises(CommandError, match="cannot be opened"):
        call_command("rotate_encryption_key", verbosity=0)


def test_equal_values_of_two_columns_have_two_hashes() -> None:
    assert keyed_hashes(VAT, "vat_id") != keyed_hashes(VAT, "bank")
