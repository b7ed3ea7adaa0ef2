"""Files of a backup: deflated, then sealed piece by piece, so that memory does not grow with them.

AES-256-GCM by the `cryptography` package. A file begins with a mark and a random salt; its key is
derived by HKDF-SHA256 from the first ENCRYPTION_KEY's key for backups and that salt, so no two
files share one. Every piece has its number and whether it is the last one in its nonce: a piece
that was moved, left out, or cut off at the end does not open. Every ENCRYPTION_KEY opens.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from marketplace.core.encryption import derived_key
from marketplace.operations.backups.errors import BackupDamaged

MARK = b"sealed backup 1\n"
SALT_BYTES = 32
PIECE = 1 << 20
TAG_BYTES = 16


def _box(key: str, salt: bytes) -> AESGCM:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"marketplace:backup file")
    return AESGCM(derivation.derive(derived_key(key, "backup")))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class Sealer:
    """Seals what is written to it into `target` with the newest key.

    `close()` writes the last piece; without it the file does not open. `size` and `sha256` are of
    the sealed bytes, `plain_size` and `plain_sha256` of what was written.
    """

    def __init__(self, target: IO[bytes]) -> None:
        salt = os.urandom(SALT_BYTES)
        self._target = target
        self._box = _box(settings.ENCRYPTION_KEYS[0], salt)
        self._deflate = zlib.compressobj(level=3)
        self._waiting = bytearray()
        self._number = 0
        self._sealed, self._plain = hashlib.sha256(), hashlib.sha256()
        self.size = self.plain_size = 0
        self._put(MARK + salt)

    def write(self, data: bytes) -> int:
        """Take the next bytes, any number of them."""
        view = memoryview(data)
        for start in range(0, len(view), PIECE):
            part = view[start : start + PIECE]
            self._plain.update(part)
            self.plain_size += len(part)
            self._waiting += self._deflate.compress(part)
            while len(self._waiting) > PIECE:
                self._seal(bytes(self._waiting[:PIECE]), last=False)
                del self._waiting[:PIECE]
        return len(view)

    def close(self) -> None:
        """Write what waits and the mark of the end."""
        self._waiting += self._deflate.flush()
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    @property
    def sha256(self) -> str:
        """Of the sealed bytes, hexadecimal."""
        return self._sealed.hexdigest()

    @property
    def plain_sha256(self) -> str:
        """Of what was written, hexadecimal."""
        return self._plain.hexdigest()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self._put(self._box.encrypt(_nonce(self._number, last=last), piece, None))
        self._number += 1

    def _put(self, sealed: bytes) -> None:
        self._target.write(sealed)
        self._sealed.update(sealed)
        self.size += len(sealed)


def opened(source: IO[bytes], name: str) -> Iterator[bytes]:
    """The bytes that were sealed, in pieces of at most PIECE.

    Only when it ends without an error is the whole known to be right. Raises BackupDamaged, naming
    `name`, for anything that was not written so or that no key opens.
    """
    start = _read(source, len(MARK) + SALT_BYTES)
    if len(start) < len(MARK) + SALT_BYTES or not start.startswith(MARK):
        raise BackupDamaged(f"{name} is no sealed file of a backup.")
    boxes = [_box(key, start[len(MARK) :]) for key in settings.ENCRYPTION_KEYS]
    inflate = zlib.decompressobj()
    number, sealed = 0, _read(source, PIECE + TAG_BYTES)
    while True:
        following = _read(source, PIECE + TAG_BYTES)
        piece, boxes = _unseal(boxes, _nonce(number, last=not following), sealed, name)
        yield from _inflated(inflate, piece)
        if not following:
            break
        number, sealed = number + 1, following
    if not inflate.eof:
        raise BackupDamaged(f"{name} ends too early.")


def _unseal(
    boxes: list[AESGCM], nonce: bytes, sealed: bytes, name: str
) -> tuple[bytes, list[AESGCM]]:
    """The piece, and the key that opened it for the pieces that follow."""
    for box in boxes:
        try:
            return box.decrypt(nonce, sealed, None), [box]
        except InvalidTag:
            continue
    raise BackupDamaged(
        f"{name} does not open: it is damaged, or the key it was sealed with is no longer among "
        "ENCRYPTION_KEY. Put that key back behind the new one and try again."
    )


def _inflated(inflate: zlib._Decompress, piece: bytes) -> Iterator[bytes]:
    """A small piece may stand for very much: never more than PIECE of it at once."""
    while True:
        found = inflate.decompress(piece, PIECE)
        if found:
            yield found
        piece = inflate.unconsumed_tail
        if not piece and len(found) < PIECE:
            return


def _read(source: IO[bytes], size: int) -> bytes:
    """Exactly `size` bytes unless the file ends; a network gives fewer at a time."""
    parts = []
    while size and (part := source.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
