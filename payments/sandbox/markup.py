"""The look of the sandbox's pages: escaped text in plain HTML, no scripts."""

from __future__ import annotations

from html import escape

BANNER = "STRIPE SANDBOX - no real money"

_STYLE = """
:root{--ink:#1a1f36;--muted:#697386;--line:#e3e8ee;--accent:#4f46e5;--bg:#f6f8fb}
*{box-sizing:border-box}
body{margin:0;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--bg)}
header{background:#ffb84d;color:#402900;text-align:center;font-weight:700;padding:.5rem;
letter-spacing:.04em}
main{max-width:72rem;margin:2rem auto;padding:0 1rem;display:grid;gap:1.5rem;
grid-template-columns:minmax(0,1fr);align-items:start}
@media(min-width:50rem){main.two{grid-template-columns:1fr 1fr}}
.card{background:#fff;border:1px solid var(--line);border-radius:.75rem;padding:1.5rem;
box-shadow:0 1px 3px rgba(26,31,54,.06)}
h1{font-size:1.1rem;margin:0 0 1rem;color:var(--muted);font-weight:600}
.total{font-size:2.4rem;font-weight:700;margin:.25rem 0 1rem;font-variant-numeric:tabular-nums}
dl{display:grid;grid-template-columns:1fr auto;gap:.4rem 1rem;margin:0}
dd{margin:0;text-align:right;font-variant-numeric:tabular-nums}
label{display:block;font-size:.85rem;font-weight:600;margin:.9rem 0 .3rem}
input{width:100%;padding:.65rem .75rem;border:1px solid #c9d2de;border-radius:.4rem;font:inherit}
input:focus{outline:2px solid var(--accent);outline-offset:1px}
.row{display:grid;grid-template-columns:1fr 1fr;gap:.75rem}
button{margin-top:1.2rem;width:100%;padding:.8rem;border:0;border-radius:.4rem;font:inherit;
font-weight:700;color:#fff;background:var(--accent);cursor:pointer}
button.plain{background:#fff;color:var(--ink);border:1px solid #c9d2de}
button.small{width:auto;margin:0;padding:.25rem .6rem;font-size:.85rem}
.error{background:#fdecec;border:1px solid #f3b4b4;color:#8f1d1d;border-radius:.4rem;
padding:.6rem .8rem;margin-bottom:.5rem}
.hint{color:var(--muted);font-size:.85rem}
table{border-collapse:collapse;width:100%;font-size:.85rem}
td,th{text-align:left;padding:.3rem .5rem;border-bottom:1px solid var(--line);
vertical-align:top;word-break:break-word}
code{background:#eef1f6;border-radius:.25rem;padding:0 .25rem}
.wide{grid-column:1/-1}
.scroll{overflow-x:auto}
.scroll th,.scroll button{white-space:nowrap}
.scroll td{word-break:normal;overflow-wrap:anywhere;min-width:6rem}
@media(max-width:45rem){.scroll thead{display:none}
.scroll td{display:block;border:0;padding:.1rem 0}
.scroll tr{display:block;border-bottom:1px solid var(--line);padding:.6rem 0}}
.ways{display:grid;gap:1.5rem}
dl.hint:not(:empty){margin-top:1rem}
form.one{display:inline-block;margin:.1rem .25rem .1rem 0}
form.line{display:flex;flex-wrap:wrap;gap:.75rem;align-items:end}
form.line label{margin:0}
form.line input,form.line select{width:auto;padding:.35rem .5rem;font:inherit}
.badge{border-radius:1rem;padding:.05rem .6rem;background:#eef1f6;white-space:nowrap}
.good{background:#e0f5e8;color:#125a2f}.bad{background:#fdecec;color:#8f1d1d}
.wait{background:#fff3d6;color:#5c4100}
.facts{display:flex;flex-wrap:wrap;gap:1rem 2.5rem}
.facts strong{display:block;font-size:1.2rem;font-variant-numeric:tabular-nums}
"""


def page(title: str, content: str, layout: str = "") -> str:
    """Return a whole page; ``content`` is HTML already escaped by its maker."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"<header>{BANNER}</header>"
        f'<main class="{escape(layout)}">{content}</main></body></html>'
    )


def money(amount: int, currency: str) -> str:
    """Return minor units as text, for example ``EUR 1,234.50`` (two decimals only)."""
    return f"{currency.upper()} {amount // 100:,}.{amount % 100:02d}"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a table of escaped texts."""
    return html_table(head, [[escape(cell) for cell in row] for row in rows])


def html_table(head: list[str], rows: list[list[str]]) -> str:
    """Return a table whose cells are HTML already; a sentence when it is empty."""
    if not rows:
        return '<p class="hint">Nothing yet.</p>'
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    head_row = f"<thead><tr>{top}</tr></thead>"
    return f'<div class="scroll"><table>{head_row}<tbody>{body}</tbody></table></div>'


def button(command: str, label: str, **values: str) -> str:
    """Return a form of one button that runs a command of the control plane."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in values.items()
    )
    return (
        f'<form class="one" method="post" action="/_sandbox/{escape(command)}">{hidden}'
        f'<button class="small plain">{escape(label)}</button></form>'
    )
