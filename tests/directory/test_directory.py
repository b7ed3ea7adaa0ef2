"""The directory: verified companies only, and matches explained in words."""

import pytest

from accounts.actor import Actor
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.states import WrongState
from marketplace.directory.actions.manufacturer import save_profile
from marketplace.directory.actions.verification import suspend_manufacturer, verify_manufacturer
from marketplace.directory.models import Finish, Material, Process, PublishedFigure
from marketplace.directory.queries import (
    Need,
    get_listed_manufacturer,
    listed_manufacturers,
    match_manufacturers,
)
from marketplace.directory.taxonomy import read_taxonomy
from tests.personas import Persona, make_shop

STAFF = Actor(name="Staff", is_staff=True)
NEED = Need(frozenset({"cnc_milling"}), frozenset({"al_6061"}), (100.0, 50.0, 20.0))


def test_the_taxonomy_came_in_with_its_sources(db: None) -> None:
    data = read_taxonomy()
    assert Process.objects.count() == len(data["processes"]) == 15
    assert Material.objects.count() == len(data["materials"]) == 31
    assert Finish.objects.count() == len(data["finishes"]) == 21
    steel = Material.objects.get(code="al_7075")
    assert (float(steel.density_g_cm3), steel.source) == (2.81, "general_knowledge")
    milling = Process.objects.get(code="cnc_milling")
    assert milling.materials.filter(code="al_6061").exists()
    rate = PublishedFigure.objects.filter(kind="rate", subject="cnc_milling").first()
    assert rate is not None and rate.source == "MT1"


def test_only_verified_companies_are_listed(milo: Persona) -> None:
    shy = make_shop("Shy", "Shy Shop", verified=False)
    assert [m.pk for m in listed_manufacturers()] == [milo.manufacturer.pk]
    with pytest.raises(NotFound):
        get_listed_manufacturer(shy.manufacturer.slug)
    suspend_manufacturer(actor=STAFF, public_id=milo.manufacturer.public_id, reason="test")
    assert list(listed_manufacturers()) == []


def test_only_staff_verify_and_once(bea: Persona) -> None:
    shop = make_shop("New", "New Shop", verified=False)
    with pytest.raises(DomainError):
        verify_manufacturer(actor=shop.actor, public_id=shop.manufacturer.public_id)
    verify_manufacturer(actor=STAFF, public_id=shop.manufacturer.public_id)
    with pytest.raises(WrongState):
        verify_manufacturer(actor=STAFF, public_id=shop.manufacturer.public_id)


def test_a_buyer_has_no_profile(bea: Persona) -> None:
    with pytest.raises(DomainError, match="Only an organization that makes parts"):
        save_profile(actor=bea.actor, headline="x")


def test_a_match_says_why_and_what_is_missing(bea: Persona, milo: Persona, rita: Persona) -> None:
    profile = rita.manufacturer
    profile.envelope_x_mm = profile.envelope_y_mm = profile.envelope_z_mm = 30
    profile.save()
    best, second = match_manufacturers(NEED, buyer=bea.organization)
    assert best.manufacturer.pk == milo.manufacturer.pk
    assert best.reasons[:2] == [
        "Runs CNC milling (3/4/5-axis)",
        "Works in Aluminum 6061-T6",
    ]
    assert second.gaps == ["The largest part does not fit 30 x 30 x 30 mm"]


def test_who_does_not_run_the_process_or_is_the_buyer_does_not_match(milo: Persona) -> None:
    other = Need(frozenset({"die_casting"}), frozenset())
    assert match_manufacturers(other, buyer=milo.organization) == []
    assert match_manufacturers(NEED, buyer=milo.organization) == []


def test_filters_are_urls_and_junk_in_them_is_harmless(bea: Persona, milo: Persona) -> None:
    assert b"Milo" in bea.client.get("/manufacturers/?process=cnc_milling").content
    for junk in ("?process=%27%22%3Cscript%3E", "?after=abc", "?after=-1", "?after=" + "9" * 40):
        answer = bea.client.get("/manufacturers/" + junk)
        assert answer.status_code == 200 and b"<script>'" not in answer.content


def test_the_load_of_a_shop_is_said_and_weighs_little(
    bea: Persona, milo: Persona, rita: Persona
) -> None:
    busy = {milo.manufacturer.pk: 4}
    first, second = match_manufacturers(NEED, buyer=bea.organization, load=busy)
    assert (first.manufacturer.pk, second.manufacturer.pk) == (
        rita.manufacturer.pk,
        milo.manufacturer.pk,
    )
    assert "4 orders in hand" in second.reasons
    assert first.score - second.score == 4
    assert not any("in hand" in reason for reason in first.reasons)
    alone = {milo.manufacturer.pk: 1}
    assert (
        "1 order in hand"
        in match_manufacturers(NEED, buyer=bea.organization, load=alone)[1].reasons
    )
    full = {milo.manufacturer.pk: 500}
    first, second = match_manufacturers(NEED, buyer=bea.organization, load=full)
    assert first.score - second.score == 10


def test_who_is_asked_for_by_name_comes_with_its_gaps(
    bea: Persona, milo: Persona, rita: Persona
) -> None:
    need = Need(frozenset({"die_casting"}), frozenset())
    named = [rita.manufacturer.public_id]
    (only,) = match_manufacturers(need, buyer=bea.organization, also=named)
    assert only.manufacturer.pk == rita.manufacturer.pk
    assert only.gaps == ["1 of 1 processes are not in the profile"]
    assert not any(reason.startswith("Runs") for reason in only.reasons)
    ranked = match_manufacturers(NEED, buyer=bea.organization, also=named, limit=1)
    assert [m.manufacturer.pk for m in ranked] == [milo.manufacturer.pk, rita.manufacturer.pk]
    suspend_manufacturer(actor=STAFF, public_id=named[0], reason="test")
    assert match_manufacturers(need, buyer=bea.organization, also=named) == []
