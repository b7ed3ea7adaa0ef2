"""What the demo tells: requests, bids, and how far each order goes."""

from dataclasses import dataclass, field

from marketplace.operations.demo import BUYER, MANUFACTURER, PURCHASER, RIVAL
from marketplace.operations.demo.progress import IN_PARTS, WITH_FIRST_ARTICLE


@dataclass(frozen=True)
class Line:
    """A part of the demo library and how it is asked for."""

    number: str
    process: str
    material: str
    quantities: tuple[int, ...]
    finish: str = ""
    notes: str = ""


@dataclass(frozen=True)
class Bid:
    """A shop's quote: unit price at the smallest quantity (each further break 12 % less),
    tooling and freight in major units. `then` is submit, draft, withdraw, decline or a word of
    `LOST_QUOTES` (`endings.py`); `milestones` are the kinds it is paid by, in percent."""

    email: str
    unit: str
    days: int
    tooling: int = 0
    freight: int = 0
    then: str = "submit"
    reason: str = ""
    notes: str = ""
    milestones: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Story:
    """One request and how far it goes. `order` names the last step of the order's road,
    `instalments` how many the buyer has paid by then, `trouble` what happens then (`troubles.py`,
    `progress.py`, `endings.py`). `unpaid` is what happens while an order waits for its payment.
    `account` is "open" for an order on account, "paid" when it was settled."""

    title: str
    lines: tuple[Line, ...]
    bids: tuple[Bid, ...] = ()
    invited: tuple[str, ...] = ()
    rfq_end: str = "open"
    winner: str = ""
    order: str = ""
    awarded_by: str = BUYER
    po_number: str = ""
    stars: tuple[int, int] = field(default=(5, 5))
    instalments: int = 1
    trouble: str = ""
    account: str = ""
    unpaid: str = ""


BRACKET = Line("DP-1001", "cnc_milling", "al_6061", (10, 50, 200), "anodize_ii", "Clear anodized.")
HOUSING = Line("DP-1002", "cnc_milling", "al_6061", (5, 25), "bead_blast")
LID = Line("DP-1003", "cnc_milling", "al_6061", (5, 25), "bead_blast")
SHAFT = Line("DP-1004", "cnc_turning", "st_1018", (20, 100), notes="Bearing seats per drawing.")
FLANGE = Line("DP-1005", "cnc_turning", "ss_316", (4, 12))
SENSOR = Line("DP-1006", "sheet_fab", "st_dc01", (50, 250), "powder_coat", "RAL 7016.")
GEAR = Line("DP-1007", "cnc_milling", "st_4140", (2, 10), "black_oxide")
MANIFOLD = Line("DP-1008", "cnc_milling", "al_7075", (1, 5), "anodize_iii")
PULLEY = Line("DP-1010", "sls", "pl_pa12", (8, 40), "dyed_black")
STANDOFF = Line("DP-1011", "cnc_turning", "br_c360", (100, 1000))
CLEVIS = Line("DP-1012", "mjf", "pl_pa12", (6, 30))

