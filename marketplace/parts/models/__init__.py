from marketplace.parts.models.part import Part, PartRevision

__all__ = ["Part", "PartRevision"]
