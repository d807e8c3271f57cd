"""Is what may not be written refused at its field, on the forms of the assistance and of the accounts?"""

import pytest
from werkzeug.datastructures import MultiDict

from forms.contact import ContactForm, MessageForm
from forms.credentials import QuestionForm
from forms.own_account import BankForm, InviteForm
from forms.staff_accounts import AccountForm
from tests.forms.test_enrolment_fields import BAD

ONE_LINE = {
    ContactForm: {"name", "company", "email", "phone", "ans_number", "about"},
    QuestionForm: {"question"},
    BankForm: {"iban", "bic", "holder", "bank_name"},
    InviteForm: {"full_name", "email"},
    AccountForm: {"full_name"},
}
MESSAGES = {  # text, whether it may be sent
    "Bonjour,\r\n\tmon fichier <JSON> est rejeté 😀 👨‍👩‍👧": True,
    "a\u0007b": False,
    "a\u202eb": False,
    "a\u2066b": False,
    "a\u200fb": False,
}


@pytest.fixture
def sent(app, monkeypatch):
    """`sent(form, values)`: that form, having received these and judged them."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)

    def made(kind, values):
        with app.test_request_context(method="POST"):
            form = kind(formdata=MultiDict(values))
            if isinstance(form, ContactForm):
                form.offer([])
            form.validate()
            return form

    return made


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
@pytest.mark.parametrize("kind", ONE_LINE, ids=lambda kind: kind.__name__)
def test_no_field_of_one_line_takes_it(sent, kind, bad):
    form = sent(kind, dict.fromkeys(ONE_LINE[kind], bad))
    assert [name for name in ONE_LINE[kind] if not form[name].errors] == []


@pytest.mark.parametrize(("text", "taken"), MESSAGES.items())
def test_a_message_says_what_it_likes_but_hides_nothing(sent, text, taken):
    assert (sent(MessageForm, {"body": text})["body"].errors == []) is taken


def test_each_thing_wrong_is_said_once(sent):
    assert sent(ContactForm, {"name": "A\r\nBcc: b@exemple.fr"})["name"].errors == [
        "Saisie refusée : des caractères invisibles ou de contrôle ne sont pas admis."
    ]
    assert sent(BankForm, {"holder": "A" * 201})["holder"].errors == ["Au plus 200 caractères."]
