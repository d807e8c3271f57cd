"""The five steps of an enrolment: in which order, what each asks, and which pieces whoever enrols must join.

Guides « Présentation du portail » and « Opérateur MSS », whose labels are kept to the letter. Pure: what the corridor
asks besides comes from its document.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.labelled import Labelled

FILES_HINT = "Fichier de type .png, .jpg, .jpeg ou .pdf. Taille maximum : 4 Mo"
YES, NO = "oui", "non"


class Step(Labelled):
    """The last part of its address, and its name in « Espace de création »."""

    REFERENCING = "referencement", "Référencement"
    APPLICANT = "demandeur", "Demandeur"
    BANK = "coordonnees-bancaires", "Coordonnées bancaires"
    VAT = "taux-tva", "Taux TVA"
    CONFIRMATION = "confirmation", "Confirmation"

    @property
    def number(self) -> int:
        return STEPS.index(self) + 1


STEPS = tuple(Step)


def numbered(number: int) -> Step:
    """The step of this number, from 1 on."""
    return STEPS[number - 1]


class PieceKind(Labelled):
    """The pieces of all corridors. Those of a corridor's document have capitals: the two never meet."""

    CERTIFICATE = "certificate", "Certificat de référencement"
    KBIS = "kbis", "kbis"
    REPRESENTATIVE_IDENTITY = "representative_identity", "CNI, passeport ou titre de séjour"
    DECLARANT_IDENTITY = "declarant_identity", "CNI, passeport ou titre de séjour du demandeur"
    CONTRACT = "contract", "Contrat de prestation"
    MANDATE = "mandate", "Mandat du représentant légal"
    BANK_DETAILS = "bank_details", "RIB"
    NOT_LIABLE = "not_liable", "Attestation de Non-assujettissement à la TVA"


class Quality(Labelled):
    """« Merci de préciser votre qualité en tant que tiers déclarant »."""

    CONTRACT = "contract", "Centre de gestion, expert-comptable..."
    MANDATE = "mandate", "Employé de la personne morale"


COMPANY = (
    "name", "trade_name", "recipient", "building", "number", "extension", "street_type", "street", "complement",
    "postcode", "city",
)  # fmt: skip
# What the register gave of an address stays as it gave it; the rest is completed, or changed with a proof (the name).
KEPT_OF_THE_REGISTER = ("number", "street_type", "street", "postcode", "city")
PERSON = ("last_name", "first_name", "email", "email_again", "phone")
REPRESENTATIVE = tuple(f"representative_{part}" for part in PERSON)
DECLARANT = tuple(f"declarant_{part}" for part in PERSON)
# The names under which a draft keeps, and an enrolment declares, what was typed at each step.
ANSWERS = {
    Step.REFERENCING: ("ans_number",),
    Step.APPLICANT: ("siret", *COMPANY, "is_representative", *REPRESENTATIVE, *DECLARANT, "quality"),
    Step.BANK: ("iban", "bic", "holder", "bank_name"),
    Step.VAT: ("vat",),
    Step.CONFIRMATION: (),
}
OF_THE_SUPPLIER = (Step.APPLICANT, Step.BANK)  # what a complementary enrolment shows of him, and does not ask
NAMES = tuple(name for step in STEPS for name in ANSWERS[step])


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece asked at a step. `code`: its kind."""

    step: Step
    code: str
    label: str
    hint: str = ""
    of_other_siret: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """What decides of the pieces. `complementary`: filed from the private space, which knows the people and where they
    are paid. `other_siret`: the SIRET is not the one of the holder of the N° ANS."""

    complementary: bool = False
    other_siret: bool = False
    name_changed: bool = False
    is_representative: bool | None = None
    quality: Quality | None = None
    without_vat: bool = False


def pieces(case: Case, of_corridor: Sequence[Piece]) -> tuple[Piece, ...]:
    """What must be joined, in the order of the steps: no more, no less."""
    asked = [_piece(Step.REFERENCING, PieceKind.CERTIFICATE)]
    asked += [one for one in of_corridor if case.other_siret or not one.of_other_siret]
    if not case.complementary:
        asked += _of_people(case)
        asked.append(_piece(Step.BANK, PieceKind.BANK_DETAILS))
    if case.without_vat:
        asked.append(_piece(Step.VAT, PieceKind.NOT_LIABLE))
    return tuple(sorted(asked, key=lambda one: one.step.number))


def possible(case: Case, of_corridor: Sequence[Piece]) -> tuple[Piece, ...]:
    """Whatever the form may come to ask as it is filled: a page without scripts shows them all."""
    found: dict[str, Piece] = {}
    for quality in Quality:
        fullest = replace(case, name_changed=True, is_representative=False, quality=quality, without_vat=True)
        found |= {one.code: one for one in pieces(fullest, of_corridor)}
    return tuple(found.values())


def _of_people(case: Case) -> list[Piece]:
    asked = [PieceKind.KBIS] if case.name_changed else []
    asked.append(PieceKind.REPRESENTATIVE_IDENTITY)
    if case.is_representative is False:
        asked.append(PieceKind.DECLARANT_IDENTITY)
        proofs = {Quality.CONTRACT: PieceKind.CONTRACT, Quality.MANDATE: PieceKind.MANDATE}
        asked += [proofs[case.quality]] if case.quality else []
    return [_piece(Step.APPLICANT, kind) for kind in asked]


def _piece(step: Step, kind: PieceKind) -> Piece:
    return Piece(step, kind.value, kind.label)
