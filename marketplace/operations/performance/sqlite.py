"""SQLite keeps no statistics of queries: whether the file is sound, and how it is set up."""

from django.db import connection

from marketplace.operations.performance.findings import Finding, Level

FREE_PERCENT, FEW_PAGES = 25, 1_000


def checks() -> list[Finding]:
    """All findings of SQLite, in the order of the table."""
    return [integrity(), page_cache(), free_pages()]


def integrity() -> Finding:
    """The file is sound, and every foreign key leads to a row."""
    name, title = "integrity", "Integrity"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(10)")
        faults = [str(row[0]) for row in cursor.fetchall() if row[0] != "ok"]
        cursor.execute("PRAGMA foreign_key_check")
        faults += [f"{row[0]}: row {row[1]} refers to nothing in {row[2]}" for row in cursor]
    if faults:
        told = "The file is damaged: restore a backup (manage.py restore)."
        return Finding(name, title, Level.FAILS, told, faults[:10])
    return Finding(name, title, Level.OK, "The file is sound and no key leads nowhere.")


def page_cache() -> Finding:
    """How much of the file each connection may keep in memory, and how it is written."""
    name, title = "cache", "Page cache"
    size, pages, cache = _number("page_size"), _number("page_count"), _number("cache_size")
    # A negative size is in kibibytes.
    kept = -cache * 1024 if cache < 0 else cache * size
    mode = str(_value("journal_mode"))
    sentence = f"{kept // 1024} kB a connection for a file of {size * pages // 1024} kB; {mode}."
    if mode not in ("wal", "memory"):
        told = f"{sentence} Without WAL readers wait for writers."
        return Finding(name, title, Level.FAILS, told)
    return Finding(name, title, Level.OK, sentence)


def free_pages() -> Finding:
    """Room in the file that holds nothing: the estimate of its bloat."""
    name, title = "bloat", "Bloat"
    pages, free = _number("page_count"), _number("freelist_count")
    sentence = f"{free} of {pages} pages hold nothing."
    if pages >= FEW_PAGES and 100 * free > FREE_PERCENT * pages:
        return Finding(name, title, Level.NOTE, f"{sentence} VACUUM would give them back.")
    return Finding(name, title, Level.OK, sentence)


def _number(pragma: str) -> int:
    return int(str(_value(pragma)))


def _value(pragma: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {pragma}")
        return cursor.fetchone()[0]
