"""The ledger's rules in the database: append-only, right currency, caches nobody edits.

The overdraft rule itself is a CHECK on the account; the triggers keep its two columns. Two may
take entries out again, with the rules stepped aside meanwhile (`stepped_aside`): the clearing of
the demo, whose money was never any, and tests that empty the tables.

On SQLite Django alters a table by building it anew, which drops its triggers: a later migration
that touches one of the two tables must `remove` before and `install` after.
"""

from __future__ import annotations

# ruff: noqa: S608 - the names in these statements are the constants below.
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

ENTRY, ACCOUNT = "payments_ledgerentry", "payments_ledgeraccount"

_POSTGRES_INSTALL = [
    """
    CREATE FUNCTION payments_ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'ledger entries are appended, never changed'
            USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    f"""
    CREATE FUNCTION payments_ledger_check() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM {ACCOUNT} WHERE id IN (NEW.debit_id, NEW.credit_id)
                   AND currency <> NEW.currency) THEN
            RAISE EXCEPTION 'a ledger entry has the currency of its accounts'
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    # In the order of ids, so that two entries between the same accounts cannot deadlock.
    f"""
    CREATE FUNCTION payments_ledger_apply() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE one bigint;
    BEGIN
        FOREACH one IN ARRAY ARRAY[LEAST(NEW.debit_id, NEW.credit_id),
                                   GREATEST(NEW.debit_id, NEW.credit_id)] LOOP
            UPDATE {ACCOUNT} SET
                debits = debits + CASE WHEN id = NEW.debit_id THEN NEW.amount_minor ELSE 0 END,
                credits = credits + CASE WHEN id = NEW.credit_id THEN NEW.amount_minor ELSE 0 END
            WHERE id = one AND no_overdraft;
        END LOOP;
        RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION payments_ledger_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            IF NEW.debits <> 0 OR NEW.credits <> 0 THEN
                RAISE EXCEPTION 'a ledger account starts empty'
            USING ERRCODE = 'integrity_constraint_violation';
            END IF;
        ELSIF pg_trigger_depth() < 2 AND (NEW.debits, NEW.credits, NEW.currency, NEW.no_overdraft)
              IS DISTINCT FROM (OLD.debits, OLD.credits, OLD.currency, OLD.no_overdraft) THEN
            RAISE EXCEPTION 'a ledger account changes by entries only'
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    f"""CREATE TRIGGER payments_ledger_refuse BEFORE UPDATE OR DELETE ON {ENTRY}
        FOR EACH ROW EXECUTE FUNCTION payments_ledger_refuse()""",
    f"""CREATE TRIGGER payments_ledger_refuse_truncate BEFORE TRUNCATE ON {ENTRY}
        FOR EACH STATEMENT EXECUTE FUNCTION payments_ledger_refuse()""",
    f"""CREATE TRIGGER payments_ledger_check BEFORE INSERT ON {ENTRY}
        FOR EACH ROW EXECUTE FUNCTION payments_ledger_check()""",
    f"""CREATE TRIGGER payments_ledger_apply AFTER INSERT ON {ENTRY}
        FOR EACH ROW EXECUTE FUNCTION payments_ledger_apply()""",
    f"""CREATE TRIGGER payments_ledger_guard BEFORE INSERT OR UPDATE ON {ACCOUNT}
        FOR EACH ROW EXECUTE FUNCTION payments_ledger_guard()""",
]
_POSTGRES_REMOVE = [
    f"DROP TRIGGER IF EXISTS payments_ledger_refuse ON {ENTRY}",
    f"DROP TRIGGER IF EXISTS payments_ledger_refuse_truncate ON {ENTRY}",
    f"DROP TRIGGER IF EXISTS payments_ledger_check ON {ENTRY}",
    f"DROP TRIGGER IF EXISTS payments_ledger_apply ON {ENTRY}",
    f"DROP TRIGGER IF EXISTS payments_ledger_guard ON {ACCOUNT}",
    "DROP FUNCTION IF EXISTS payments_ledger_refuse()",
    "DROP FUNCTION IF EXISTS payments_ledger_check()",
    "DROP FUNCTION IF EXISTS payments_ledger_apply()",
    "DROP FUNCTION IF EXISTS payments_ledger_guard()",
]
_SUM = "(SELECT COALESCE(SUM(amount_minor), 0) FROM {entry} WHERE {side} = NEW.id)"
_SQLITE_INSTALL = [
    f"""CREATE TRIGGER payments_ledger_update BEFORE UPDATE ON {ENTRY} BEGIN
        SELECT RAISE(ABORT, 'ledger entries are appended, never changed'); END""",
    f"""CREATE TRIGGER payments_ledger_delete BEFORE DELETE ON {ENTRY} BEGIN
        SELECT RAISE(ABORT, 'ledger entries are appended, never changed'); END""",
    f"""CREATE TRIGGER payments_ledger_check BEFORE INSERT ON {ENTRY}
        WHEN EXISTS (SELECT 1 FROM {ACCOUNT} WHERE id IN (NEW.debit_id, NEW.credit_id)
                     AND currency <> NEW.currency) BEGIN
        SELECT RAISE(ABORT, 'a ledger entry has the currency of its accounts'); END""",
    f"""CREATE TRIGGER payments_ledger_apply AFTER INSERT ON {ENTRY} BEGIN
        UPDATE {ACCOUNT} SET debits = debits + NEW.amount_minor
            WHERE id = NEW.debit_id AND no_overdraft;
        UPDATE {ACCOUNT} SET credits = credits + NEW.amount_minor
            WHERE id = NEW.credit_id AND no_overdraft; END""",
    f"""CREATE TRIGGER payments_ledger_start BEFORE INSERT ON {ACCOUNT}
        WHEN NEW.debits <> 0 OR NEW.credits <> 0 BEGIN
        SELECT RAISE(ABORT, 'a ledger account starts empty'); END""",
    # SQLite cannot tell who updates, so the new values must be what the entries sum to.
    f"""CREATE TRIGGER payments_ledger_guard BEFORE UPDATE ON {ACCOUNT}
        WHEN NEW.currency <> OLD.currency OR NEW.no_overdraft <> OLD.no_overdraft
          OR (NEW.no_overdraft AND (
                NEW.debits <> {_SUM.format(entry=ENTRY, side="debit_id")}
             OR NEW.credits <> {_SUM.format(entry=ENTRY, side="credit_id")}))
          OR (NOT NEW.no_overdraft AND (NEW.debits <> 0 OR NEW.credits <> 0)) BEGIN
        SELECT RAISE(ABORT, 'a ledger account changes by entries only'); END""",
]
_SQLITE_REMOVE = [
    f"DROP TRIGGER IF EXISTS payments_ledger_{name}"
    for name in ("update", "delete", "check", "apply", "start", "guard")
]


def install(connection: Any) -> None:
    """Create the triggers on this connection's database."""
    _run(connection, _POSTGRES_INSTALL, _SQLITE_INSTALL)


def remove(connection: Any) -> None:
    """Drop the triggers; only migrations backwards and `stepped_aside` do this."""
    _run(connection, _POSTGRES_REMOVE, _SQLITE_REMOVE)


@contextmanager
def stepped_aside(connection: Any) -> Iterator[None]:
    """The tables without the rules, which come back at the end.

    On PostgreSQL whoever takes the rules away holds both tables until the transaction ends, so
    nobody else writes the books without them; SQLite has one writer anyway. A transaction that
    fails brings the rules back itself, and could not be told to do anything more.
    """
    remove(connection)
    try:
        yield
    except BaseException:
        if not connection.in_atomic_block:
            install(connection)
        raise
    install(connection)


def _run(connection: Any, postgres: list[str], sqlite: list[str]) -> None:
    statements = {"postgresql": postgres, "sqlite": sqlite}[connection.vendor]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
