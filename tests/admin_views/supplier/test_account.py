"""Enrolments, bank accounts and people of a supplier, as he reads them."""

import pytest

from app.domain.enums import BankAccountStatus, EnrolmentKind, EnrolmentStatus, PersonKind
from app.extensions import db
from app.models.bank_accounts import BankAccount
from app.models.suppliers import Person
from app.services import clock
from tests import factories


def test_enrolments_have_seven_columns_and_every_status(me, mine):
    factories.enrolment(mine.supplier, status=EnrolmentStatus.AWAITING_CERTIFICATE, kind=EnrolmentKind.COMPLEMENTARY)
    text = me.get("/segurnums/enrolements/").text
    columns = (
        "Numéro demande",
        "Date de dépôt",
        "Statut",
        "Siret fournisseur",
        "Profil référencé",
        "Type d'enrôlement",
        "Actions",
    )
    head = text[text.index("<thead>") :].replace("&#39;", "'")
    places = [head.index(column) for column in columns]
    assert places == sorted(places)
    assert "En attente du certificat de référencement" in text
    assert "INITIAL" in text
    assert "Général" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [("f_profiles=général", True), ("f_profiles=GENERAL", True), ("f_profiles=Zz", False), ("f_status=val", True)],
)
def test_enrolments_filter_by_column(me, mine, query, found):
    mine.referencing.profiles = ["Profil général"]
    db.session.commit()
    assert (f"<td>{mine.number}</td>" in me.get(f"/segurnums/enrolements/?{query}").text) is found


def test_enrolments_sort_by_column_the_profiles_too(me, mine):
    other = factories.enrolment(mine.supplier)
    mine.referencing.profiles, other.referencing.profiles = ["Spécifique"], ["général"]
    db.session.commit()
    for column in ("number", "deposited_at", "status", "siret", "profiles", "kind"):
        assert me.get(f"/segurnums/enrolements/?tri={column}").status_code == 200
    for sort, first, last in (("profiles", other, mine), ("-profiles", mine, other)):
        page = me.get(f"/segurnums/enrolements/?tri={sort}").text
        assert page.index(f"<td>{first.number}</td>") < page.index(f"<td>{last.number}</td>")


def test_an_enrolment_is_consulted_by_its_supplier_only(me, mine):
    text = me.get(f"/segurnums/enrolements/{mine.id}").text
    for held in (mine.number, mine.referencing.ans_number, mine.supplier.siret, "MARTIN", "HT"):
        assert held in text
    other = factories.enrolment()
    assert me.get(f"/segurnums/enrolements/{other.id}").status_code == 404
    assert me.get("/segurnums/enrolements/999999999").status_code == 404
    assert me.get("/segurnums/enrolements/zz").status_code == 404
    assert other.number not in me.get("/segurnums/enrolements/").text


def test_bank_accounts_are_read_with_their_history(me, mine):
    old = BankAccount(
        supplier_id=mine.supplier_id,
        iban="FR7617807000430512179603697",
        bic="CCBPFRPP",
        holder="ANCIEN",
        status=BankAccountStatus.INACTIVE,
        created_at=clock.now(),
    )
    db.session.add(old)
    db.session.commit()
    text = me.get("/segurnums/compte/coordonnees-bancaires/").text
    for shown in (
        "FR7613135000800800267924623",
        "FR7617807000430512179603697",
        "Active",
        "Inactive",
        mine.supplier.siret,
    ):
        assert shown in text
    assert "Ajouter une coordonnée bancaire" in text
    assert "ANCIEN" in me.get(f"/segurnums/compte/coordonnees-bancaires/{old.id}").text


def test_another_suppliers_account_is_not_found(me):
    other = factories.supplier()
    account = db.session.query(BankAccount).filter_by(supplier_id=other.id).one()
    assert me.get(f"/segurnums/compte/coordonnees-bancaires/{account.id}").status_code == 404


def test_the_legal_representative_is_also_the_declarant_unless_there_is_one(me, mine):
    same = "Le représentant légal est aussi le demandeur."
    assert same in me.get("/segurnums/compte/personnes").text
    db.session.add(
        Person(
            supplier_id=mine.supplier_id,
            kind=PersonKind.DECLARANT,
            last_name="DURAND",
            first_name="Paul",
            email="paul@exemple.fr",
        )
    )
    db.session.commit()
    db.session.expire_all()
    text = me.get("/segurnums/compte/personnes").text
    assert same not in text
    assert "DURAND" in text
