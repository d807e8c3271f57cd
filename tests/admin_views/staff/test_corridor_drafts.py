"""From « Modifier » to « Publier »: what each page of a draft answers, to whom, and every refusal with its code."""

import datetime as dt
import io
import json
from decimal import Decimal

import pytest

from app.domain.enums import DraftStatus, Role
from app.domain.errors import RuleBroken
from app.domain.vat import VatRegime
from app.services import actors, corridor_drafts, corridor_trials, corridor_versions
from tests import factories
from tests.admin_views.staff.test_corridor_editor import places_of

COULOIRS = "/gestion/couloirs"
DRAFTS = f"{COULOIRS}/brouillons"


@pytest.fixture
def alice(session):
    return factories.user(Role.ADMINISTRATOR)


@pytest.fixture
def bob(session):
    return factories.user(Role.ADMINISTRATOR)


@pytest.fixture
def draft(alice, session):
    factories.corridor()
    made = corridor_drafts.open("MDV", actors.of(alice))
    session.commit()
    return made


@pytest.fixture
def submitted(draft, alice, session):
    corridor_drafts.save(draft, draft.document | {"label": "Médecine de ville, suite"}, actors.of(alice))
    corridor_drafts.submit(draft, actors.of(alice))
    session.commit()
    return draft


def act(client, draft, key, **data):
    return client.post(f"{DRAFTS}/{draft.id}/actes/{key}", data={"seen": draft.version} | data)


def edit(client, draft, place, **data):
    return client.post(f"{DRAFTS}/{draft.id}/contenu/{place}", data={"seen": draft.version} | data)


WINDOW = {"wave": "1", "phase": "avance", "opens_at": "2026-12-01T00:00", "closes_at": "2027-02-01T00:00"}


# --- opening


def test_modifying_a_corridor_opens_a_draft_that_changes_nothing_yet(login, alice, session):
    version = factories.corridor()
    session.commit()
    answer = login(alice).post(f"{DRAFTS}/ouvrir/MDV")
    assert answer.status_code == 303
    assert corridor_versions.in_force("MDV").id == version.id
    assert [one.origin for one in corridor_drafts.living("MDV")] == ["Version 1 en vigueur"]


def test_a_draft_that_changes_nothing_is_not_offered_for_publication(login, alice, draft, session):
    client = login(alice)
    page = client.get(f"{DRAFTS}/{draft.id}").text
    assert "ne change encore rien" in page
    assert "Soumettre à publication" not in page
    corridor_drafts.save(draft, draft.document | {"label": "Autre"}, actors.of(alice))
    session.commit()
    assert "Soumettre à publication" in client.get(f"{DRAFTS}/{draft.id}").text


def test_a_new_corridor_asks_its_code(login, alice, session):
    factories.corridor()
    session.commit()
    client = login(alice)
    assert client.post(f"{DRAFTS}/nouveau", data={"code": "test", "copied": ""}).status_code == 422
    taken = client.post(f"{DRAFTS}/nouveau", data={"code": "MDV", "copied": ""})
    assert taken.status_code == 422
    assert "existe déjà" in taken.text
    assert client.post(f"{DRAFTS}/nouveau", data={"code": "TST", "copied": "MDV"}).status_code == 303
    assert corridor_drafts.living("TST")[0].origin == "Copie de Médecine de ville"


def test_an_old_version_is_reopened_as_a_draft(login, alice, submitted, bob, session):
    corridor_drafts.publish(submitted, actors.of(bob))
    session.commit()
    assert login(alice).post(f"{DRAFTS}/ouvrir/MDV", data={"version": "1"}).status_code == 303
    assert corridor_drafts.living("MDV")[0].origin == "Version 1"
    assert login(alice).post(f"{DRAFTS}/ouvrir/MDV", data={"version": "9"}).status_code == 404


# --- publishing


def test_the_author_does_not_publish_his_draft(login, alice, submitted):
    answer = act(login(alice), submitted, "publier")
    assert answer.status_code == 403
    assert "un autre administrateur" in answer.text


