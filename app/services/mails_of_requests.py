"""What the mails about requests and imports may say, and may not go without."""

from app.services import mail_variables as of
from app.services.mail_variables import mail


def _left(given: of.Context) -> str:
    days = given["countdown"].days
    return "Dernier jour" if days == 1 else f"Il reste {days} jours"


def _reason(given: of.Context) -> str:
    return str(given["order"].reason).replace("\r\n", "\n")


def _waiting(given: of.Context) -> list[str]:
    lines = [
        f"n° éditeur {editor_number} : {', '.join(names) or 'pièces à vérifier sur le portail'}"
        for editor_number, names in given["waiting"]
    ]
    others = given["count"] - len(given["waiting"])
    plural = "s" if others > 1 else ""
    return [*lines, f"et {others} autre{plural} demande{plural}, sur le portail."] if others > 0 else lines


_RECOVERY = of.named(
    of.text("numero_ordre", "Numéro de l'ordre de recouvrement", "OR-2026-0001", lambda given: given["order"].number),
    of.amount("montant", "Montant à recouvrer, en euros", lambda given: given["order"].amount),
    of.flag("total", "Tout ce qui reste du paiement est à rendre", lambda given: given["order"].is_total),
)

REQUESTS = {
    "deposit_received": mail(
        of.REQUEST
        | of.named(
            of.day("deposee_le", "Jour du dépôt", lambda given: given["avenant"].deposited_at),
            of.block(
                "pieces", "Les pièces reçues, s'il y en a", "- Procès-verbal", lambda given: of.listed(given["pieces"])
            ),
        ),
        "numero",
        source=of.SAS_AVANCE,
    ),
    "request_decided": mail(
        of.REQUEST | of.named(of.amount("montant", "Montant décidé, en euros", lambda given: given["avenant"].amount)),
        "numero",
        source=of.OPERATOR,
    ),
    "request_validated": mail(
        of.REQUEST
        | of.named(of.amount("montant", "Montant de l'aide, en euros", lambda given: given["avenant"].amount)),
        "numero",
        source=of.PORTAL,
    ),
    "request_rejected": mail(of.REQUEST | of.named(of.COMMENT), "numero", "commentaire", source=of.PORTAL),
    "request_cancelled": mail(of.REQUEST | of.named(of.COMMENT), "numero"),
    "recovery_issued": mail(
        of.REQUEST
        | _RECOVERY
        | of.named(of.block("commentaire", "Le motif du recouvrement", "Installation non réalisée.", _reason)),
        "numero",
        "numero_ordre",
        "montant",
        "commentaire",
    ),
    "recovery_done": mail(
        of.REQUEST
        | _RECOVERY
        | of.named(
            of.day("date_recouvrement", "Jour où la somme est revenue", lambda given: given["order"].recovered_on),
            of.text("reference", "Référence du reversement", "REC-2026-0001", lambda given: given["order"].reference),
        ),
        "numero",
        "numero_ordre",
    ),
    "document_asked": mail(
        of.REQUEST | of.ANSWER_LINK | of.named(of.COMMENT, of.PIECES),
        "numero",
        "commentaire",
        "pieces",
        "lien_reponse",
        source=of.SCREENS,
    ),
    "amendment_asked": mail(
        of.REQUEST | of.ANSWER_LINK | of.named(of.COMMENT, of.FIELDS, of.PIECES),
        "numero",
        "commentaire",
        "donnees",
        "pieces",
        "lien_reponse",
        source=f"{of.SCREENS}, {of.SAS}",
    ),
    "amendment_reminder": mail(
        of.REQUEST | of.ANSWER_LINK | of.ASKED | of.named(of.FIELDS, of.PIECES),
        "numero",
        "commentaire",
        "donnees",
        "pieces",
        "date_limite",
        "lien_reponse",
        source=of.SAS,
    ),
    "amendment_closed": mail(of.REQUEST | of.ASKED, "numero"),
    "purged": mail(
        of.IMPORT
        | of.named(
            of.text("nombre", "Nombre de demandes supprimées", "2", lambda given: str(len(given["editor_numbers"]))),
            of.flag("plusieurs", "Plusieurs demandes sont supprimées", lambda given: len(given["editor_numbers"]) > 1),
            of.day("date_limite", "Jour du verrouillage, à 00:00", lambda given: given["expires_on"]),
            of.block(
                "demandes",
                "Les demandes supprimées, par n° éditeur",
                "- n° éditeur 00001\n- n° éditeur 00002",
                lambda given: of.listed([f"n° éditeur {number}" for number in given["editor_numbers"]]),
            ),
            of.page("lien_calendrier", "Les périodes de dépôt", "/segurnum/calendrier"),
        ),
        "numero_import",
        "demandes",
    ),
    "payment_done": mail(
        of.REQUEST
        | of.named(
            of.amount("montant", "Montant du virement, en euros", lambda given: given["payment"].amount),
            of.day("date_paiement", "Jour du virement", lambda given: given["payment"].paid_on),
            of.text("reference", "Référence du virement", "VIR-2026-0001", lambda given: given["payment"].reference),
        ),
        "numero",
    ),
    "completion_reminder": mail(
        of.IMPORT
        | of.named(
            of.text(
                "delai",
                "« Il reste 3 jours » ou « Dernier jour »",
                "Il reste 3 jours",
                _left,
            ),
            of.text(
                "verrouillage",
                "Instant du verrouillage",
                "27/11/2026 à 00:00 (heure de Paris)",
                lambda given: given["countdown"].lock,
            ),
            of.text("nombre", "Nombre de demandes qui attendent", "3", lambda given: str(given["count"])),
            of.flag("plusieurs", "Plusieurs demandes attendent", lambda given: given["count"] > 1),
            of.block(
                "pieces",
                "Les pièces attendues, par n° éditeur",
                "- n° éditeur 00001 : bon-de-commande.pdf",
                lambda given: of.listed(_waiting(given)),
            ),
            of.text(
                "fichiers_a_placer",
                "Nombre de fichiers d'archives dont la place est à choisir, s'il y en a",
                "2",
                lambda given: str(given["kept"] or ""),
            ),
            of.flag("plusieurs_fichiers", "Plusieurs fichiers sont à placer", lambda given: given["kept"] > 1),
            of.link(
                "lien_import",
                "Les pièces de l'import",
                "/segurnums/imports/12/pieces",
                lambda given: f"/segurnums/imports/{given['json_import'].id}/pieces",
            ),
        ),
        "numero_import",
        "verrouillage",
        "lien_import",
    ),
}
