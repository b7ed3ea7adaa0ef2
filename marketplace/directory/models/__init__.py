from marketplace.directory.models.exchange import ExchangeRate
from marketplace.directory.models.manufacturer import Application, Certificate, Manufacturer
from marketplace.directory.models.rate_card import CardRate, RateCard
from marketplace.directory.models.scorecard import Scorecard
from marketplace.directory.models.supplier_list import SupplierList
from marketplace.directory.models.taxonomy import (
    Certification,
    Finish,
    InspectionLevel,
    Material,
    Process,
    PublishedFigure,
    QualityDocument,
)

__all__ = [
    "Application",
    "CardRate",
    "Certificate",
    "Certification",
    "ExchangeRate",
    "Finish",
    "InspectionLevel",
    "Manufacturer",
    "Material",
    "Process",
    "PublishedFigure",
    "QualityDocument",
    "RateCard",
    "Scorecard",
    "SupplierList",
]
