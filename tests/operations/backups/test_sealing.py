"""Sealed files: what went in comes out, nothing else does, and memory does not grow with them."""

import io
import os
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from marketplace.operations.backups.errors import BackupDamaged
from marketplace.operations.backups.sealing import (
    MARK,
    PIECE,
    SALT_BYTES,
    TAG_BYTES,
    Sealer,
    opened,
)

NEW = "n" * 40
HEAD = len(MARK) + SALT_BYTES


def sealed(content: bytes) -> bytes:
    target = io.BytesIO()
    sealer = Sealer(target)
    sealer.write(content)
    sealer.close()
    assert sealer.size == len(target.getvalue())
    assert sealer.plain_size == len(content)
    return target.getvalue()


def open_all(content: bytes) -> bytes:
    return b"".join(opened(io.BytesIO(content), "it"))


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_went_in_comes_out(size: int) -> None:
    content = os.urandom(size)
    found = sealed(content)
    assert open_all(found) == content
    assert size < 100 or content[:100] not in found


def test_two_seals_of_the_same_differ() -> None:
    assert sealed(b"same") != sealed(b"same")


def test_damage_moves_and_cuts_are_found() -> None:
    content = os.urandom(3 * PIECE)
    whole = sealed(content)
    piece = PIECE + TAG_BYTES
    first, second = whole[HEAD : HEAD + piece], whole[HEAD + piece : HEAD + 2 * piece]
    flipped = bytearray(whole)
    flipped[HEAD + piece + 7] ^= 1
    wrong = {
        "a flipped bit": bytes(flipped),
        "two pieces exchanged": whole[:HEAD] + second + first + whole[HEAD + 2 * piece :],
        "a piece left out": whole[:HEAD] + first + whole[HEAD + 2 * piece :],
        "cut after a piece": whole[: HEAD + 2 * piece],
        "cut inside a piece": whole[:-5],
        "something behind it": whole + b"more",
        "another salt": whole[:HEAD].replace(whole[20:22], b"xx") + whole[HEAD:],
        "cut in the head": whole[:10],
        "nothing": b"",
    }
    for what, damaged in wrong.items():
        with pytest.raises(BackupDamaged):
            open_all(damaged)
            pytest.fail(what)


def test_old_keys_open_and_a_key_taken_out_is_named(settings: Any) -> None:
    old = settings.ENCRYPTION_KEYS
    found = sealed(b"words")
    settings.ENCRYPTION_KEYS = [NEW, *old]
    assert open_all(found) == b"words"
    settings.ENCRYPTION_KEYS = [NEW]
    with pytest.raises(BackupDamaged, match="Put that key back"):
        open_all(found)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Of 24 pieces; once noise, once zeros, a piece of which stands for a thousand others."""
    noise = os.urandom(PIECE)
    for block in (noise, bytes(PIECE)):
        place = tmp_path / "sealed"
        tracemalloc.start()
        with place.open("wb") as target:
            sealer = Sealer(target)
            for _ in range(24):
                sealer.write(block)
            sealer.close()
        with place.open("rb") as source:
            size = sum(len(piece) for piece in opened(source, "it"))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert size == 24 * PIECE
        assert peak < 8 * PIECE
