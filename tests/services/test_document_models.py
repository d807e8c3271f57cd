"""Are models of documents imported in two steps, judged once, and offered in wave 2 only?"""

import pytest
import sqlalchemy as sa

from app.domain import limits
from app.domain.enums import EnrolmentStatus, ModelStatus, Role
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.extensions import db
from app.models.attachments import Attachment
from app.models.document_models import DocumentModel
from app.models.mails import Mail
from app.services import actors, audit, audit_words, document_models, ports
from tests import factories, wave_two
from tests.wave_two import added, officer, sent


@pytest.fixture
def alice(session):
    return wave_two.user()


def codes(supplier_id):
    return [one.code for one in document_models.kinds_of(supplier_id)]


def mails(event):
    return [
        (one.recipient, one.subject, one.body) for one in db.session.scalars(sa.select(Mail).where(Mail.event == event))
    ]


def test_the_types_are_those_of_the_corridors_he_is_validated_in_for_wave_2(session):
    assert codes(wave_two.user().supplier_id) == ["MODELE_BDC_HOP", "MODELE_VA_HOP"]
    assert codes(factories.enrolment(code="HOP").supplier_id) == []  # wave 1
    for status in (EnrolmentStatus.IN_PROGRESS, EnrolmentStatus.REJECTED):
        assert codes(wave_two.user(status=status).supplier_id) == []


def test_an_import_is_taken_back_until_it_is_sent(alice):
    model = added(alice)
    assert (model.status, model.sent_at) == (ModelStatus.DRAFT, None)
    assert document_models.history(alice.supplier) == []
    key = model.attachment.storage_key
    assert document_models.remove(alice.supplier, model.id) == "bdc.pdf"
    db.session.commit()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Attachment)) == 0
    assert key not in [one for one, _ in ports.get().store.keys("attachments/")]


def test_sending_sends_all_that_was_imported_and_nothing_else(alice):
    with pytest.raises(RuleBroken, match="au moins un modèle"):
        document_models.send(alice.supplier, alice)
    first = sent(alice)
    other = wave_two.user()
    added(other)
    added(alice, "va.pdf", "MODELE_VA_HOP")
    assert document_models.send(alice.supplier, alice) == 1
    assert [one.label for one in document_models.history(alice.supplier)] == [
        "Modèle de VA couloir Hôpital",
        "Modèle de bon de commande couloir Hôpital",
    ]
    assert first.status.label == "En attente d'instruction"
    assert document_models.history(other.supplier) == []
    with pytest.raises(Conflict, match="transmis"):
        document_models.remove(alice.supplier, first.id)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("x" * 47 + ".pdf", "excède 50 caractères"),
        ("bon de commande n°1.pdf", "caractères spéciaux : °"),
        ("a&b#c.pdf", "caractères spéciaux : & #"),
        ("modèle\u202e.pdf", "caractères spéciaux"),
        ("m\u00f6del\u0661.pdf", "caractères spéciaux"),
        ("a/b.pdf", "caractères spéciaux : /"),
        ("bdc.docx", "n'est pas d'un type accepté"),
        ("bdc.png", "l'image ne peut pas être lue"),
    ],
)
def test_a_bad_file_is_refused_and_nothing_is_kept(alice, name, said):
    with pytest.raises(RuleBroken, match=said) as refusal:
        added(alice, name)
    assert refusal.value.field == "file"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(DocumentModel)) == 0


def test_a_name_of_fifty_characters_with_accents_is_taken(alice):
    name = "Modèle_de-bon.de commande à signer ".ljust(46, "x") + ".pdf"
    assert len(name) == 50
    assert added(alice, name).attachment.file_name == name


def test_a_type_that_is_not_offered_is_refused(alice):
    for kind in ("", "MODELE_BDC_RAD", "BON_COMMANDE"):
        with pytest.raises(RuleBroken) as refusal:
            added(alice, kind=kind)
        assert refusal.value.field == "kind"


def test_only_so_many_wait_at_once(alice, monkeypatch):
    monkeypatch.setattr(limits, "MODELS_AWAITED", 2)
    first = sent(alice)
    added(alice)
    with pytest.raises(RuleBroken, match="déjà 2 modèles"):
        added(alice)
    document_models.accept(first, "", first.version, officer())
    added(alice)


def test_an_accepted_one_is_told_with_or_without_a_word(alice):
    model = sent(alice)
    document_models.accept(model, " Très bien. ", model.version, officer())
    assert (model.status.label, model.comment) == ("Accepté", "Très bien.")
    ((_, subject, body),) = mails("Modèle de document accepté")
    assert subject == "Modèle de document accepté : Modèle de bon de commande couloir Hôpital"
    assert "« bdc.pdf »" in body
    assert "Très bien." in body


def test_a_rejected_one_says_why(alice):
    model = sent(alice)
    for silent in ("", "  "):
        with pytest.raises(RuleBroken, match="motif") as refusal:
            document_models.reject(model, silent, model.version, officer())
        assert refusal.value.field == "comment"
    document_models.reject(model, "Le SIRET manque.", model.version, officer())
    assert model.status.label == "Rejeté"
    ((_, _, body),) = mails("Modèle de document rejeté")
    assert "Le SIRET manque." in body
    db.session.commit()
    last = audit.last_entry("supplier", alice.supplier.siret)
    assert ("Statut du modèle", "Rejeté") in [(what, after) for what, _, after in audit_words.changes(last)]
    assert audit_words.comment(last) == "Le SIRET manque."


def test_it_is_judged_once_by_an_officer_who_saw_it_as_it_is(alice):
    model = sent(alice)
    for role in (Role.SUPPORT, Role.ADMINISTRATOR, Role.SUPPLIER):
        with pytest.raises(NotAllowed):
            document_models.accept(model, "", model.version, actors.of(factories.user(role)))
    with pytest.raises(Conflict):
        document_models.accept(model, "", model.version + 1, officer())
    seen = model.version
    document_models.reject(model, "Illisible.", seen, officer())
    with pytest.raises(Conflict, match="« Rejeté »"):
        document_models.accept(model, "", seen, officer())


def test_a_draft_is_nobody_else_s(alice):
    model = added(alice)
    assert document_models.find(model.id) is None
    assert document_models.find_own(wave_two.user().supplier, model.id) is None
    assert document_models.remove(wave_two.user().supplier, model.id) is None
