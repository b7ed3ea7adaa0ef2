"""What one worker of a run has kept, for all of them: files in the run's own folder."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any


class Shelf:
    """Things by a name; the first that is put under a name is the one that stays."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self._read: dict[str, Any] = {}

    @contextmanager
    def aside(self, folder: Path) -> Iterator[None]:
        """Inside, nothing is kept yet, and what is put goes to this folder."""
        before = self.folder, self._read
        folder.mkdir()
        self.folder, self._read = folder, {}
        yield
        self.folder, self._read = before

    def take(self, name: str) -> Any:
        """The thing of this name, None when there is none yet."""
        if name not in self._read:
            path = self._path(name)
            if not path.exists():
                return None
            self._read[name] = pickle.loads(path.read_bytes())  # noqa: S301 - written by this run
        return self._read[name]

    def put(self, name: str, thing: Any) -> bool:
        """Whether the thing is the one of this name from now on: another worker may be faster."""
        path = self._path(name)
        making = path.with_suffix(f".{os.getpid()}")
        making.write_bytes(pickle.dumps(thing))
        try:
            os.link(making, path)
        except FileExistsError:
            return False
        finally:
            making.unlink()
        self._read[name] = thing
        return True

    def _path(self, name: str) -> Path:
        assert self.folder is not None, "The shelf has no folder yet."
        return self.folder / sha256(name.encode()).hexdigest()


SHELF = Shelf()
