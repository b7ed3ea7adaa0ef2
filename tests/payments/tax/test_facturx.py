"""The PDF of an invoice is PDF/A-3 and holds its XML, as Factur-X wants it."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from defusedxml import ElementTree
from pypdf import PdfReader

from marketplace.core.pdf import pdf_bytes
from payments.papers.einvoice import einvoice_xml
from payments.papers.facturx import NAMESPACE, attached_xml
from payments.papers.invoice import invoice_paper
from tests.payments.tax.test_einvoice import FACTS

AT = datetime(2026, 11, 27, 9, tzinfo=UTC)
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


def written() -> bytes:
    xml = attached_xml(einvoice_xml(FACTS), "Invoice <1> & more", FACTS.seller.name, AT)
    return pdf_bytes(invoice_paper(FACTS, AT), attached=xml)


@pytest.fixture(scope="module")
def root() -> Any:
    return PdfReader(BytesIO(written())).trailer["/Root"]


def test_the_xml_is_inside_and_named(root: Any) -> None:
    [held] = [each.get_object() for each in root["/AF"]]
    assert (held["/UF"], held["/AFRelationship"]) == ("factur-x.xml", "/Alternative")
    file = held["/EF"]["/F"].get_object()
    assert file.get_data() == einvoice_xml(FACTS)
    assert file["/Subtype"] == "/text/xml"
    assert "/ModDate" in file["/Params"]
    named = root["/Names"]["/EmbeddedFiles"]["/Names"]
    assert named[1].get_object()["/UF"] == "factur-x.xml"


def test_the_metadata_says_what_it_is(root: Any) -> None:
    text = root["/Metadata"].get_object().get_data().decode()
    told = ElementTree.fromstring(text.partition("?>")[2].rpartition("<?")[0])
    said = {each.tag: each.text for each in told.iter() if each.text and each.text.strip()}
    assert said["{http://www.aiim.org/pdfa/ns/id/}part"] == "3"
    assert said["{http://www.aiim.org/pdfa/ns/id/}conformance"] == "B"
    assert said[f"{{{NAMESPACE}}}ConformanceLevel"] == "EN 16931"
    assert said[f"{{{NAMESPACE}}}DocumentFileName"] == "factur-x.xml"
    assert "Invoice <1> & more" in [each.text for each in told.iter(f"{RDF}li")]


def test_it_is_pdf_a(root: Any) -> None:
    """What PDF/A asks for: colors that are defined, fonts inside, nothing that is run."""
    [intent] = [each.get_object() for each in root["/OutputIntents"]]
    assert intent["/S"] == "/GTS_PDFA1"
    assert root["/Lang"] == "en"
    reader = PdfReader(BytesIO(written()))
    assert "/Encrypt" not in reader.trailer and "/ID" in reader.trailer
    for font in reader.pages[0]["/Resources"]["/Font"].values():  # type: ignore[index]
        [inner] = font.get_object()["/DescendantFonts"]
        assert "/FontFile2" in inner.get_object()["/FontDescriptor"]


def test_the_same_facts_give_the_same_bytes() -> None:
    """The hash that is kept means something."""
    assert written() == written()
