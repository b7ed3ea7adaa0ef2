"""Files beside a quote: added and removed while it is a draft, frozen with it."""

from django.core.files.base import File
from django.db import transaction

from accounts.actor import Actor
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import Fact, record
from marketplace.core.states import WrongState
from marketplace.files.actions import erase_files, store_upload
from marketplace.files.models import StoredFile
from quotes import admission, events, rules
from quotes.models import RFQ, Quote, QuoteFile
from quotes.models.quote import MAX_QUOTE_FILES
from quotes.queries import get_own_quote, lock_quote, lock_rfq
from quotes.states import QuoteState

FULL = f"A quote takes at most {MAX_QUOTE_FILES} files. Remove one first."


def add_quote_file(*, actor: Actor, public_id: str, upload: File) -> QuoteFile:
    """Keep a file with the acting shop's draft; the buyer reads it once the quote is submitted.

    Raises WrongState when the quote is no draft, DomainError for a file we do not take or one too
    many.
    """
    quote = get_own_quote(actor, public_id)
    _check_draft(actor, quote.rfq, quote)
    if quote.files.count() >= MAX_QUOTE_FILES:
        raise DomainError(FULL, fields={"uploads": FULL})
    file = store_upload(actor=actor, upload=upload, kind=StoredFile.Kind.DOCUMENT)
    with transaction.atomic():
        rfq, quote = lock_rfq(quote.rfq.public_id), lock_quote(public_id)
        _check_draft(actor, rfq, quote)
        if quote.files.count() >= MAX_QUOTE_FILES:
            raise DomainError(FULL, fields={"uploads": FULL})
        row = QuoteFile.objects.create(quote=quote, file=file)
        _record(events.QUOTE_FILE_ADDED, rfq, quote, actor, file.name)
    return row


@transaction.atomic
def remove_quote_file(*, actor: Actor, public_id: str, file_id: str) -> Quote:
    """Take a file from a draft. What a buyer may have opened stays in storage with its receipts.

    Raises WrongState when the quote is no draft, NotFound for a file of something else.
    """
    rfq = lock_rfq(get_own_quote(actor, public_id).rfq.public_id)
    quote = lock_quote(public_id)
    _check_draft(actor, rfq, quote)
    row = quote.files.select_related("file").filter(file__public_id=file_id).first()
    if row is None:
        raise NotFound()
    row.delete()
    _record(events.QUOTE_FILE_REMOVED, rfq, quote, actor, row.file.name)
    if quote.edition == 0:
        erase_files(actor=actor, files=[row.file], rows=True)
    return quote


def _check_draft(actor: Actor, rfq: RFQ, quote: Quote) -> None:
    rules.check_quotes_for(actor, quote)
    admission.check_may_open(actor, rfq)
    if quote.state != QuoteState.DRAFT:
        raise WrongState("Take the quote back before you change it.")


def _record(fact: Fact, rfq: RFQ, quote: Quote, actor: Actor, name: str) -> None:
    shop = quote.manufacturer.organization
    record(fact, quote, actor=actor, thread=rfq, visible_to=[shop], name=name)