def test_another_reads_the_difference_and_publishes(login, bob, submitted, session):
    client = login(bob)
    page = client.get(f"{DRAFTS}/{submitted.id}").text
    assert "Médecine de ville, suite" in page
    assert "Publier cette version" in page
    assert act(client, submitted, "publier").status_code == 303
    assert corridor_versions.in_force("MDV").number == 2


def test_another_sends_it_back_with_a_word(login, bob, submitted, session):
    client = login(bob)
    assert act(client, submitted, "renvoyer", comment=" ").status_code == 422
    assert act(client, submitted, "renvoyer", comment="Trop long.").status_code == 303
    session.refresh(submitted)
    assert submitted.status is DraftStatus.WRITING
    assert "Trop long." in client.get(f"{DRAFTS}/{submitted.id}").text


def test_consequences_tell_what_closes_and_how_many_requests_keep_their_version(login, alice, draft, session):
    factories.avenant()
    document = draft.document
    closed = {"opens_at": "2026-01-01T00:00:00+01:00", "closes_at": "2026-02-01T00:00:00+01:00"}
    past = [one | closed for one in document["windows"]]
    corridor_drafts.save(draft, document | {"windows": past}, actors.of(alice))
    session.commit()
    page = login(alice).get(f"{DRAFTS}/{draft.id}").text
    assert "Se ferme aussitôt" in page
    assert "1 demande en cours garde la version de son dépôt" in page


def test_a_stale_page_gets_409_with_what_happened(login, alice, draft, session):
    seen = draft.version
    client = login(alice)
    assert edit(client, draft, "fenetres/0", **WINDOW).status_code == 303
    answer = client.post(f"{DRAFTS}/{draft.id}/contenu/fenetres/0", data={"seen": seen} | WINDOW)
    assert answer.status_code == 409
    assert "Modification du brouillon" in answer.text


def test_a_draft_of_an_older_version_is_told_refused_and_laid_on_the_new_one(login, alice, bob, draft, session):
    corridor_drafts.save(draft, draft.document | {"notes": ["Une note."]}, actors.of(alice))
    other = corridor_drafts.open("MDV", actors.of(alice))
    corridor_drafts.save(other, other.document | {"label": "Autre libellé"}, actors.of(alice))
    corridor_drafts.submit(other, actors.of(alice))
    corridor_drafts.publish(other, actors.of(bob))
    session.commit()
    client = login(alice)
    assert "Reprendre sur la version 2" in client.get(f"{DRAFTS}/{draft.id}").text
    assert act(client, draft, "soumettre").status_code == 409
    assert act(client, draft, "actualiser").status_code == 303
    session.refresh(draft)
    assert (draft.document["label"], draft.document["notes"]) == ("Autre libellé", ["Une note."])


def test_a_draft_with_faults_is_not_submitted(login, alice, draft, session):
    corridor_drafts.save(draft, draft.document | {"software": []}, actors.of(alice))
    session.commit()
    assert act(login(alice), draft, "soumettre").status_code == 422


# --- editing


def test_windows_that_overlap_are_saved_and_listed_with_their_place(login, alice, draft):
    client = login(alice)
    assert edit(client, draft, "fenetres/nouveau", **WINDOW).status_code == 303
    page = client.get(f"{DRAFTS}/{draft.id}/contenu/fenetres").text
    assert "1 anomalie à corriger" in page
    assert f"{DRAFTS}/{draft.id}/contenu/fenetres/2" in page


