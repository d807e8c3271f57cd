"""Errors mended in the report, by the form alone: each at its place, several at once, the rest untouched."""

import json

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models.dossiers import BeneficiaryClaim
from app.models.imports import JsonImport, JsonSimulation
from app.services import simulations
from tests import factories, sixty_errors
from tests.admin_views.supplier.deposits import a_file, import_, simulate
from tests.json_files import SAMPLE, sample, supplier_a
from tests.pages import forms


@pytest.fixture
def a(session, login):
    """The supplier of the sample, logged in; and his enrolment."""
    enrolment, user = supplier_a()
    return login(user), enrolment


def last():
    return db.session.scalars(sa.select(JsonSimulation).order_by(JsonSimulation.id.desc()).limit(1)).one()


def mended(client, address, **answers):
    """Fill the form of the report by place, send it whole as a browser without scripts does; the next simulation."""
    form = forms(client.get(address).text)["corriger"]
    answer = client.post(form.action, data=form.sent | {form.name(place): said for place, said in answers.items()})
    assert answer.status_code == 303, answer.text
    return answer.location.partition("#")[0]


def test_sixty_errors_of_twenty_kinds_are_told_at_their_lines_then_mended_to_zero_and_imported(a):
    client, enrolment = a
    content, planted = sixty_errors.planted()
    assert (len(planted), len({one.code for one in planted})) == (60, 20)
    address = simulate(client, enrolment, content)
    report = last().report
    told = sorted(
        (row["code"], row["path"], row["row"], row["column"]) for row in report["findings"] if row["level"] == "error"
    )
    assert told == sorted((one.code, one.path, one.row, one.column) for one in planted)
    assert (report["errors"], report["rejected"], report["line_count"]) == (60, 58, 200)
    assert all(row["expected"] and row["cure"] for row in report["findings"])
    page = client.get(address).text
    for one in planted:
        assert f"Ligne {one.row}, colonne {one.column}" in page
        assert one.path in page

    after = mended(client, address, **{one.path: one.answer for one in planted if one.answer})
    found = last()
    assert found.previous_id is not None
    assert found.report["file_faults"] + found.report["findings"] == []
    shown = client.get(after).text
    assert "avant, 60 erreurs et 3 avertissements ; maintenant, 0 erreur et 0 avertissement" in shown
    assert "Aucune erreur" in shown
    import_(client, after)
    made = db.session.scalars(sa.select(JsonImport)).one()
    assert (made.retained_count, made.rejected_count) == (200, 0)


def test_only_the_lines_answered_change_in_the_text(a):
    client, enrolment = a
    content, planted = sixty_errors.planted()
    address = simulate(client, enrolment, content)
    mended(client, address, **{one.path: one.answer for one in planted if one.answer})
    before, now = content.decode().split("\n"), simulations.content_of(last()).decode().split("\n")
    changed = {one.row for one in planted if one.code != "0301"}
    kept = [row for number, row in enumerate(before, 1) if number not in changed]
    assert len(now) == len(before) + 3
    assert now.count('      "typeAction": "C"') == 3
    assert set(kept) - set(now) <= {'      "libelleTraitement": null'}
    assert client.get(f"{address}/fichier.json").data == content


def test_an_untouched_form_applies_what_it_proposes_and_nothing_else(client, enrolment):
    content = a_file(enrolment, regimeTVA="ht", montantSegurHT="abc")
    address = simulate(client, enrolment, content)
    mended(client, address)
    now = json.loads(simulations.content_of(last()))
    content["lignesImport"][1]["commande"]["regimeTVA"] = "HT"
    assert now == content


def test_an_answer_that_cannot_be_is_told_at_its_field_and_the_others_are_kept(client, enrolment):
    address = simulate(client, enrolment, a_file(enrolment, montantSegurHT=-1, dateCommande="hier"))
    form = forms(client.get(address).text)["corriger"]
    amount, day = (form.name(f"lignesImport[1].commande.{tag}") for tag in ("montantSegurHT", "dateCommande"))
    answer = client.post(form.action, data=form.sent | {amount: "beaucoup", day: "2026-10-31"})
    assert answer.status_code == 422
    assert "1 correction à revoir : rien n&#39;a été changé." in answer.text
    assert "Mettez un nombre, avec deux décimales au plus." in answer.text
    assert forms(answer.text)["corriger"].sent[day] == "2026-10-31"
    assert db.session.scalar(sa.select(sa.func.count(JsonSimulation.id))) == 1


def test_a_place_that_is_no_more_is_refused_in_french(client, enrolment):
    address = simulate(client, enrolment, a_file(enrolment, montantSegurHT=-1))
    answer = client.post(f"{address}/corriger", data={"v.0123456789ab": "1"})
    assert answer.status_code == 422
    assert "L&#39;endroit à corriger n&#39;existe plus" in answer.text