STORIES = (
    Story("Gripper brackets, series 4", (BRACKET,), rfq_end="draft", invited=(MANUFACTURER,)),
    Story(
        "Sensor head: housing and lid",
        (HOUSING, LID),
        (
            Bid(
                MANUFACTURER, "148.50", 14, 320, 45, notes="Housing and lid are made in one setup."
            ),
            Bid(RIVAL, "163.20", 8, 180, 38),
        ),
        rfq_end="open",
    ),
    Story(
        "Drive shafts for conveyor retrofit",
        (SHAFT, STANDOFF),
        (Bid(MANUFACTURER, "36.40", 12, 0, 60), Bid(RIVAL, "39.90", 9, then="draft")),
        rfq_end="open",
    ),
    Story(
        "Powder-coated sensor brackets",
        (SENSOR,),
        (
            Bid("sheet@demo.com", "11.80", 12, 150, 55),
            Bid(RIVAL, "13.10", 7, 90, 40),
        ),
        rfq_end="closed",
    ),
    Story(
        "Manifold prototypes",
        (MANIFOLD,),
        (
            Bid(MANUFACTURER, "612.00", 15, 0, 25),
            Bid(RIVAL, "0", 0, then="decline", reason="Our deepest drill ends at 120 mm."),
        ),
        rfq_end="open",
    ),
    Story(
        "Spare gears, old gearbox",
        (GEAR,),
        (Bid(RIVAL, "84.00", 10, then="withdraw"),),
        rfq_end="cancelled",
    ),
    Story(
        "Hub flanges, lot 1",
        (FLANGE,),
        (Bid(MANUFACTURER, "118.75", 10, 0, 42), Bid(RIVAL, "131.00", 8, 0, 30)),
        winner=MANUFACTURER,
        order="awaiting_payment",
        po_number="PO-26-0417",
    ),
    Story(
        "Sensor housings, pilot lot",
        (HOUSING,),
        (Bid(MANUFACTURER, "143.00", 12, 180, 40), Bid(RIVAL, "151.50", 9, 90, 35)),
        winner=MANUFACTURER,
        order="awaiting_approval",
        awarded_by=PURCHASER,
        po_number="PO-26-0423",
    ),
    Story(
        "Gear set for test rig",
        (GEAR,),
        (Bid(MANUFACTURER, "96.00", 12, 60, 20), Bid(RIVAL, "104.00", 9, 0, 20)),
        winner=MANUFACTURER,
        order="placed",
        po_number="PO-26-0418",
    ),
    Story(
        "Camera mount brackets",
        (BRACKET,),
        (Bid(MANUFACTURER, "27.30", 12, 0, 28), Bid(RIVAL, "25.90", 16, 0, 28)),
        winner=MANUFACTURER,
        order="confirmed",
    ),
    Story(
        "Valve block, revision B",
        (MANIFOLD,),
        (Bid(MANUFACTURER, "590.00", 15, 120, 25),),
        winner=MANUFACTURER,
        order="in_production",
        po_number="PO-26-0402",
        account="open",
    ),
    Story(
        "Brass standoffs, yearly lot",
        (STANDOFF,),
        (Bid(RIVAL, "1.1250", 10, 0, 18), Bid(MANUFACTURER, "1.3400", 12, 0, 18)),
        winner=RIVAL,
        order="quality_check",
    ),
    Story(
        "Drive shafts, first lot",
        (SHAFT,),
        (Bid(MANUFACTURER, "38.00", 12, 0, 60),),
        winner=MANUFACTURER,
        order="ready_to_ship",
    ),
    Story(
        "Printed pulleys",
        (PULLEY,),
        (Bid("print@demo.com", "14.60", 6, 0, 12), Bid(RIVAL, "15.90", 5, 0, 12)),
        winner=RIVAL,
        order="shipped",
    ),
    Story(
        "Robot wrist clevises",
        (CLEVIS,),
        (Bid(RIVAL, "9.80", 5, 0, 12),),
        winner=RIVAL,
        order="delivered",
        po_number="PO-26-0388",
        account="open",
    ),
    Story(
        "Housing prototypes",
        (HOUSING,),
        (Bid(MANUFACTURER, "171.00", 9, 0, 25), Bid(RIVAL, "158.00", 11, 0, 25)),
        winner=MANUFACTURER,
        order="closed",
        po_number="PO-26-0361",
        account="paid",
    ),
    Story(
        "Bracket samples",
        (BRACKET,),
        (Bid(RIVAL, "31.00", 6, 0, 15),),
        winner=RIVAL,
        order="reviewed",
        stars=(4, 5),
    ),
    Story(
        "Flanges for a stopped project",
        (FLANGE,),
        (Bid(MANUFACTURER, "121.00", 10, 0, 42),),
        winner=MANUFACTURER,
        order="cancelled",
    ),
    Story(
        "Gripper brackets, second lot",
        (BRACKET,),
        (Bid(MANUFACTURER, "19.40", 9, 0, 18),),
        winner=MANUFACTURER,
        order="delivered",
        trouble="rejected",
        po_number="PO-26-0395",
    ),
    Story(
        "Flanges for the test bench",
        (FLANGE,),
        (Bid(MANUFACTURER, "118.00", 10, 0, 42),),
        winner=MANUFACTURER,
        order="in_production",
        trouble="held",
    ),
    Story(
        "Gears for a prototype",
        (GEAR,),
        (Bid(MANUFACTURER, "86.00", 16, 0, 24),),
        winner=MANUFACTURER,
        order="confirmed",
        trouble="ending",
    ),
    Story(
        "Brass standoffs, express",
        (STANDOFF,),
        (Bid(RIVAL, "1.35", 4, 0, 15),),
        winner=RIVAL,
        order="shipped",
        trouble="disputed",
    ),
    Story(
        "Sensor brackets with a fixture of their own",
        (BRACKET,),
        (Bid(MANUFACTURER, "14.20", 20, 480, 30, milestones=IN_PARTS),),
        winner=MANUFACTURER,
        order="in_production",
        instalments=2,
        trouble="tool",
        po_number="PO-26-0410",
    ),
    Story(
        "Shafts for the conveyor",
        (SHAFT,),
        (Bid(MANUFACTURER, "9.80", 15, 260, 28, milestones=IN_PARTS),),
        winner=MANUFACTURER,
        order="confirmed",
        trouble="late",
        po_number="PO-26-0371",
    ),
    Story(
        "Gearbox lids, first article",
        (LID,),
        (Bid(MANUFACTURER, "46.00", 18, 0, 26, milestones=WITH_FIRST_ARTICLE),),
        winner=MANUFACTURER,
        order="in_production",
        instalments=2,
        trouble="first_article",
        po_number="PO-26-0415",
    ),
    Story(
        "Sensor covers in two parts",
        (SENSOR,),
        (Bid(MANUFACTURER, "5.10", 14, 0, 40),),
        winner=MANUFACTURER,
        order="ready_to_ship",
        trouble="partly_shipped",
        po_number="PO-26-0402",
    ),
    Story(
        "Lever blanks, made in house after all",
        (SHAFT,),
        (Bid(RIVAL, "12.40", 9, 0, 22),),
        rfq_end="no_award",
    ),
    Story(
        "Housing and lid, revised edges",
        (HOUSING, LID),
        (Bid(MANUFACTURER, "151.00", 14, 0, 40), Bid(RIVAL, "149.00", 10, then="shut_out")),
        rfq_end="amended",
    ),
    Story(
        "Shafts and standoffs, the shafts first",
        (SHAFT, STANDOFF),
        (Bid(MANUFACTURER, "35.90", 12, 0, 60), Bid(RIVAL, "38.00", 9, then="expire")),
        rfq_end="part_awarded",
    ),
    Story(
        "Sensor brackets by direct debit",
        (BRACKET,),
        (Bid(MANUFACTURER, "22.10", 10, 0, 18),),
        winner=MANUFACTURER,
        order="awaiting_payment",
        unpaid="debit",
    ),
    Story(
        "Pulleys, paid too much",
        (PULLEY,),
        (Bid(RIVAL, "15.10", 5, 0, 12),),
        winner=RIVAL,
        order="awaiting_payment",
        unpaid="too_much",
    ),
    Story(
        "Flanges ordered twice",
        (FLANGE,),
        (Bid(MANUFACTURER, "119.00", 10, 0, 42),),
        winner=MANUFACTURER,
        order="awaiting_payment",
        unpaid="called_off",
    ),
    Story(
        "Sheet brackets, payout not set up",
        (SENSOR,),
        (Bid("sheet@demo.com", "6.20", 12, 0, 40),),
        winner="sheet@demo.com",
        order="closed",
    ),
    Story(
        "Clevises with a question of the bank",
        (CLEVIS,),
        (Bid(RIVAL, "9.90", 5, 0, 12),),
        winner=RIVAL,
        order="shipped",
        trouble="bank_dispute",
    ),
    Story(
        "Gears that the bank gave back",
        (GEAR,),
        (Bid(MANUFACTURER, "97.00", 12, 0, 20),),
        winner=MANUFACTURER,
        order="delivered",
        trouble="lost",
    ),
)
