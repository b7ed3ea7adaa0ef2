"""The contract is immutable in the database: what was agreed is refused to every UPDATE.

State, dates that follow from moves, and notes of staff may change; parties, prices, quantities,
files and terms may not. On SQLite Django alters a table by building it anew, which drops its
triggers: a later migration of these tables must `remove` before and `install` after.
"""

from collections.abc import Sequence
from typing import Any

ORDER, LINE = "orders_order", "orders_orderline"
SENTENCE = "an order is a contract: what was agreed does not change"
# What the first installations protect; the migrations that install it name it.
AGREED_AT_FIRST = (
    "public_id",
    "reference",
    "buyer_id",
    "manufacturer_id",
    "currency",
    "goods_minor",
    "tooling_minor",
    "freight_minor",
    "total_minor",
    "title",
    "buyer_name",
    "manufacturer_name",
    "po_number",
    "incoterm",
    "ship_to",
    "notes",
    "rfq_id",
    "quote_id",
    "lead_time_days",
)
AGREED_WITH_AMOUNTS = (*AGREED_AT_FIRST, "setup_minor", "charges_minor", "exceptions", "terms")
AGREED = (
    *AGREED_WITH_AMOUNTS,
    "commission_bps",
    "commission_fixed_minor",
    "commission_minimum_minor",
    "commission_rule",
)


def _postgres(agreed: Sequence[str]) -> list[str]:
    old, new = (", ".join(f"{row}.{name}" for name in agreed) for row in ("OLD", "NEW"))
    return [
        f"""CREATE FUNCTION orders_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'integrity_constraint_violation';
        END $$""",
        f"""CREATE TRIGGER orders_order_agreed BEFORE UPDATE ON {ORDER} FOR EACH ROW
            WHEN (({old}) IS DISTINCT FROM ({new}))
            EXECUTE FUNCTION orders_refuse()""",
        f"""CREATE TRIGGER orders_line_agreed BEFORE UPDATE ON {LINE} FOR EACH ROW
            EXECUTE FUNCTION orders_refuse()""",
    ]


def _sqlite(agreed: Sequence[str]) -> list[str]:
    return [
        f"""CREATE TRIGGER orders_order_agreed BEFORE UPDATE ON {ORDER}
            WHEN {" OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in agreed)}
            BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END""",
        f"""CREATE TRIGGER orders_line_agreed BEFORE UPDATE ON {LINE}
            BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END""",
    ]


def install(connection: Any, agreed: Sequence[str] = AGREED) -> None:
    """Create the triggers; `agreed` are the columns of an order that are refused."""
    statements = _postgres(agreed) if connection.vendor == "postgresql" else _sqlite(agreed)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remove(connection: Any) -> None:
    """Drop the triggers."""
    on = {"orders_order_agreed": ORDER, "orders_line_agreed": LINE}
    with connection.cursor() as cursor:
        for name, table in on.items():
            place = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{place}")
        if connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION IF EXISTS orders_refuse()")