@pytest.mark.parametrize(
    ("place", "data", "words"),
    [
        ("fenetres/0", WINDOW | {"closes_at": "2026-11-01T00:00"}, "la fermeture précède"),
        ("fenetres/0", WINDOW | {"closes_at": "demain"}, "jj/mm/aaaa"),
        ("fenetres/0", WINDOW | {"wave": "deux"}, "nombre entier"),
        ("champs/nouveau", {"path": "à côté", "label": "X", "kind": "text", "max_length": "9"}, "chemin mal formé"),
        ("champs/nouveau", {"label": "X"}, "Renseignez ce champ"),
        ("exclusives/nouveau", {"paths": "beneficiaires.isMandataire"}, "au moins 2"),
        ("montants", {"regle": "per_beneficiary", "unit": "beaucoup"}, "montant en euros"),
        (
            "montants",
            {"regle": "brackets", "count": "postes", "brackets-0-at_least": "5", "brackets-0-amount": "10"},
            "doit commencer à 0",
        ),
        ("versements", {"regle": "rate", "avance_rate": "0"}, "supérieur à 0"),
        ("delais", {"complete": "0", "amendment": "20", "amendment_reminder": "10"}, "au moins 1"),
    ],
)
def test_a_part_wrong_in_itself_is_refused_at_its_field_and_kept(login, alice, draft, session, place, data, words):
    answer = edit(login(alice), draft, place, **data)
    assert answer.status_code == 422
    assert words in answer.text
    typed = next(value for value in data.values() if value not in ("rate", "brackets", "per_beneficiary"))
    assert typed in answer.text
    before = draft.document
    session.refresh(draft)
    assert draft.document == before


@pytest.mark.parametrize("place", ["inconnue", "champs/999", "champs/x", "general/0", "versements/0", "champs/-1"])
def test_a_place_that_is_not_there_is_404(login, alice, draft, place):
    assert login(alice).get(f"{DRAFTS}/{draft.id}/contenu/{place}").status_code == 404


def test_elements_are_moved_and_removed(login, alice, draft, session):
    client = login(alice)
    labels = [one["label"] for one in draft.document["fields"]]
    move = f"{DRAFTS}/{draft.id}/contenu/champs/0"
    assert client.post(f"{move}/descendre", data={"seen": draft.version}).status_code == 303
    session.refresh(draft)
    assert [one["label"] for one in draft.document["fields"]][:2] == labels[1::-1]
    assert client.post(f"{move}/retirer", data={"seen": draft.version}).status_code == 303
    session.refresh(draft)
    assert len(draft.document["fields"]) == len(labels) - 1
    assert client.post(f"{move}/danser", data={"seen": draft.version}).status_code == 404


def test_faults_are_checked_as_one_types_and_nothing_is_saved(login, alice, draft, session):
    answer = login(alice).post(f"{DRAFTS}/{draft.id}/controle/fenetres/nouveau", data={"seen": 1} | WINDOW)
    assert [(one["where"], one["url"]) for one in answer.json] == [
        ("Fenêtres de dépôt, n° 3", f"{DRAFTS}/{draft.id}/contenu/fenetres/2")
    ]
    session.refresh(draft)
    assert len(draft.document["windows"]) == 2


# --- the whole document, ceilings


def test_a_document_goes_out_and_comes_back(login, alice, draft, session):
    client = login(alice)
    for form in ("toml", "json"):
        content = client.get(f"{DRAFTS}/{draft.id}/document.{form}").data
        session.refresh(draft)
        before = draft.document
        sent = {"seen": draft.version, "file": (io.BytesIO(content), f"mdv.{form}")}
        assert client.post(f"{DRAFTS}/{draft.id}/document", data=sent).status_code == 303
        session.refresh(draft)
        assert draft.document == before


def test_a_document_that_does_not_read_is_refused_at_the_file(login, alice, draft):
    sent = {"seen": draft.version, "file": (io.BytesIO(b"{"), "mdv.json")}
    answer = login(alice).post(f"{DRAFTS}/{draft.id}/document", data=sent)
    assert answer.status_code == 422
    assert "ligne 1" in answer.text


def test_any_document_may_be_sent_and_every_page_of_its_draft_opens(login, alice, draft, session):
    client = login(alice)
    wrong = {
        "label": 3, "deposit": "pigeon", "software": [{"type": 1, "wave": "x"}, 4], "windows": "jamais",
        "fields": [{"path": ["a"]}, None], "lists": [{}], "amount": {"rule": "devine"}, "instalments": 5,
        "documents": {"a": 1}, "delays": [], "exclusive": [{"paths": 3}], "beneficiaries": [{"when": 1}], "nouveau": 1,
    }  # fmt: skip
    sent = {"seen": draft.version, "file": (io.BytesIO(json.dumps(wrong).encode()), "x.json")}
    assert client.post(f"{DRAFTS}/{draft.id}/document", data=sent).status_code == 303
    session.refresh(draft)
    assert draft.document["label"] == 3
    pages = [f"contenu/{place}" for place in places_of(draft.document)]
    lists = [f"contenu/{name}" for name in ("logiciels", "fenetres", "champs", "listes", "pieces", "exclusives")]
    for page in ("", "document", "apercu", "essai", "calcul", *lists, *pages):
        assert client.get(f"{DRAFTS}/{draft.id}/{page}".rstrip("/")).status_code == 200, page


