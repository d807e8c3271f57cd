"""Is the wording of a rejection checked when it is written?"""

import pytest

from app.domain import wordings
from app.domain.errors import RuleBroken


@pytest.mark.parametrize(
    "text",
    [
        "Pièce illisible.",
        "La commande du {{ date_commande }} de {{ fournisseur }}.",
        "".join(f"{{{{ {name} }}}}" for name in wordings.VARIABLES),
    ],
)
def test_a_text_may_name_the_variables_there_are(text):
    wordings.check(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Le {{ nom_du_chien }}.", "« nom_du_chien » n'existe pas"),
        ("Le {{ numero.", "n'est pas fermé"),
        ("Le numero }}.", "n'a pas son"),
        ("{{ numero.__class__ }}", "n'est pas compris"),
        ("{% for x in y %}{{ x }}{% endfor %}", "« x » n'existe pas"),
    ],
)
def test_what_it_cannot_say_is_named(text, said):
    with pytest.raises(RuleBroken, match=said) as refusal:
        wordings.check(text)
    assert refusal.value.field == "text"


@pytest.mark.parametrize("code", ["BC", "BC-NON-SIGNE", "A1"])
def test_a_code_is_capitals_figures_and_hyphens(code):
    assert wordings.CODE.fullmatch(code)


@pytest.mark.parametrize("code", ["", "-BC", "bc", "É", "BC NON", "A" * 21, "٣"])
def test_and_nothing_else(code):
    assert not wordings.CODE.fullmatch(code)
