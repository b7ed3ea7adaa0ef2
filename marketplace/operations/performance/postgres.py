"""PostgreSQL's own statistics. They count since they were last reset."""

from django.db import DatabaseError, connection, transaction

from marketplace.operations.performance.findings import Finding, Level, judged

# A statement that takes longer in the mean is slow, in milliseconds; one that ran seldom is not yet
# judged.
SLOW_MS, SELDOM = 500.0, 5
# From this many rows on, reading a table from end to end is felt.
LARGE_ROWS = 10_000
# Reading it so more often than by an index, and at least so often.
OFTEN = 50
DEAD_PERCENT, DEAD_ROWS = 20, 10_000
HIT_PERCENT, FEW_BLOCKS = 95.0, 100_000
WORDS = 140


def checks() -> list[Finding]:
    """All findings of PostgreSQL, in the order of the table."""
    return [slow_statements(), sequential_scans(), unused_indexes(), dead_rows(), cache_hits()]


def slow_statements() -> Finding:
    """The statements that take longest, where pg_stat_statements is installed."""
    name, title = "slow_queries", "Slow queries"
    try:
        # Where the server did not load it, the extension may be there and still refuse.
        with transaction.atomic():
            rows = _rows(
                "SELECT mean_exec_time, calls, query FROM pg_stat_statements s"
                " JOIN pg_database d ON d.oid = s.dbid AND d.datname = current_database()"
                " WHERE mean_exec_time > %s AND calls >= %s"
                " ORDER BY mean_exec_time * calls DESC LIMIT 10",
                SLOW_MS,
                SELDOM,
            )
    except DatabaseError:
        return Finding(
            name,
            title,
            Level.NOTE,
            "Not measured: the extension pg_stat_statements is not there. Add it to "
            "shared_preload_libraries, restart, and run CREATE EXTENSION pg_stat_statements.",
        )
    return judged(
        name,
        title,
        f"No statement takes longer than {SLOW_MS:g} ms in the mean.",
        f"{{count}} statements take longer than {SLOW_MS:g} ms in the mean.",
        [f"{mean:.0f} ms, {calls} times: {_short(query)}" for mean, calls, query in rows],
        Level.FAILS,
    )


def sequential_scans() -> Finding:
    """Large tables that are mostly read from end to end."""
    rows = _rows(
        "SELECT relname, n_live_tup, seq_scan, COALESCE(idx_scan, 0) FROM pg_stat_user_tables"
        " WHERE n_live_tup >= %s AND seq_scan >= %s AND seq_scan > COALESCE(idx_scan, 0)"
        " ORDER BY seq_tup_read DESC",
        LARGE_ROWS,
        OFTEN,
    )
    return judged(
        "sequential_scans",
        "Sequential scans",
        f"No table of more than {LARGE_ROWS} rows is mostly read from end to end.",
        "{count} large tables are read from end to end more often than by an index.",
        [
            f"{table}: {live} rows, {seq} times whole, {idx} by index"
            for table, live, seq, idx in rows
        ],
        Level.FAILS,
    )


def unused_indexes() -> Finding:
    """Large indexes that only cost: no query used them since the statistics began."""
    rows = _rows(
        "SELECT s.relname, s.indexrelname, pg_relation_size(s.indexrelid)"
        " FROM pg_stat_user_indexes s JOIN pg_index i USING (indexrelid)"
        " JOIN pg_stat_user_tables t ON t.relid = s.relid"
        " WHERE s.idx_scan = 0 AND NOT i.indisunique AND NOT i.indisprimary"
        " AND t.n_live_tup >= %s ORDER BY 3 DESC LIMIT 20",
        LARGE_ROWS,
    )
    return judged(
        "unused_indexes",
        "Unused indexes",
        f"Every index of a table of more than {LARGE_ROWS} rows was used.",
        "{count} indexes of large tables were not used since the statistics began.",
        [f"{table}: {index}, {size // 1024} kB" for table, index, size in rows],
        Level.NOTE,
    )


def dead_rows() -> Finding:
    """Tables whose dead rows were not cleared away: the estimate of their bloat."""
    rows = _rows(
        "SELECT relname, n_live_tup, n_dead_tup FROM pg_stat_user_tables"
        " WHERE n_dead_tup >= %s AND 100 * n_dead_tup > %s * (n_live_tup + n_dead_tup)"
        " ORDER BY n_dead_tup DESC",
        DEAD_ROWS,
        DEAD_PERCENT,
    )
    return judged(
        "bloat",
        "Bloat",
        f"No table consists of dead rows by more than {DEAD_PERCENT} %.",
        "{count} tables need VACUUM: look at autovacuum and at transactions that stay open.",
        [f"{table}: {dead} dead beside {live} live rows" for table, live, dead in rows],
        Level.FAILS,
    )


def cache_hits() -> Finding:
    """How many blocks were found in memory."""
    name, title = "cache", "Cache hits"
    [(hit, read)] = _rows(
        "SELECT blks_hit, blks_read FROM pg_stat_database WHERE datname = current_database()"
    )
    percent = 100.0 * hit / (hit + read) if hit + read else 100.0
    sentence = f"{percent:.1f} % of {hit + read} blocks were found in memory."
    if percent >= HIT_PERCENT:
        return Finding(name, title, Level.OK, sentence)
    if hit + read < FEW_BLOCKS:
        return Finding(name, title, Level.NOTE, f"{sentence} Too few to judge by.")
    more = f"{sentence} Under {HIT_PERCENT:g} %: raise shared_buffers or give the server memory."
    return Finding(name, title, Level.FAILS, more)


def _rows(statement: str, *values: float) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _short(query: str) -> str:
    words = " ".join(query.split())
    return words if len(words) <= WORDS else f"{words[:WORDS]}…"
