"""Files leave through one door, for one person, for five minutes, with a receipt."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.ExifTags import Base

from accounts.audit import AuditFilter, audit_log
from marketplace.core.errors import DomainError
from marketplace.files.actions import store_upload
from marketplace.files.links import link_to
from marketplace.files.models import FileAccess, StoredFile
from tests.parts.actions.test_parts import cube_stl
from tests.personas import Persona


@pytest.fixture
def model(bea: Persona) -> StoredFile:
    upload = SimpleUploadedFile("cube.stl", cube_stl())
    return store_upload(actor=bea.actor, upload=upload, kind=StoredFile.Kind.MODEL)


def test_the_link_opens_for_its_person_and_leaves_a_receipt(
    bea: Persona, model: StoredFile
) -> None:
    answer = bea.client.get(link_to(model, bea.actor))
    assert b"".join(answer.streaming_content) == cube_stl()  # type: ignore[attr-defined]
    assert answer["Content-Disposition"] == 'attachment; filename="cube.stl"'
    assert "sandbox" in answer["Content-Security-Policy"]
    receipt = FileAccess.objects.get()
    assert (receipt.file, receipt.user) == (model, bea.user)
    fact = audit_log(bea.actor, AuditFilter(fact="file_opened")).get().event
    assert (fact.sentence, fact.subject) == ("Bea (Bea Robotics) opened cube.stl", model.public_id)


def test_forwarded_forged_and_old_links_are_404(
    bea: Persona, stefan: Persona, model: StoredFile, client: Any
) -> None:
    link = link_to(model, bea.actor)
    assert stefan.client.get(link).status_code == 404
    assert client.get(link).status_code == 404
    assert bea.client.get(link.replace(model.public_id, "fil_other")).status_code == 404
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=301)):
        assert bea.client.get(link).status_code == 404
    assert not FileAccess.objects.exists()


def test_the_storage_key_says_nothing_of_the_name(model: StoredFile) -> None:
    assert "cube" not in model.content.name


def test_a_photo_is_encoded_again_without_its_position(bea: Persona) -> None:
    buffer = BytesIO()
    exif = Image.Exif()
    exif[Base.ImageDescription] = "secret place"
    Image.new("RGB", (40, 30), (10, 200, 30)).save(buffer, "JPEG", exif=exif)
    upload = SimpleUploadedFile("p.jpeg", buffer.getvalue() + b"<script>hidden</script>")
    kept = store_upload(actor=bea.actor, upload=upload, kind=StoredFile.Kind.PHOTO)
    with kept.content.open("rb") as file:
        stored = file.read()
    assert b"secret place" not in stored and b"hidden" not in stored
    assert kept.name == "p.jpg"


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\nbroken"])
def test_what_is_no_picture_is_refused(bea: Persona, content: bytes) -> None:
    with pytest.raises(DomainError):
        store_upload(
            actor=bea.actor,
            upload=SimpleUploadedFile("p.png", content),
            kind=StoredFile.Kind.PHOTO,
        )
    assert not StoredFile.objects.exists()
