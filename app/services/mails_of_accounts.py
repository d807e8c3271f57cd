"""What the mails about accounts, changes a supplier asks, its models and the assistance may say, and must say."""

from app.services import mail_variables as of
from app.services.mail_variables import mail

ACCESS = {
    "identifier": mail(of.USER, "identifiant", source=of.PORTAL),
    "opening_link": mail(
        of.USER
        | of.named(
            of.secret("lien", "L'adresse réservée où choisir son mot de passe"),
            of.said("valable_jusqu_au", "Fin de validité du lien", "26/11/2026 à 10:00", key="until"),
        ),
        "lien",
        source=of.PORTAL,
    ),
    "access_opened": mail(of.USER | of.ENROLMENT, "identifiant", "numero"),
    "identifier_lost": mail(
        of.named(
            of.block("identifiants", "Ses identifiants", "amartin", lambda given: "\n".join(given["identifiers"])),
            of.flag("plusieurs", "Il y en a plusieurs", lambda given: len(given["identifiers"]) > 1),
        ),
        "identifiants",
        source=of.SCREENS,
    ),
    "password_lost": mail(
        of.USER
        | of.named(
            of.secret("lien", "L'adresse réservée où choisir son mot de passe"),
            of.said("valable_jusqu_au", "Fin de validité du lien", "23/11/2026 à 11:00", key="until"),
        ),
        "lien",
        source=of.SCREENS,
    ),
    "address_unknown": mail({}),
    "password_changed": mail(of.USER, "identifiant"),
    "second_factor_changed": mail(
        of.USER
        | of.named(of.said("changement", "Ce qui a changé", "Un second facteur vient d'être ajouté", key="what")),
        "identifiant",
        "changement",
    ),
    "code_asked": mail(
        of.USER
        | of.named(
            of.secret("code", "Le code"),
            of.said(
                "action", "Ce que la personne est en train de faire", "ajouter une coordonnée bancaire", key="what"
            ),
        ),
        "code",
    ),
    "identity_linked": mail(
        of.USER
        | of.named(
            of.said("fournisseur_identite", "Le fournisseur d'identité", "https://identite.exemple.fr", key="issuer")
        ),
        "identifiant",
        "fournisseur_identite",
    ),
}
_ACCOUNT = of.named(
    of.text("iban", "Début et fin de l'IBAN", "FR76 •••• 4623", lambda given: of.iban(given["change"].account)),
    of.text("titulaire", "Titulaire du compte", "EDITEUR EXEMPLE", lambda given: given["change"].account.holder),
)
_WHAT = of.named(of.said("modification", "Ce qui change", "Représentant légal : téléphone", key="what"))
_SENT_ON = of.named(of.day("demande_le", "Jour de la demande", lambda given: given["change"].sent_at))
CHANGES = {
    "bank_change_asked": mail(
        of.CHANGE
        | _ACCOUNT
        | of.named(
            of.moment("demande_le", "Instant de la demande", lambda given: given["change"].asked_at),
            of.text("demande_par", "Qui l'a demandé", "Alice MARTIN", lambda given: str(given["change"].asked_by)),
        ),
        "iban",
    ),
    "bank_change_made": mail(
        of.CHANGE
        | _ACCOUNT
        | of.named(of.moment("change_le", "Instant du changement", lambda given: given["change"].judged_at)),
        "iban",
    ),
    "bank_change_refused": mail(
        of.CHANGE
        | _ACCOUNT
        | of.named(
            of.block("motif", "Motif du refus", "Le RIB n'est pas lisible.", lambda given: given["change"].reason),
            of.page("lien_coordonnees", "Ses coordonnées bancaires", "/segurnums/compte/coordonnees-bancaires/"),
        ),
        "motif",
    ),
    "people_change_asked": mail(
        of.CHANGE
        | _WHAT
        | of.named(
            of.moment("demande_le", "Instant de la demande", lambda given: given["change"].sent_at),
            of.text("demande_par", "Qui l'a demandé", "Alice MARTIN", lambda given: str(given["change"].asked_by)),
        ),
        "modification",
    ),
    "people_changed": mail(
        of.CHANGE
        | _WHAT
        | _SENT_ON
        | of.named(
            of.CHANGE_COMMENT,
            of.text(
                "comptes",
                "Identifiants des comptes dont l'adresse suit celle de la personne",
                "alice.martin",
                lambda given: ", ".join(given["accounts"]),
            ),
        ),
        "modification",
    ),
    "people_change_rejected": mail(
        of.CHANGE
        | _WHAT
        | _SENT_ON
        | of.named(
            of.CHANGE_COMMENT,
            of.page("lien_personnes", "Les personnes de son compte", "/segurnums/compte/personnes"),
        ),
        "modification",
        "commentaire",
    ),
}
MODELS = {
    "model_accepted": mail(of.MODEL, "type"),
    "model_rejected": mail(of.MODEL, "type", "commentaire"),
}
ASSISTANCE = {
    "ticket_opened": mail(of.TICKET, "numero", "lien"),
    "ticket_answered": mail(
        of.TICKET
        | of.named(
            of.block("reponse", "La réponse de l'assistance", "Votre demande est en cours d'instruction.", of.answer)
        ),
        "numero",
        "reponse",
        "lien",
    ),
}
