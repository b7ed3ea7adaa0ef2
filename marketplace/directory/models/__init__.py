from marketplace.directory.models.manufacturer import Certificate, Manufacturer
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
    "Certificate",
    "Certification",
    "Finish",
    "InspectionLevel",
    "Manufacturer",
    "Material",
    "Process",
    "PublishedFigure",
    "QualityDocument",
]
