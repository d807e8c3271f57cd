"""« Accueil fournisseur », the menu, and the screens not open yet."""

import datetime as dt

import pytest

from app.domain.enums import Phase, RequestStatus, Role
from app.domain.request_workflow import Action
from app.extensions import db
from app.services import actors, news, supplier_home
from app.services import requests as request_service
from tests import factories


@pytest.fixture
def form_supplier(login):
    return login(factories.supplier_user(factories.enrolment(code="SAS").supplier))


def menu_of(text):
    return text[text.index('aria-label="Menu principal"') : text.index("</header>")]


def test_the_seven_tabs_stand_with_the_guides_words(me):
    menu = menu_of(me.get("/segurnums/").text)
    labels = [
        "Accueil",
        "Enrôlement",
        "Gérer mes demandes d&#39;enrôlement",
        "Faire une demande complémentaire",
        "Importation JSONs",
        "Gérer mes importations JSONs",
        "Importer mes demandes",
        "Accéder à la documentation des JSONs",
        "Demandes de financement",
        "Gérer mes demandes de financement",
        "Exports",
        "Exporter vos demandes de financement",
        "Exporter vos bénéficiaires",
        "Mon compte",
        "Gérer mes coordonnées bancaires",
        "Gérer mes coordonnées personnes physiques",
        "Besoin d&#39;aide ?",
        "Consulter les questions fréquentes",
        "Contacter l&#39;assistance",
    ]
    places = [menu.index(f">{label}<") for label in labels]
    assert places == sorted(places)
    assert "Importer mes modèles" not in menu


def test_a_supplier_who_deposits_by_form_has_the_reduced_menu(form_supplier):
    text = form_supplier.get("/segurnums/").text
    menu = menu_of(text)
    for label in ("Accueil", "Enrôlement", "Demande de financement", "Ma demande d&#39;avance", "Mon compte"):
        assert f">{label}<" in menu
    for absent in ("JSON", "Exports", "Demandes de financement"):
        assert absent not in menu
    assert "Accueil fournisseur SAS" in text
    assert "Gérer ma demande de financement du fournisseur SAS" in text
    assert "Suivi de ma demande de financement" in text


def test_one_json_corridor_is_enough_for_the_whole_menu(login):
    supplier = factories.enrolment(code="SAS").supplier
    factories.enrolment(supplier, code="MDV")
    menu = menu_of(login(factories.supplier_user(supplier)).get("/segurnums/").text)
    assert "Importation JSONs" in menu
    assert "Ma demande d&#39;avance" in menu


def test_the_statistics_count_current_requests_by_phase(mine):
    avance = factories.avenant(mine)
    factories.avenant(mine, dossier=avance.dossier, phase=Phase.SOLDE, status=RequestStatus.AWAITING_DOCUMENT)
    factories.avenant(mine, status=RequestStatus.INCOMPLETE, completed_at=None)
    factories.avenant()
    cancelled = factories.avenant(mine)
    officer = actors.of(factories.user(Role.OFFICER))
    request_service.act(cancelled, Action.CANCEL, officer, comment="à la demande du fournisseur")
    home = supplier_home.of(mine.supplier_id)
    assert [(one.avance, one.solde) for one in home.statistics] == [(1, 0), (0, 0), (0, 1), (0, 0)]
    assert home.has_incomplete


def test_the_labels_of_the_statistics_are_the_guides(me):
    text = me.get("/segurnums/").text
    for label in (
        "Nombre de demandes en cours",
        "Nombre de demandes validées",
        "Nombre de demandes en attente de pièces jointes complémentaires",
        "Nombre de demandes payées",
    ):
        assert f"{label}&nbsp;:" in text
    assert text.count("Avance : 0 / Solde : 0") == 4


def test_the_red_warning_appears_only_with_non_completed_requests(me, mine):
    warning = "Attention : des demandes d&#39;avance et/ou de solde n&#39;ont pas été complétées."
    plain = warning.replace("&#39;", "'")
    assert plain not in me.get("/segurnums/").text
    factories.avenant(mine, status=RequestStatus.INCOMPLETE, completed_at=None)
    text = me.get("/segurnums/").text
    assert plain in text
    assert "Suivi demandes incomplètes" in text


def test_news_are_for_all_or_for_his_corridors(me, frozen):
    admin = actors.of(factories.user(Role.ADMINISTRATOR))
    factories.corridor("SAS")
    news.publish("Pour tous", "Bonjour.", admin)
    news.publish("Pour la ville", "Texte long. " * 40, admin, corridor_code="MDV")
    news.publish("Pour le SAS", "Ailleurs.", admin, corridor_code="SAS")
    db.session.commit()
    text = me.get("/segurnums/").text
    assert "Pour tous" in text
    assert "Pour la ville" in text
    assert "Pour le SAS" not in text
    assert text.count("Lire la suite") == 1
    assert f"{dt.date(2026, 11, 23):%d/%m/%Y}" in text


@pytest.mark.parametrize("path", ["/segurnums/", "/segurnums/demandes/", "/segurnums/compte/personnes"])
def test_a_stranger_goes_to_the_login_and_staff_get_403(app, login, path):
    assert app.test_client().get(path).status_code == 302
    assert login(factories.user(Role.OFFICER)).get(path).status_code == 403
