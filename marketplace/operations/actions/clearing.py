"""Leaving the demo behind, in one transaction."""

from django.db import IntegrityError, OperationalError, connection, transaction

from accounts.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.outbox import deliver
from marketplace.files.actions import erase_files
from marketplace.files.chunks import drop_chunks
from marketplace.files.models import StoredFile
from marketplace.operations.clearing.finding import Demo, demo, hindrances
from marketplace.operations.clearing.leftovers import (
    CLEARING,
    remove_local_files,
    waiting_removals,
)
from marketplace.operations.clearing.ties import chunks
from marketplace.parts.models import Upload
from payments import ledger_rules
from quotes.actions.calibration import calibrate_estimates


def clear_demo_data() -> Demo:
    """Remove every row of the demo with its files; what went.

    All or nothing. Raises DomainError with one sentence a line for what hinders it, also when
    somebody wrote to the demo meanwhile. The files go after the commit.
    """
    try:
        with transaction.atomic():
            found = _clear()
    except (IntegrityError, OperationalError) as error:
        raise DomainError(
            "Somebody wrote to the demo meanwhile, so nothing was removed. Run it again, with the "
            f"workers stopped if it goes on. ({str(error).splitlines()[0]})"
        ) from error
    for owed in waiting_removals():
        deliver(owed)
    remove_local_files()
    return found


def _clear() -> Demo:
    # Keys are checked at the end of the transaction, so the tables may go in any order.
    with ledger_rules.stepped_aside(connection):
        found = demo()
        if reasons := hindrances(found):
            raise DomainError("\n".join(reasons))
        pieces = [
            key
            for some in chunks(found.rows.get(Upload, ()))
            for chunks_of in Upload.objects.filter(pk__in=some).values_list("chunks", flat=True)
            for key, _ in chunks_of
        ]
        _empty_keys(found)
        for model, pks in found.rows.items():
            if model is not StoredFile:
                for some in chunks(pks):
                    rows = model._base_manager.filter(pk__in=some)
                    rows._raw_delete(rows.db)
        _erase(found)
        connection.check_constraints()
    calibrate_estimates()
    transaction.on_commit(lambda: drop_chunks(pieces))
    return found


def _empty_keys(found: Demo) -> None:
    for (model, column), pks in found.emptied.items():
        for some in chunks(pks - found.rows.get(model, set())):
            model._base_manager.filter(pk__in=some).update(**{column: None})


def _erase(found: Demo) -> None:
    files = [
        file
        for some in chunks(found.rows.get(StoredFile, ()))
        for file in StoredFile.objects.filter(pk__in=some)
    ]
    erase_files(actor=Actor.system(CLEARING), files=files, rows=True)