def test_a_fault_of_syntax_is_shown_with_its_line_and_mended_as_text(client, enrolment):
    text = json.dumps(a_file(enrolment), indent=2).replace('"typeAction": "C",', '"typeAction": "C"', 1)
    address = simulate(client, enrolment, text.encode())
    page = client.get(address).text
    row = text[: text.index('"typeAction"')].count("\n") + 2
    assert f"{row} |       &#34;numeroASP&#34;: null," in page
    assert f"{' ' * len(str(row))} |       ^ colonne 7" in page
    form = forms(page)["corriger"]
    (name,) = [name for name in form.sent if name.startswith("v.")]
    answer = client.post(form.action, data=form.sent | {name: form.sent[name].replace('"C"', '"C",')})
    assert answer.status_code == 303
    assert last().report["errors"] == 0


def test_the_bom_is_told_and_kept(client, enrolment):
    content = b"\xef\xbb\xbf" + json.dumps(a_file(enrolment, regimeTVA="ht")).encode()
    address = simulate(client, enrolment, content)
    assert "(BOM), conservé par les corrections" in client.get(address).text
    mended(client, address)
    assert simulations.content_of(last()) == content.replace(b'"ht"', b'"HT"')


def test_another_supplier_mends_nothing(client, login, enrolment):
    address = simulate(client, enrolment, a_file(enrolment, montantSegurHT=-1))
    login(factories.supplier_user())
    assert client.post(f"{address}/corriger").status_code == 404
    for name in ("fichier.json", "rapport.json"):
        assert client.get(f"{address}/{name}").status_code == 404


def test_the_annotated_file_says_of_each_line_what_becomes_of_it(client, enrolment):
    content = a_file(enrolment, montantSegurHT=-1)
    content["inconnu"] = 1
    given = json.loads(client.get(simulate(client, enrolment, content) + "/rapport.json").data)
    first, second = given["lignesImport"]
    assert (first["codeTraitement"], first["anomalies"]) == ("0000", [])
    assert second["codeTraitement"] == "0308"
    assert second["libelleTraitement"].startswith("« Montant Ségur HT » : le montant doit être supérieur à 0")
    (anomaly,) = second["anomalies"]
    assert (anomaly["gravite"], anomaly["chemin"]) == ("erreur", "lignesImport[1].commande.montantSegurHT")
    assert anomaly["valeurAttendue"]
    assert [one["code"] for one in given["anomalies"]] == ["0901"]
    broken = json.loads(client.get(simulate(client, enrolment, b'{"siret": ') + "/rapport.json").data)
    assert [one["code"] for one in broken["anomalies"]] == ["0103"]


def test_the_report_is_filtered_grouped_and_paged(client, enrolment):
    content = a_file(enrolment, montantSegurHT=-1)
    for one in content["lignesImport"]:
        one |= {f"inconnu{n}": n for n in range(200)}
    address = simulate(client, enrolment, content)
    assert "401 constats, page 1 sur 2" in client.get(address).text
    errors = client.get(f"{address}?niveau=error").text
    assert "lignesImport[1].commande.montantSegurHT" in errors
    assert "inconnu3" not in errors
    second = client.get(f"{address}?page=2").text
    assert "inconnu199" in second
    by_line = client.get(f"{address}?par=ligne&groupe=demande-1").text
    assert "lignesImport[0].inconnu1" in by_line
    assert "lignesImport[1].inconnu1<" not in by_line
    for strange in ("niveau=x&par=y&page=%00", "page=-1", "page=99999", "groupe=" + "x" * 500):
        assert client.get(f"{address}?{strange}").status_code in (200, 400)


def test_what_changed_since_the_simulation_asks_for_a_word_then_is_shown_line_by_line(a):
    client, enrolment = a
    address = simulate(client, enrolment, SAMPLE.read_bytes())
    rival = factories.avenant(factories.enrolment())
    doctor = sample()["lignesImport"][3]["beneficiaires"]["liberal"][0]["RPPS"]
    held = BeneficiaryClaim(dsr="DSR-MDV-LGC-Va1", identifier=doctor, dossier_id=rival.request.dossier_id)
    db.session.add(held)
    db.session.flush()
    said = f"depuis la simulation : le bénéficiaire {doctor} a déjà une prestation"
    refused = client.post(f"{address}/importer")
    assert refused.status_code == 422
    assert said in refused.text
    assert 'name="confirmed"' in refused.text
    page = client.get(import_(client, address, confirmed="y")).text
    assert "Ce qui a changé depuis la simulation (1 demande)" in page
    assert said in page
