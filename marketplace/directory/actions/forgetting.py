"""Taking out what a company said of itself, when the company is deleted."""

from accounts.actor import Actor
from accounts.models import Organization
from marketplace.directory.actions.verification import close_manufacturer
from marketplace.directory.models import Certificate, Manufacturer
from marketplace.directory.states import ManufacturerState
from marketplace.files.actions import erase_files
from marketplace.files.models import StoredFile


def forget_profile(*, actor: Actor, organization: Organization) -> None:
    """Close the profile, empty its texts and erase its certificates. Twice is once.

    The row stays, because quotes that buyers keep point at it. The caller holds the transaction.
    """
    profile = Manufacturer.objects.filter(organization=organization).first()
    if profile is None:
        return
    if profile.state != ManufacturerState.CLOSED:
        close_manufacturer(actor=actor, public_id=profile.public_id)
    certificates = Certificate.objects.filter(manufacturer=profile)
    papers = StoredFile.objects.filter(pk__in=list(certificates.values_list("file", flat=True)))
    found = list(papers)
    certificates.delete()
    erase_files(actor=actor, files=found, rows=True)
    Manufacturer.objects.filter(pk=profile.pk).update(
        slug=profile.public_id.replace("_", "-"),
        headline="",
        description="",
        staff_word="",
        answer="",
        founded_year=None,
        employees=None,
    )
