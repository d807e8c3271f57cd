"""What a corridor's document may say: `CorridorSpec`. Everything a corridor is, is read from it, never from Python.

Read by the JSON validator (`app.exchange`), forms, amounts, detail pages, exports and the documentation of the format.
Its shape is checked here, its coherence by `documents.parse`: a version already published must always read back.
"""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from app.corridors.amount_rules import AmountRule, Euros
from app.corridors.parts import ORDER_TAGS, OrderTag, Part
from app.corridors.parts import PARIS as PARIS
from app.corridors.parts import BeneficiarySource as BeneficiarySource
from app.corridors.parts import Condition as Condition
from app.corridors.parts import DocumentSpec as DocumentSpec
from app.corridors.parts import EnrolmentPieceSpec as EnrolmentPieceSpec
from app.corridors.parts import Exclusive as Exclusive
from app.corridors.parts import FieldSpec as FieldSpec
from app.corridors.parts import ListSpec as ListSpec
from app.corridors.parts import ModelSpec as ModelSpec
from app.corridors.parts import Pairing as Pairing
from app.corridors.parts import ScenarioQuestion as ScenarioQuestion
from app.corridors.parts import SoftwareSpec as SoftwareSpec
from app.corridors.parts import Window as Window
from app.domain.enums import DepositMode, Phase


class RateInstalments(Part):
    """The common rule: the avance is a share of the engagement, the solde is the rest."""

    kind: Literal["rate"]
    avance_rate: Annotated[Decimal, Field(gt=0, lt=1)]


class FixedInstalments(Part):
    """Fixed HT amounts, each under the VAT regime (SAS: 30 000 then 70 000); or a fixed avance only (MSS).

    `avance_label`, `vat_label`: what the form, then the page of the request, call the two figures the portal fills in.
    """

    kind: Literal["fixed"]
    avance_ht: Euros
    solde_ht: Euros | None = None
    avance_label: str = Field(default="Montant de l'avance", min_length=1, max_length=200)
    vat_label: str = Field(default="Taux de TVA", min_length=1, max_length=200)


class RecapLabels(Part):
    """What the « Récapitulatif » of a request deposited by form calls its dossier, the day of its deposit, its status:
    as the SAS guides say, unless the corridor's own guide has other words (MSSanté: « Déposé le », « Statut »)."""

    dossier: str = Field(default="Numéro de dossier", min_length=1, max_length=200)
    deposited: str = Field(default="Date de dépôt", min_length=1, max_length=200)
    status: str = Field(default="Statut de la demande", min_length=1, max_length=200)


class Delays(Part):
    """In calendar days of Europe/Paris (guides: 7, J+10, J+20). `completion_reminders`: days after the deposit when a
    supplier is reminded of the pieces still expected; none when empty."""

    complete: int = Field(default=7, ge=1)
    completion_reminders: tuple[Annotated[int, Field(ge=1)], ...] = (2, 5, 6)
    amendment_reminder: int = Field(default=10, ge=1)
    amendment: int = Field(default=20, ge=1)


