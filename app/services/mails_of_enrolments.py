"""What the mails about an enrolment may say, and may not go without."""

from app.services import mail_variables as of
from app.services.mail_variables import mail

ENROLLING = {
    "enrolment_draft": mail(
        of.named(
            of.secret("lien", "L'adresse réservée où reprendre la saisie"),
            of.said("expire_le", "Jour où la saisie est effacée", "23/12/2026", key="expires"),
        ),
        "lien",
    ),
    "enrolment_filed": mail(
        of.FOLLOWED_ENROLMENT
        | of.named(
            of.said("deposee_le", "Jour du dépôt", "23/11/2026", key="deposited"),
            of.text(
                "denomination",
                "Dénomination sociale déclarée",
                "EDITEUR EXEMPLE",
                lambda given: given["enrolment"].declared["name"],
            ),
        ),
        "numero",
        "lien",
        source=of.PORTAL,
    ),
    "enrolment_piece_asked": mail(
        of.ENROLMENT_ANSWER
        | of.named(
            of.COMMENT,
            of.block("pieces", "Les pièces demandées", "- Kbis\n- RIB", lambda given: of.listed(given["pieces"])),
        ),
        "lien",
        "pieces",
    ),
    "enrolment_certificate_awaited": mail(of.ENROLMENT_ANSWER | of.named(of.COMMENT), "lien"),
    "enrolment_resumed": mail(of.FOLLOWED_ENROLMENT | of.named(of.COMMENT), "numero", "lien"),
    "enrolment_rejected": mail(
        of.FOLLOWED_ENROLMENT
        | of.named(
            of.COMMENT,
            of.link(
                "lien_nouvelle_demande",
                "Où déposer une nouvelle demande d'enrôlement",
                "/segurnum/enrolement",
                lambda given: "/segurnums/enrolements/" if given["space"] else "/segurnum/enrolement",
            ),
        ),
        "numero",
        "commentaire",
        "lien",
    ),
    "enrolment_validated": mail(
        of.ENROLMENT
        | of.named(
            of.flag("avec_compte", "Le destinataire a déjà un compte", lambda given: given["space"]),
            of.text(
                "fournisseur", "Dénomination sociale", "EDITEUR EXEMPLE", lambda given: given["enrolment"].supplier.name
            ),
            of.block(
                "differences",
                "Ce qui est déclaré et n'est pas ce que nous connaissons",
                "- le code postal : « 51000 » est déclaré, « 51100 » est connu",
                lambda given: of.listed(given["differences"]),
            ),
            of.text(
                "changements_ouverts",
                "Les changements ouverts pour le fournisseur, que l'ASP vérifie",
                "coordonnées bancaires, personnes",
                lambda given: ", ".join(given["opened"]),
            ),
        ),
        "numero",
        source=of.PORTAL,
    ),
}
