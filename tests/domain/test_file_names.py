"""How a file name is read."""

import pytest

from app.domain import file_names


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