def test_ceilings_go_out_and_come_back_by_csv(login, alice, session):
    corridor_versions.publish(factories.open_spec("HOP"))
    draft = corridor_drafts.open("HOP", actors.of(alice))
    session.commit()
    client = login(alice)
    content = client.get(f"{DRAFTS}/{draft.id}/plafonds.csv").data.decode()
    assert "120780291;41900,00" in content
    changed = content.replace("41900,00", "42000,00").encode()
    sent = {"seen": draft.version, "file": (io.BytesIO(changed), "p.csv")}
    assert client.post(f"{DRAFTS}/{draft.id}/plafonds", data=sent).status_code == 303
    session.refresh(draft)
    assert draft.document["amount"]["ceilings"]["DPI"]["120780291"] == "42000.00"
    typed = "pmsi;DPI;PFI;RI\n120780291;42\u00a0500\u00a0€;1;1\n".encode("cp1252")  # as a spreadsheet saves it
    sent = {"seen": draft.version, "file": (io.BytesIO(typed), "p.csv")}
    assert client.post(f"{DRAFTS}/{draft.id}/plafonds", data=sent).status_code == 303
    session.refresh(draft)
    assert draft.document["amount"]["ceilings"]["DPI"] == {"120780291": "42500.00"}
    bad = {"seen": draft.version, "file": (io.BytesIO(b"pmsi;DPI\n1;x\n"), "p.csv")}
    assert client.post(f"{DRAFTS}/{draft.id}/plafonds", data=bad).status_code == 422


# --- quick actions


def test_a_deadline_is_moved_in_one_form(login, alice, draft, session):
    corridor_drafts.abandon(draft, actors.of(alice))
    session.commit()
    client = login(alice)
    where = f"{COULOIRS}/MDV/echeance"
    chosen = {"seen": "1", "window": "0"}
    assert client.post(where, data=chosen).status_code == 422
    assert client.post(where, data=chosen | {"closes_at": "2020-01-01T00:00"}).status_code == 422
    sent = chosen | {"closes_at": "2027-03-31T18:00", "suite": "soumettre"}
    assert client.post(where, data=sent).status_code == 303
    made = corridor_drafts.living("MDV")[0]
    assert made.status is DraftStatus.SUBMITTED
    assert made.document["windows"][0]["closes_at"] == "2027-03-31T18:00:00+02:00"


def test_a_deadline_that_cannot_be_submitted_alone_says_so_in_words(login, alice, session):
    spec = factories.open_spec("MDV")
    avance, solde = spec.windows
    middle = avance.closes_at - dt.timedelta(days=60)
    halves = (
        avance.model_copy(update={"closes_at": middle}),
        avance.model_copy(update={"opens_at": middle}),
    )
    corridor_versions.publish(spec.model_copy(update={"windows": (*halves, solde)}))
    session.commit()
    client = login(alice)
    moved = {"seen": "1", "window": "0", "closes_at": f"{middle + dt.timedelta(days=2):%Y-%m-%dT%H:%M}"}
    refused = client.post(f"{COULOIRS}/MDV/echeance", data=moved | {"suite": "soumettre"})
    assert refused.status_code == 422
    assert "Fenêtres de dépôt, n° " in refused.text
    assert "Choisissez « Enregistrer dans un brouillon »" in refused.text
    assert "windows[" not in refused.text
    assert client.post(f"{COULOIRS}/MDV/echeance", data=moved).status_code == 303


