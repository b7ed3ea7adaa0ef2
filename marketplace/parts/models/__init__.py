from marketplace.parts.models.part import Part, PartRevision, Tag
from marketplace.parts.models.reading import DrawingPage, FindingAcceptance, RevisionUse
from marketplace.parts.models.upload import Upload, UploadBatch

__all__ = [
    "DrawingPage",
    "FindingAcceptance",
    "Part",
    "PartRevision",
    "RevisionUse",
    "Tag",
    "Upload",
    "UploadBatch",
]
