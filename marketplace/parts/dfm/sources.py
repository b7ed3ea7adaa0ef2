"""Where the limits come from: published design guides and standards, or general practice."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """Who published a limit and where; no address for what is only common knowledge."""

    name: str
    url: str = ""


GENERAL = Source("General practice")
ZEKES = Source(
    "Basic design guide for CNC milling, Zekes3D",
    "https://www.zekes3d.com/basic-design-guide-for-cnc-milling/",
)
NEPTUNE = Source("CNC machined parts, Neptune Labs", "https://neptunelabs.us/cnc-machined-parts")
FENVA = Source(
    "CNC DFM basics, Fenva Precision", "https://fenvaprecision.com/zh/post-cnc-dfm-basics"
)
SLENDER = Source(
    "CNC lathes process slender workpieces, Yigu",
    "https://yigurp.com/cnc-lathes-process-slender-workpieces",
)
SHEET = Source(
    "Sheet metal design guidelines, Super-Ingenuity",
    "https://super-ingenuity.cn/guides/sheet-metal-design/",
)
STAMPING = Source(
    "Sheet metal design, metal-stamping-die.com",
    "https://www.metal-stamping-die.com/html/news_400.html",
)
ARTI = Source("Design clues for 3D printing, Arti90", "https://arti90.com/en/design-clues/")
CIF = Source("DFM for 3D printing, CIF Proto", "https://cifproto.com/dfm-for-3d-printing.php")
MJF_BOX = Source("Basic design requirements, 3Faktur", "https://3faktur.com/?p=4650")
MOLDING = Source(
    "Plastic part design for injection molding, MfgABC",
    "https://www.mfgabc.com/guide/plastic-part-design-rules.html",
)
ISO_2768 = Source("ISO 2768-1:1989, table 1", "https://www.iso.org/standard/7748.html")
