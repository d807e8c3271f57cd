"""Is what may not be written refused at its field, in every field of every step of an enrolment?"""

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Field

from app.domain.enrolment_steps import Step
from forms.enrolment import FORMS, SiretForm, StepForm

BAD = {
    "too long": "x" * 300,
    "a control character": "a\u0007b",
    "an emoji": "a😀",
    "a tag": "<script>alert(1)</script>",
    "a right-to-left mark": "a\u202eb",
    "an invisible sign": "a\u200bb",
    "two lines": "a\nb",
}
FORMS_BY_NAME: dict[str, type[StepForm]] = {step.value: form for step, form in FORMS.items()} | {"siret": SiretForm}
OPTIONAL = {"recipient", "building", "number", "extension", "complement"}
# Asked only of a third party: whether they are empty is told by the rest of the form.
OF_A_THIRD_PARTY = {
    "declarant_last_name", "declarant_first_name", "declarant_email", "declarant_email_again", "declarant_phone",
}  # fmt: skip


def texts(form: StepForm) -> list[Field]:
    return [one for one in form if one.type in ("StringField", "EmailField", "TelField")]


@pytest.fixture
def sent(app, monkeypatch):
    """`sent(step, name=value, …)`: the form of a step that received these."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)

    def made(step, /, **values):
        with app.test_request_context(method="POST"):
            form = FORMS_BY_NAME[step](formdata=MultiDict(values))
            form.validate()
            return form

    return made


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_no_field_takes_it(sent, bad):
    for name in FORMS_BY_NAME:
        fields = texts(sent(name))
        form = sent(name, **{field.name: bad for field in fields})
        assert [field.name for field in texts(form) if not field.errors] == [], name
        assert [field.data for field in texts(form)] == [bad] * len(fields), "what was typed comes back"


def test_every_field_that_is_asked_says_so_when_it_is_empty(sent):
    for name in FORMS_BY_NAME:
        form = sent(name, is_representative="oui")
        silent = {field.name for field in form if not field.errors and field.type != "CSRFTokenField"}
        assert silent <= OPTIONAL | OF_A_THIRD_PARTY | {"is_representative", "quality"}, name


def test_a_third_party_says_who_he_is_and_in_which_quality(sent):
    form = sent(Step.APPLICANT.value, is_representative="non")
    assert {name for name in form.errors if name} >= OF_A_THIRD_PARTY | {"quality"}


def test_names_of_every_country_of_europe_are_taken(sent):
    form = sent(Step.APPLICANT.value, representative_last_name="Nuñez-O’Brien", name="L'ÉTÉ & FILS (S.A.R.L.) n° 1 ®")
    assert form["representative_last_name"].errors == []
    assert form["name"].errors == []
