"""What a text with variables becomes, and everything that may be wrong in one, with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import mail_texts
from app.domain.mail_texts import Kind

KNOWN = {"numero": Kind.TEXT, "pieces": Kind.BLOCK, "lien": Kind.LINK, "compte": Kind.FLAG, "code": Kind.SECRET}


@pytest.mark.parametrize(
    ("text", "values", "becomes"),
    [
        ("Demande {{ numero }}.", {"numero": "FIN1"}, "Demande FIN1."),
        ("{{numero}}{{ numero }}", {"numero": "1"}, "11"),
        ("a {{ si compte }}oui{{ sinon }}non{{ fin }} b", {"compte": "oui"}, "a oui b"),
        ("a {{ si compte }}oui{{ sinon }}non{{ fin }} b", {"compte": ""}, "a non b"),
        ("a\n{{ si compte }}\nb\n{{ fin }}\nc\n", {"compte": "oui"}, "a\nb\nc\n"),
        ("a\n  {{ si compte }}  \nb\n{{ fin }}\nc\n", {"compte": ""}, "a\nc\n"),
        ("x\n    {{ pieces }}\n", {"pieces": "1\n2"}, "x\n    1\n    2\n"),
        ("x {{ pieces }}", {"pieces": "1\n2"}, "x 1\n2"),
        ("{{ numero }}", {"numero": "{{ lien }} {{ si compte }}"}, "{{ lien }} {{ si compte }}"),
        ("{{ si compte }}{{ si numero }}{{ numero }}{{ fin }}{{ fin }}", {"compte": "o", "numero": "7"}, "7"),
    ],
)
def test_a_text_becomes(text, values, becomes):
    assert mail_texts.fill(text, values) == becomes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\n{{ nom }}", "Ligne 2, caractère 1 : la variable « nom » n'existe pas ici."),
        ("a {{ si nom }}b{{ fin }}", "Ligne 1, caractère 3 : la variable « nom » n'existe pas ici."),
        ("{{ compte }}", "Ligne 1, caractère 1 : « compte » ne s'écrit pas : elle sert à « {{ si compte }} »."),
        ("{{ numero.__class__ }}", "Ligne 1, caractère 1 : « {{ numero.__class__ }} » n'est pas compris"),
        ("{{ 7*7 }}", "n'est pas compris"),
        ("{{ numero | upper }}", "n'est pas compris"),
        ("{% for a in b %}{{ numero }}", None),  # plain text, that says nothing to us
        ("{{ Numero }}", "n'est pas compris"),
        ("{{ si }}", "n'est pas compris"),
        ("{{}}", "n'est pas compris"),
        ("ab {{ numero", "Ligne 1, caractère 4 : « {{ » n'est pas fermé par « }} »."),
        ("a\nb }}", "Ligne 2, caractère 3 : « }} » n'a pas son « {{ »."),
        ("{{ si compte }}a", "Ligne 1, caractère 1 : « {{ si compte }} » n'a pas son « {{ fin }} »."),
        ("https://ailleurs.fr/?{{ lien }}", "Ligne 1, caractère 22 : mettez une espace avant « lien »"),
        ("https://ailleurs.fr/{{ si compte }}{{ code }}{{ fin }}", "mettez une espace avant « code »"),
        ("{{ numero }}{{ lien }}", "mettez une espace avant « lien »"),
        ("{{ lien }}\n({{ lien }}), « {{ lien }} » : {{ si compte }}{{ lien }}{{ fin }}", None),
        ("{{ fin }}", "« {{ fin }} » n'a pas son « {{ si … }} »."),
        ("{{ sinon }}", "« {{ sinon }} » n'a pas son « {{ si … }} »."),
        ("{{ si compte }}{{ sinon }}{{ sinon }}{{ fin }}", "« {{ sinon }} » n'a pas son « {{ si … }} »."),
        ("{{ si compte }}" * 9 + "{{ fin }}" * 9, "trop de conditions"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text, said):
    found = [str(flaw) for flaw in mail_texts.flaws(text, KNOWN)]
    assert not found if said is None else said in " ".join(found)


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("rien", True),
        ("{{ lien }}", False),
        ("{{ si compte }}{{ lien }}{{ fin }}", True),
        ("{{ si compte }}a {{ lien }}{{ sinon }} {{ lien }}{{ fin }}", False),
        ("{{ si lien }}Voir {{ lien }}{{ fin }}", False),
        ("{{ si lien }}Voir{{ sinon }} {{ lien }}{{ fin }}", True),
    ],
)
def test_what_is_required_stands_whatever_the_conditions(text, lacks):
    found = [str(flaw) for flaw in mail_texts.flaws(text, KNOWN, ["lien"])]
    assert bool(found) is lacks
    assert all("« lien » est obligatoire" in one for one in found)


@pytest.mark.parametrize("name", ["pieces", "lien", "code"])
def test_a_subject_holds_words_of_one_line_and_no_secret(name):
    (flaw,) = mail_texts.flaws(f"{{{{ {name} }}}}", KNOWN, subject=True)
    assert "ne peut pas être dans l'objet" in str(flaw)


def test_nothing_is_filled_from_a_text_with_flaws():
    with pytest.raises(ValueError, match="n'est pas compris"):
        mail_texts.fill("{{ 1 + 1 }}", {})


@given(st.text(alphabet="{} \nsinofumer_%", max_size=60))
def test_any_text_is_either_filled_or_refused_with_a_place(text):
    found = mail_texts.flaws(text, KNOWN)
    if not found:
        mail_texts.fill(text, dict.fromkeys(KNOWN, "x"))
    assert all(0 < flaw.line <= text.count("\n") + 1 for flaw in found)
