"""The password policy, on every path that sets one."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client

from accounts.models import PasswordRecord, User
from tests.personas import PASSWORD, Persona, make_person

GOOD = "Very-Long-Pass-9!"


def refusal(password: str, user: User | None = None) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        validate_password(password, user)
    return list(refused.value.messages)


class TestTheRules:
    def test_a_common_one_is_refused(self) -> None:
        assert "This password is too common." in refusal("password1234")

    def test_a_very_long_one_is_refused_with_a_sentence(self) -> None:
        assert refusal("Aa1!" * 33) == ["Use at most 128 characters."]
        validate_password("Aa1!" * 32)

    def test_none_of_the_last_five_comes_back_and_the_sixth_does(self, db: None) -> None:
        person = make_person("Ada")
        used = [PASSWORD, *(f"Next-Password-{n}!" for n in range(4))]
        for password in used[1:]:
            person.set_password(password)
            person.save()
        for password in used:
            assert refusal(password, person) == [
                "You used this password before. Choose one that is not among your last 5."
            ]
        person.set_password(GOOD)
        person.save()
        validate_password(PASSWORD, person)
        assert PasswordRecord.objects.filter(user=person).count() == 5

    def test_the_present_one_counts_without_a_record(self, db: None) -> None:
        person = make_person("Ada")
        PasswordRecord.objects.all().delete()
        assert len(refusal(PASSWORD, person)) == 1

    def test_anothers_password_is_free(self, db: None) -> None:
        make_person("Ada").set_password(GOOD)
        validate_password(GOOD, make_person("Eve"))


class TestThePaths:
    def test_a_change_on_the_page_keeps_the_policy(self, bea: Persona) -> None:
        path = "/accounts/password/change/"
        form = {"oldpassword": PASSWORD, "password1": PASSWORD, "password2": PASSWORD}
        assert "You used this password before" in bea.client.post(path, form).content.decode()
        bea.user.refresh_from_db()
        assert bea.user.check_password(PASSWORD)
        bea.client.post(path, {**form, "password1": GOOD, "password2": GOOD})
        bea.user.refresh_from_db()
        assert bea.user.check_password(GOOD)

    def test_staff_keep_the_policy_for_others(self, sam: Persona, bea: Persona) -> None:
        path = f"/admin/accounts/user/{bea.user.pk}/password/"
        form = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
        assert "You used this password before" in sam.client.post(path, form).content.decode()
        sam.client.post(path, {**form, "password1": GOOD, "password2": GOOD})
        bea.user.refresh_from_db()
        assert bea.user.check_password(GOOD)

    def test_staff_keep_the_policy_for_a_new_person(self, sam: Persona) -> None:
        path = "/admin/accounts/user/add/"
        form = {
            "email": "New@Example.com",
            "name": "New",
            "usable_password": "true",
            "password1": "short",
            "password2": "short",
            "memberships-TOTAL_FORMS": "0",
            "memberships-INITIAL_FORMS": "0",
        }
        assert "12 characters" in sam.client.post(path, form).content.decode()
        assert not User.objects.filter(email="new@example.com").exists()
        sam.client.post(path, {**form, "password1": GOOD, "password2": GOOD})
        assert User.objects.get(email="new@example.com").password_records.count() == 1

    def test_the_command_records_it(self, db: None) -> None:
        call_command("create_admin_user", email="a@b.example", password=GOOD)
        assert refusal(GOOD, User.objects.get())

    def test_a_sign_up_records_it(self, db: None) -> None:
        form = {"name": "Ada", "email": "ada@example.com", "password1": GOOD}
        Client().post("/accounts/signup/", form)
        assert PasswordRecord.objects.get().user.email == "ada@example.com"
