"""The contract is immutable in the database: what was agreed is refused to every UPDATE.

State, dates that follow from moves, and notes of staff may change; parties and terms may not.
Amounts, quantities, prices and files become others only as a change order in force says: first
the lines take the values it holds, then the order takes its total and raises `edition` by one,
after which the lines are fixed again. What a change order holds never changes either.

On SQLite Django alters a table by building it anew, which drops its triggers: a later migration
of these tables must `remove` before and `install` after.
"""

# ruff: noqa: S608 - the names in these statements are the constants below.
from collections.abc import Sequence
from typing import Any

ORDER, LINE, CHANGE = "orders_order", "orders_orderline", "orders_changeorder"
SENTENCE = "an order is a contract: what was agreed does not change"
KEPT = "a change order is kept as it was proposed"
AGREED = (
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
    "setup_minor",
    "charges_minor",
    "exceptions",
    "terms",
    "commission_bps",
    "commission_fixed_minor",
    "commission_minimum_minor",
    "commission_rule",
)
# Of these a change order can make others.
PRICED = (
    "goods_minor",
    "setup_minor",
    "tooling_minor",
    "charges_minor",
    "freight_minor",
    "total_minor",
)
LINE_FIXED = (
    "public_id",
    "order_id",
    "position",
    "part_number",
    "part_name",
    "process",
    "material",
    "finish",
    "alternate",
    "tolerance",
    "notes",
    "tooling_owner",
    "inspection_level",
    "inspection_name",
    "documents",
    "lead_time_days",
)
CHANGE_KEPT = (
    "public_id",
    "order_id",
    "number",
    "proposed_by",
    "person_id",
    "reason",
    '"before"',
    '"after"',
    "total_before_minor",
    "total_after_minor",
)
_NEXT_EDITION = f"""SELECT 1 FROM {CHANGE} c WHERE c.order_id = OLD.id AND 'in_force' = c.state
    AND c.edition = NEW.edition AND c.total_after_minor = NEW.total_minor"""
_COMING = f"""SELECT 1 FROM {CHANGE} c JOIN {ORDER} o ON o.id = c.order_id
    WHERE c.order_id = OLD.order_id AND 'in_force' = c.state AND c.edition = o.edition + 1"""


def _refusal(name: str, sentence: str, unless: str = "FALSE") -> str:
    return f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF {unless} THEN RETURN NEW; END IF;
            RAISE EXCEPTION '{sentence}' USING ERRCODE = 'integrity_constraint_violation';
        END $$"""


def _differs(names: Sequence[str]) -> str:
    old, new = (", ".join(f"{row}.{name}" for name in names) for row in ("OLD", "NEW"))
    return f"({old}) IS DISTINCT FROM ({new})"


def _on_postgres(agreed: Sequence[str]) -> list[str]:
    fixed = [name for name in agreed if name not in PRICED]
    row = "(c.\"after\"->'lines'->OLD.public_id->>"
    comes = (
        f"{row}'quantity')::bigint = NEW.quantity AND {row}'unit_price')::numeric = NEW.unit_price "
        f"AND {row}'total_minor')::bigint = NEW.total_minor"
    )
    raised = f"NEW.edition = OLD.edition + 1 AND EXISTS ({_NEXT_EDITION})"
    return [
        _refusal("orders_refuse", SENTENCE),
        _refusal("orders_refuse_change", KEPT),
        _refusal("orders_check_edition", SENTENCE, raised),
        _refusal("orders_check_line", SENTENCE, f"EXISTS ({_COMING} AND {comes})"),
        f"""CREATE TRIGGER orders_order_agreed BEFORE UPDATE ON {ORDER} FOR EACH ROW
            WHEN ({_differs(fixed)}) EXECUTE FUNCTION orders_refuse()""",
        f"""CREATE TRIGGER orders_order_edition BEFORE UPDATE ON {ORDER} FOR EACH ROW
            WHEN ({_differs((*PRICED, "edition"))}) EXECUTE FUNCTION orders_check_edition()""",
        f"""CREATE TRIGGER orders_line_agreed BEFORE UPDATE ON {LINE} FOR EACH ROW
            WHEN ({_differs(LINE_FIXED)}) EXECUTE FUNCTION orders_refuse()""",
        f"""CREATE TRIGGER orders_line_edition BEFORE UPDATE ON {LINE} FOR EACH ROW
            EXECUTE FUNCTION orders_check_line()""",
        f"""CREATE TRIGGER orders_change_kept BEFORE UPDATE ON {CHANGE} FOR EACH ROW
            WHEN ({_differs(CHANGE_KEPT)}
                OR (OLD.edition IS NOT NULL AND OLD.edition IS DISTINCT FROM NEW.edition))
            EXECUTE FUNCTION orders_refuse_change()""",
    ]


def _abort(name: str, table: str, when: str, sentence: str) -> str:
    return f"""CREATE TRIGGER {name} BEFORE UPDATE ON {table} {when and f"WHEN {when}"}
        BEGIN SELECT RAISE(ABORT, '{sentence}'); END"""


def _any_differs(names: Sequence[str]) -> str:
    return " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in names)


def _on_sqlite(agreed: Sequence[str]) -> list[str]:
    fixed = [name for name in agreed if name not in PRICED]

    def value(name: str) -> str:
        path = f"""'$.lines."' || OLD.public_id || '".{name}'"""
        return f'CAST(json_extract(c."after", {path}) AS REAL) = CAST(NEW.{name} AS REAL)'

    comes = " AND ".join(value(name) for name in ("quantity", "unit_price", "total_minor"))
    raised = f"NEW.edition = OLD.edition + 1 AND EXISTS ({_NEXT_EDITION})"
    other = f"({_any_differs((*PRICED, 'edition'))}) AND NOT ({raised})"
    kept = (
        f"{_any_differs(CHANGE_KEPT)} OR (OLD.edition NOT NULL AND OLD.edition IS NOT NEW.edition)"
    )
    return [
        _abort("orders_order_agreed", ORDER, _any_differs(fixed), SENTENCE),
        _abort("orders_order_edition", ORDER, other, SENTENCE),
        _abort("orders_line_agreed", LINE, _any_differs(LINE_FIXED), SENTENCE),
        _abort("orders_line_edition", LINE, f"NOT EXISTS ({_COMING} AND {comes})", SENTENCE),
        _abort("orders_change_kept", CHANGE, kept, KEPT),
    ]


def install(connection: Any) -> None:
    """Create the triggers for the columns there are: later migrations add to what was agreed."""
    make = {"postgresql": _on_postgres, "sqlite": _on_sqlite}[connection.vendor]
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, ORDER)
        there = {column.name for column in columns}
        for statement in make([name for name in AGREED if name in there]):
            cursor.execute(statement)


def remove(connection: Any) -> None:
    """Drop the triggers."""
    on = {
        "orders_order_agreed": ORDER,
        "orders_order_edition": ORDER,
        "orders_line_agreed": LINE,
        "orders_line_edition": LINE,
        "orders_change_kept": CHANGE,
    }
    with connection.cursor() as cursor:
        for name, table in on.items():
            place = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{place}")
        if connection.vendor == "postgresql":
            for function in ("refuse", "refuse_change", "check_edition", "check_line"):
                cursor.execute(f"DROP FUNCTION IF EXISTS orders_{function}()")