def test_a_deadline_chosen_in_another_version_moves_no_other_window(login, alice, session):
    spec = factories.open_spec("MDV")
    factories.corridor()
    corridor_versions.publish(spec.model_copy(update={"windows": spec.windows[::-1]}))
    session.commit()
    client = login(alice)
    where = f"{COULOIRS}/MDV/echeance"
    sent = {"window": "0", "closes_at": "2027-03-31T18:00"}
    refused = client.post(where, data=sent | {"seen": "1"})
    assert refused.status_code == 422
    assert "Une autre version a été publiée depuis" in refused.text
    assert 'name="seen" type="hidden" value="2"' in refused.text
    assert corridor_drafts.living("MDV") == []
    assert client.post(where, data=sent | {"seen": "2"}).status_code == 303


def test_a_wave_is_opened_in_one_form(login, alice, session):
    factories.corridor()
    session.commit()
    client = login(alice)
    spans = {
        "avance_opens": "2027-01-01T00:00", "avance_closes": "2027-06-01T00:00",
        "solde_opens": "2027-03-01T00:00", "solde_closes": "2027-12-01T00:00",
    }  # fmt: skip
    where = f"{COULOIRS}/MDV/vague"
    assert client.post(where, data={"wave": "1", "model": "1"} | spans).status_code == 422
    assert client.post(where, data={"wave": "2", "model": "1"} | spans).status_code == 303
    made = corridor_drafts.living("MDV")[0]
    assert corridor_drafts.faults(made) == ()
    assert [one["dsr"] for one in made.document["software"] if one["wave"] == 2] == ["DSR-MDV-LGC-Va2"]
    assert len([one for one in made.document["windows"] if one["wave"] == 2]) == 2


# --- previews


def test_a_sample_file_is_tried_against_the_draft_and_nothing_is_stored(login, alice, draft, session):
    client = login(alice)
    example = client.get(f"{DRAFTS}/{draft.id}/exemple/avance.json").data
    sent = {"software": "0", "vat": "ht", "phase": "avance", "file": (io.BytesIO(example), "e.json")}
    answer = client.post(f"{DRAFTS}/{draft.id}/essai", data=sent)
    assert answer.status_code == 200
    assert "Aucun constat" in answer.text
    broken = example.replace(b'"typeAction": "C"', b'"typeAction": "X"')
    sent |= {"file": (io.BytesIO(broken), "e.json")}
    assert "typeAction" in client.post(f"{DRAFTS}/{draft.id}/essai", data=sent).text


def test_an_amount_is_reckoned_step_by_step(login, alice, draft):
    asked = "software=0&vat=ttc_20&declared=2000&identifiers=1%0A2%0A3"
    page = login(alice).get(f"{DRAFTS}/{draft.id}/calcul?{asked}").text.replace("\u202f", " ").replace("\xa0", " ")
    for amount in ("2 000,00 €", "1 074,99 €", "1 289,99 €", "387,00 €", "902,99 €"):
        assert amount in page, amount
    refused = login(alice).get(f"{DRAFTS}/{draft.id}/calcul?software=0&vat=ht&declared=x")
    assert refused.status_code == 422


def test_a_beneficiary_without_ceiling_is_said(session, alice):
    spec = factories.open_spec("HOP")
    sample = corridor_trials.Sample(spec.software[0], VatRegime.HT, Decimal(1), ("inconnu",))
    with pytest.raises(RuleBroken, match="n'a pas de plafond"):
        corridor_trials.reckon(spec, sample)


def test_the_list_says_what_is_open_and_what_is_pending(login, alice, submitted):
    page = login(alice).get(f"{COULOIRS}/").text
    assert "Avance vague 1, Solde vague 1" in page
    assert "Soumis à publication" in page


def test_two_versions_are_compared(login, alice, bob, submitted, session):
    corridor_drafts.publish(submitted, actors.of(bob))
    session.commit()
    client = login(factories.user(Role.OFFICER))
    page = client.get(f"{COULOIRS}/MDV/comparer?de=1&a=2").text
    assert "Médecine de ville, suite" in page
    assert client.get(f"{COULOIRS}/MDV/comparer?de=1&a=7").status_code == 404
    assert client.get(f"{COULOIRS}/MDV/comparer?de=x").status_code == 404