class CorridorSpec(Part):
    """One version of a corridor. What a wave sees of it is `narrowed(wave)`. `amendable_order`: the tags of the order
    an officer may ask the supplier to correct, besides the fields that say so."""

    code: str = Field(pattern=r"^[A-Z0-9]{3}$")
    label: str
    deposit: DepositMode
    notes: tuple[str, ...] = ()
    software: tuple[SoftwareSpec, ...] = Field(min_length=1)
    windows: tuple[Window, ...] = ()
    fields: tuple[FieldSpec, ...] = ()
    lists: tuple[ListSpec, ...] = ()
    exclusive: tuple[Exclusive, ...] = ()
    pairings: tuple[Pairing, ...] = ()
    beneficiaries: tuple[BeneficiarySource, ...] = ()
    scenario: tuple[ScenarioQuestion, ...] = ()
    documents: tuple[DocumentSpec, ...] = ()
    enrolment_pieces: tuple[EnrolmentPieceSpec, ...] = ()
    models: tuple[ModelSpec, ...] = ()
    amount: AmountRule
    instalments: Annotated[RateInstalments | FixedInstalments, Field(discriminator="kind")]
    delays: Delays = Delays()
    recap: RecapLabels = RecapLabels()
    amendable_order: tuple[OrderTag, ...] = ORDER_TAGS
    single_dossier: bool = False
    automatic_decision: bool = False
    single_enrolment: bool = False

    @property
    def waves(self) -> tuple[int, ...]:
        """Those its software types are of, in order."""
        return tuple(sorted({software.wave for software in self.software}))

    def narrowed(self, wave: int) -> "CorridorSpec":
        """The document as this wave sees it: its own software and windows, and what it is asked."""
        fields = tuple(one for one in self.fields if one.is_of(wave))
        lists = tuple(one for one in self.lists if one.is_of(wave))
        paths, listed = {one.path for one in fields}, {one.path for one in lists}
        return self.model_copy(
            update={
                "software": tuple(one for one in self.software if one.wave == wave),
                "windows": tuple(one for one in self.windows if one.wave == wave),
                "fields": fields,
                "lists": lists,
                "exclusive": tuple(one for one in self.exclusive if paths.issuperset(one.paths)),
                "pairings": tuple(one for one in self.pairings if {one.list, one.per} <= listed),
                "beneficiaries": tuple(one for one in self.beneficiaries if one.list in listed),
                "scenario": tuple(one for one in self.scenario if one.is_of(wave) and one.path in paths),
                "documents": tuple(one for one in self.documents if one.is_of(wave)),
                "models": self.models_of(wave),
            }
        )

    def software_of(self, software_type: str, wave: int) -> SoftwareSpec | None:
        return next((one for one in self.software if (one.type, one.wave) == (software_type, wave)), None)

    def wave_of(self, dsr: str) -> int:
        """The wave of a dossier, which keeps its DSR; the first for a DSR this version does not name."""
        return next((one.wave for one in self.software if one.dsr == dsr), self.waves[0])

    def amount_of(self, software_type: str, wave: int) -> AmountRule:
        """The rule a software type is ceiled by in a wave: its own, else the corridor's."""
        software = self.software_of(software_type, wave)
        return software.amount if software and software.amount else self.amount

    def window(self, wave: int, phase: Phase, at: dt.datetime, software_type: str) -> Window | None:
        """The window of this phase that is open for this software at this instant, if any."""
        candidates = self.windows_of(wave, phase, software_type)
        return next((window for window in candidates if window.is_open(at)), None)

    def windows_of(self, wave: int, phase: Phase, software_type: str) -> tuple[Window, ...]:
        return tuple(
            one for one in self.windows if one.wave == wave and one.phase is phase and one.is_for(software_type)
        )

    def documents_of(self, phase: Phase) -> tuple[DocumentSpec, ...]:
        return tuple(document for document in self.documents if document.phase is phase)

    def models_of(self, wave: int) -> tuple[ModelSpec, ...]:
        return tuple(one for one in self.models if one.is_of(wave))

    def fields_of(self, phase: Phase) -> tuple[FieldSpec, ...]:
        return tuple(field for field in self.fields if phase in field.phases)

    def lists_of(self, phase: Phase) -> tuple[ListSpec, ...]:
        return tuple(one for one in self.lists if phase in one.phases)

    def pairings_of(self, phase: Phase) -> tuple[Pairing, ...]:
        listed = {one.path for one in self.lists_of(phase)}
        return tuple(one for one in self.pairings if {one.list, one.per} <= listed)

    def field(self, path: str) -> FieldSpec | None:
        return next((field for field in self.fields if field.path == path), None)

    def document_label(self, code: str) -> str:
        return next((document.label for document in self.documents if document.code == code), code)

    @property
    def identifier_kinds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(source.identifier_kind for source in self.beneficiaries))
