"""What Stripe still wants to know of a payout account, in words: tables of its codes.

Codes: docs.stripe.com/connect/required-verification-information and the `disabled_reason` of
docs.stripe.com/api/accounts/object. One that is not in the tables stays readable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

WHOLE: Mapping[str, str] = {
    "external_account": "The bank account your money should go to.",
    "tos_acceptance.date": "Your agreement to Stripe's terms.",
    "tos_acceptance.ip": "Your agreement to Stripe's terms.",
    "business_type": "Whether you are a company or a person on your own.",
    "business_profile.mcc": "The line of business you are in.",
    "business_profile.url": "The website of your business.",
    "business_profile.name": "The name your business is known by.",
    "business_profile.product_description": "What your business makes or sells.",
    "business_profile.support_phone": "A phone number for questions of customers.",
    "business_profile.support_email": "An e-mail address for questions of customers.",
    "settings.payments.statement_descriptor": "The name that stands on bank statements.",
    "company.name": "The registered name of the company.",
    "company.tax_id": "The tax number of the company.",
    "company.vat_id": "The VAT number of the company.",
    "company.registration_number": "The number of the company in the register of companies.",
    "company.phone": "The phone number of the company.",
    "company.verification.document": "A document that proves that the company exists.",
    "company.owners_provided": "A confirmation that all owners are named.",
    "company.directors_provided": "A confirmation that all directors are named.",
    "company.executives_provided": "A confirmation that all executives are named.",
    "documents.bank_account_ownership_verification.files": (
        "A document that proves that the bank account is yours."
    ),
    "documents.company_registration_verification.files": (
        "A document that proves that the company is registered."
    ),
}
OF_WHOM: Mapping[str, str] = {
    "representative": "the person who represents the company",
    "owners": "an owner of the company",
    "directors": "a director of the company",
    "executives": "an executive of the company",
    "person": "a person of the company",
    "company": "the company",
}
WHAT: Mapping[str, str] = {
    "first_name": "The first name",
    "last_name": "The last name",
    "dob": "The date of birth",
    "email": "The e-mail address",
    "phone": "The phone number",
    "address": "The address",
    "id_number": "The personal identity number",
    "ssn_last_4": "The last four digits of the social security number",
    "nationality": "The nationality",
    "verification": "A photo of the identity document",
    "relationship": "The role in the company",
    "political_exposure": "Whether a public office is held, by",
}
DISABLED: Mapping[str, str] = {
    "requirements.past_due": "Something Stripe asked for is late.",
    "requirements.pending_verification": "Stripe is checking what you sent. You need do nothing.",
    "under_review": "Stripe is looking at the account. You need do nothing.",
    "listed": "Stripe compares the account with lists of sanctions. This may take some days.",
    "platform_paused": "We have paused the account. Please write to us.",
    "action_required.requested_capabilities": "Stripe needs more before it lets money through.",
    "rejected.fraud": "Stripe closed the account because it suspects fraud.",
    "rejected.incomplete_verification": "Stripe closed the account: too much stayed unproven.",
    "rejected.listed": "Stripe closed the account: it is on a list of sanctions.",
    "rejected.other": "Stripe closed the account and gave no reason.",
    "rejected.platform_fraud": "Stripe closed the account because it suspects fraud.",
    "rejected.platform_other": "We had the account closed. Please write to us.",
    "rejected.platform_terms_of_service": "We had the account closed. Please write to us.",
    "rejected.terms_of_service": "Stripe closed the account: its terms were broken.",
    "other": "Stripe has stopped the account and will write to you.",
}


def wanted(codes: Iterable[str]) -> list[str]:
    """A sentence for each thing Stripe wants, every sentence once, in the order of the codes."""
    return list(dict.fromkeys(sentence_of(str(code)) for code in codes))


def sentence_of(code: str) -> str:
    """What one code of `requirements` asks for."""
    if code in WHOLE:
        return WHOLE[code]
    whom, _, rest = code.partition(".")
    # Persons stand there by their id: person_1AbC.first_name.
    whom = "person" if whom.startswith("person_") else whom
    what = rest.partition(".")[0]
    if whom == "individual" and what in WHAT:
        return _of_you(what)
    if whom in OF_WHOM and what in WHAT:
        preposition = "" if what == "political_exposure" else "of "
        return f"{WHAT[what]} {preposition}{OF_WHOM[whom]}."
    return _readable(code)


def _of_you(what: str) -> str:
    if what == "verification":
        return "A photo of your identity document."
    if what == "political_exposure":
        return f"{WHAT[what]} you."
    return f"Your {WHAT[what].removeprefix('The ')}."


def reason_of(code: str) -> str:
    """Why an account is disabled, in words; "" without a reason."""
    return DISABLED.get(code) or (_readable(code) if code else "")


def _readable(code: str) -> str:
    words = [part.replace("_", " ").strip() for part in code.split(".") if part]
    text = ": ".join(words)[:200] or "Something Stripe does not name"
    return f"{text[:1].upper()}{text[1:]}."
