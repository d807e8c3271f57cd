"""How a file name is read."""

import pytest

from app.domain import file_names


@pytest.mark.parametrize(
    ("name", "signs"),
    [
        ("Modèle_de-bon.de commande 2.pdf", ""),
        ("Œuvre e\u0301crite.pdf", ""),
        ("n°1 & 2 & 3.pdf", "°&"),
        ("a/b\\c:d.pdf", "/\\:"),
        ("l'avenant (1).pdf", "'()"),
        ("\u0661\u202e.pdf", "\u0661\u202e"),
    ],
)
def test_the_special_signs_of_a_name(name, signs):
    assert file_names.special_signs(name) == signs


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("avances.json", "avances.json"),
        ("C:\\Users\\moi\\avances.json", "avances.json"),
        ("../../etc/avances.json", "avances.json"),
        ("re\u0301sume\u0301.json", "résumé.json"),
        ("avan\u202ece\x00s.json", "avances.json"),
        (" avances.json ", "avances.json"),
        ("x" * 300 + ".json", "x" * 250 + ".json"),
        ("", "fichier"),
        ("dossier/", "fichier"),
    ],
)
def test_what_is_kept_of_a_name_sent_by_a_browser(sent, kept):
    assert file_names.kept(sent) == kept
