"""« Informations de la demande »: what identifies it, what was declared besides its lists, and its amounts explained.

Sources: guide « Les écrans du portail », § 5.2 (the eight descriptions of amounts); for what a form deposits, whose
rate and avance are shown, « Dépôt d'une demande d'avance SAS », § 3, and « Opérateur MSS ».
"""

from decimal import Decimal

import sqlalchemy as sa

from app.corridors.spec import CorridorSpec, FixedInstalments
from app.domain import amounts
from app.domain.enums import DepositMode, Phase
from app.extensions import db
from app.models.requests import Avenant, FundingRequest
from app.services import declared_blocks, formats
from app.services.declared_blocks import Fact

# Label and description of the four amounts (guide « Les écrans du portail », § 5.2, « Description des montants »).
AMOUNTS = {
    Phase.AVANCE: (
        (
            "Montant SEGUR total hors taxe déclaré lors de l'avance",
            "Montant total hors taxe que vous avez déclaré dans le JSON lors de l'avance (balise « montantSegurHT »)"
            " correspondant au montant hors taxe du bon de commande",
        ),
        (
            "Montant de l'engagement SEGUR hors taxe retenu (lors de l'avance)",
            "Montant total hors taxe prévisionnel retenu pour la prestation SEGUR",
        ),
        (
            "Montant de l'engagement SEGUR retenu (lors de l'avance - fonction du régime TVA)",
            "Montant total prévisionnel retenu pour la prestation SEGUR. Il tient compte de votre régime de TVA",
        ),
        (
            "Montant décidé de l'avance (fonction du régime TVA)",
            "Montant décidé pour paiement au titre de l'avance. Il tient compte de votre régime de TVA",
        ),
    ),
    Phase.SOLDE: (
        (
            "Montant SEGUR total hors taxe déclaré lors du solde",
            "Montant total hors taxe que vous avez déclaré dans le JSON lors du solde (balise"
            " « montantSegurHTFacture ») correspondant au montant hors taxe de la facture",
        ),
        (
            "Montant de l'engagement SEGUR hors taxe retenu (lors du solde)",
            "Montant total hors taxe réalisé retenu pour la prestation SEGUR",
        ),
        (
            "Montant de l'engagement SEGUR retenu (lors du solde - fonction du régime TVA)",
            "Montant total réalisé retenu pour la prestation SEGUR. Il tient compte de votre régime de TVA",
        ),
        (
            "Montant décidé du solde (fonction du régime TVA)",
            "Montant à payer au titre du solde. Il tient compte de votre régime de TVA et du montant de l'avance"
            " déjà versé",
        ),
    ),
}


def facts(avenant: Avenant, spec: CorridorSpec) -> tuple[Fact, ...]:
    """Labels and values, in the guides' order."""
    of_deposit = _of_form(avenant, spec) if spec.deposit is DepositMode.FORM else _of_file(avenant)
    return (
        Fact("N° ASP de la demande", avenant.number),
        Fact("DSR", avenant.dossier.dsr),
        *of_deposit,
        *declared_blocks.standing_facts(avenant, spec),
        *_amounts(avenant, spec),
    )


def _of_file(avenant: Avenant) -> list[Fact]:
    found = [
        Fact("N° éditeur", avenant.editor_number),
        Fact("Date de la commande", formats.day(avenant.order_date)),
    ]
    if avenant.invoice_number or avenant.invoice_date:
        found.append(Fact("Numéro de la facture", formats.shown(avenant.invoice_number)))
        found.append(Fact("Date de la facture", formats.day(avenant.invoice_date)))
    found.append(Fact("Régime TVA", avenant.vat.regime_label))
    found.append(Fact("Taux TVA", avenant.vat.rate_label))
    return found


def _of_form(avenant: Avenant, spec: CorridorSpec) -> list[Fact]:
    """The rate, and the avance that the corridor fixes, which the supplier reads on his form."""
    fixed = spec.instalments
    if not isinstance(fixed, FixedInstalments):
        return [Fact("Taux de TVA", avenant.vat.rate_label)]
    rate = Fact(fixed.vat_label, avenant.vat.rate_label)
    if avenant.phase is Phase.SOLDE:
        return [rate]
    return [rate, Fact(fixed.avance_label, formats.euros(amounts.with_vat(fixed.avance_ht, avenant.vat)))]


def _amounts(avenant: Avenant, spec: CorridorSpec) -> list[Fact]:
    """A form declares no amount: only what the portal retains is said."""
    said = zip(AMOUNTS[avenant.phase], amounts_of(avenant), strict=False)
    known = [Fact(label, formats.euros(amount), tip) for (label, tip), amount in said]
    return known[1:] if spec.deposit is DepositMode.FORM else known


def amounts_of(avenant: Avenant) -> tuple[Decimal | None, ...]:
    """The four amounts in euros; the declared one alone before a first instruction by the ASP."""
    if avenant.first_instructed_at is None:
        return (avenant.declared_ht,)
    return (avenant.declared_ht, avenant.retained_ht, avenant.retained, avenant.amount)


def amounts_to_amend(avenant: Avenant) -> tuple[tuple[str, tuple[Fact, ...]], ...]:
    """What a supplier is reminded of while he corrects a request: under each heading, the amounts already known (guide
    « Modification d'une demande de solde SAS »)."""
    (*_, kept, decided), known = AMOUNTS[avenant.phase], (avenant.retained, avenant.amount)
    mine = tuple(Fact(label, formats.euros(one), tip) for (label, tip), one in zip((kept, decided), known, strict=True))
    if avenant.phase is Phase.AVANCE:
        return (("Montants avance", mine),)
    label, tip = AMOUNTS[Phase.AVANCE][-1]
    query = sa.select(Avenant.amount).join(FundingRequest, FundingRequest.id == Avenant.request_id)
    of_avance = query.where(
        FundingRequest.dossier_id == avenant.request.dossier_id,
        FundingRequest.phase == Phase.AVANCE,
        Avenant.is_current,
    )
    avance = Fact(label, formats.euros(db.session.scalar(of_avance)), tip)
    return (("Montant avance", (avance,)), ("Montants solde", mine))
