"""A form whose upload broke off is refused as a whole, not taken without what is missing."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError


class WholeUploadMiddleware:
    """Django reads a body that ends early as if it had ended there: the fields that came before
    the broken file would be acted on, without the file. Here such a form is answered with 400."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or ""
        stream = getattr(request, "_stream", None)
        if stream is not None and length.isdigit() and request.content_type == MULTIPART:
            request._stream = _Whole(stream, int(length))  # type: ignore[assignment]
        return self.get_response(request)


class TidyUploadHandler(TemporaryFileUploadHandler):
    """Django's, which leaves its file on a disk that is full until memory is tidied up."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece; on OSError the file goes at once, and the error goes on."""
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError:
            with suppress(OSError):
                self.file.close()
            raise


MULTIPART = "multipart/form-data"


class _Whole:
    """A body that says so when it ends before its announced length, in bytes."""

    def __init__(self, stream: Any, length: int) -> None:
        self._stream, self._left = stream, length

    def read(self, *size: int) -> bytes:
        """As the stream; raises MultiPartParserError where it ends early."""
        data: bytes = self._stream.read(*size)
        self._left -= len(data)
        if not data and self._left > 0 and size != (0,):
            raise MultiPartParserError("The upload broke off before its end.")
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
