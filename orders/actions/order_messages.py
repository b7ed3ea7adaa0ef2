"""The two parties write each other on an order."""

from collections.abc import Sequence

from django.core.files.base import File
from django.db import transaction

from accounts.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.live import announce
from marketplace.files.actions import store_upload
from marketplace.files.checks import EXTENSIONS, MODEL_EXTENSIONS
from marketplace.files.models import StoredFile
from marketplace.messaging import actions as messaging
from marketplace.messaging.models import Message
from marketplace.messaging.rules import clean_text
from orders import events
from orders.message_queries import order_to_write_on, thread_of_order
from orders.message_rules import MOST_FILES, check_can_write
from orders.models import Order
from orders.queries import lock_order

Kind = StoredFile.Kind
TAKEN = sorted({".pdf", *EXTENSIONS[Kind.PHOTO], *MODEL_EXTENSIONS})


def store_files(
    *, actor: Actor, public_id: str, text: str, uploads: Sequence[File]
) -> list[StoredFile]:
    """Keep the files of a text about to be written; outside a transaction, as every upload.

    Rights, text and number come first, so that nothing of a refused text reaches the storage.
    Raises NotFound, NotAllowed, WrongState, DomainError for what cannot be taken.
    """
    check_can_write(actor, order_to_write_on(actor, public_id))
    clean_text(text)
    if len(uploads) > MOST_FILES:
        raise DomainError(
            f"Attach at most {MOST_FILES} files to a message; these are {len(uploads)}.",
            fields={"files": f"Choose at most {MOST_FILES} files."},
        )
    kinds = [_kind_of(upload.name or "") for upload in uploads]
    return [
        store_upload(actor=actor, upload=upload, kind=kind)
        for upload, kind in zip(uploads, kinds, strict=True)
    ]


def _kind_of(name: str) -> str:
    extension = f".{name.rsplit('.', 1)[-1].lower()}"
    if extension in EXTENSIONS[Kind.PHOTO]:
        return Kind.PHOTO
    if extension in MODEL_EXTENSIONS:
        return Kind.MODEL
    if extension == ".pdf":
        return Kind.DOCUMENT
    sentence = f"{name[:120]} is not of a type we take here. Use one of: {', '.join(TAKEN)}."
    raise DomainError(sentence, fields={"files": sentence})


@transaction.atomic
def write_order_message(
    *, actor: Actor, public_id: str, text: str, files: Sequence[StoredFile] = ()
) -> Message:
    """Write to the other party, with files that are kept already.

    Raises NotFound for a stranger, NotAllowed, WrongState, DomainError for an empty or overlong
    text, TooMany above the rate.
    """
    order = lock_order(public_id)
    check_can_write(actor, order)
    thread = messaging.open_thread(subject=public_id, asker=order.manufacturer, owner=order.buyer)
    message = messaging.write_message(
        actor=actor,
        # Its own story: an order's timeline says what happened, not what was said.
        story=thread,
        thread=thread,
        text=text,
        files=files,
        fact=events.ORDER_MESSAGE_WRITTEN,
    )
    announce(thread=public_id, seen_by=[party.public_id for party in order.parties])
    return message


@transaction.atomic
def read_order_messages(*, actor: Actor, order: Order) -> None:
    """The person has read to the end. The caller has found the order for this actor."""
    thread = thread_of_order(order)
    if thread is not None:
        messaging.mark_thread_read(actor=actor, thread=thread)
