"""Invoices as Factur-X: a PDF/A-3 for people that holds the XML for programs.

Factur-X (the same as ZUGFeRD 2) is one file: the PDF names the XML in its metadata, which has to
describe the names it uses (ISO 19005, extension schemas).
"""

from __future__ import annotations

from datetime import datetime
from xml.sax.saxutils import escape  # nosec B406 - it writes XML and parses none

from marketplace.core.pdf import Attached

FILE_NAME = "factur-x.xml"
NAMESPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
LEVEL = "EN 16931"
# Name, value and what the standard says it is.
PROPERTIES = (
    ("DocumentFileName", FILE_NAME, "The name of the embedded XML document"),
    ("DocumentType", "INVOICE", "The type of the hybrid document in capital letters"),
    ("Version", "1.0", "The version of the standard the embedded XML document follows"),
    ("ConformanceLevel", LEVEL, "The conformance level of the embedded XML document"),
)
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
AIIM = "http://www.aiim.org/pdfa/ns"


def attached_xml(xml: bytes, title: str, author: str, at: datetime) -> Attached:
    """The XML of an invoice as what its PDF holds. `title` and `author` are the PDF's."""
    return Attached(
        name=FILE_NAME,
        content=xml,
        kind="text/xml",
        about="The invoice as XML by EN 16931",
        metadata=_metadata(title, author, at),
    )


def _metadata(title: str, author: str, at: datetime) -> str:
    when = at.isoformat(timespec="seconds")
    parts = (
        (f'xmlns:pdfaid="{AIIM}/id/"', _leaves("pdfaid", ("part", "3"), ("conformance", "B"))),
        (
            'xmlns:dc="http://purl.org/dc/elements/1.1/"',
            f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt>'
            f"</dc:title><dc:creator><rdf:Seq><rdf:li>{escape(author)}</rdf:li></rdf:Seq>"
            "</dc:creator>",
        ),
        (
            'xmlns:xmp="http://ns.adobe.com/xap/1.0/"',
            _leaves("xmp", ("CreateDate", when), ("ModifyDate", when)),
        ),
        (
            f'xmlns:pdfaExtension="{AIIM}/extension/" xmlns:pdfaSchema="{AIIM}/schema#" '
            f'xmlns:pdfaProperty="{AIIM}/property#"',
            _schema(),
        ),
        (f'xmlns:fx="{NAMESPACE}"', _leaves("fx", *(each[:2] for each in PROPERTIES))),
    )
    inner = "\n".join(
        f'<rdf:Description rdf:about="" {spaces}>{content}</rdf:Description>'
        for spaces, content in parts
    )
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">\n{inner}\n'
        "</rdf:RDF></x:xmpmeta>"
    )


def _leaves(prefix: str, *pairs: tuple[str, str]) -> str:
    return "".join(f"<{prefix}:{name}>{escape(value)}</{prefix}:{name}>" for name, value in pairs)


def _schema() -> str:
    """What the names of Factur-X mean, as PDF/A wants it said inside the file."""
    properties = "".join(
        '<rdf:li rdf:parseType="Resource">'
        + _leaves(
            "pdfaProperty",
            ("name", name),
            ("valueType", "Text"),
            ("category", "external"),
            ("description", meaning),
        )
        + "</rdf:li>"
        for name, _, meaning in PROPERTIES
    )
    head = _leaves(
        "pdfaSchema",
        ("schema", "Factur-X PDFA Extension Schema"),
        ("namespaceURI", NAMESPACE),
        ("prefix", "fx"),
    )
    return (
        f'<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">{head}'
        f"<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property>"
        "</rdf:li></rdf:Bag></pdfaExtension:schemas>"
    )
