"""Who lives in the demo world: staff, suppliers, their software and their bank accounts. All of it is invented, but the
numbers of the guides, which are well formed."""

import base64
import hashlib
from dataclasses import dataclass

from app.domain.enums import Role
from app.domain.vat import VatRegime

PASSWORD = "Segur-Demo-2026!"


@dataclass(frozen=True, slots=True)
class Staff:
    username: str
    full_name: str
    role: Role

    @property
    def totp_secret(self) -> str:
        """His second factor, the same in every demonstration."""
        return base64.b32encode(hashlib.sha1(self.username.encode()).digest()).decode()


STAFF = (
    Staff("gestionnaire1", "Camille Bernard", Role.OFFICER),
    Staff("gestionnaire2", "Louis Petit", Role.OFFICER),
    Staff("decideur", "Nadia Robert", Role.DECIDER),
    Staff("ordonnateur", "Hugo Richard", Role.AUTHORISER),
    Staff("comptable", "Inès Durand", Role.ACCOUNTANT),
    Staff("support", "Paul Moreau", Role.SUPPORT),
    Staff("analyste", "Chloé Simon", Role.ANALYST),
    Staff("administrateur1", "Jules Laurent", Role.ADMINISTRATOR),
    Staff("administrateur2", "Sarah Michel", Role.ADMINISTRATOR),
)


@dataclass(frozen=True, slots=True)
class SupplierPerson:
    """A supplier with his one account, his one software and his enrolment."""

    username: str
    siret: str
    name: str
    city: tuple[str, str, str]
    contact: tuple[str, str]
    iban: str
    bic: str
    corridor: str
    ans: str
    software_type: str
    software: str
    profiles: tuple[str, ...]
    vat: VatRegime

    @property
    def email(self) -> str:
        return f"{self.username}@exemple.fr"


A = SupplierPerson(
    "fournisseur-a",
    "38042372300028",
    "LOGICIELS DU CABINET",
    ("12 rue des Arquebusiers", "51100", "REIMS"),
    ("MARTIN", "Alice"),
    "FR7613135000800800267924623",
    "CEPAFRPP313",
    "MDV",
    "mlp525off1",
    "LGC",
    "MEDI LOGICIEL PRO",
    ("Général", "Spécifique PFI"),
    VatRegime.HT,
)
B = SupplierPerson(
    "fournisseur-b",
    "26010003700068",
    "HOPITAL NUMERIQUE SYSTEMES",
    ("9 rue du Commerce", "31000", "TOULOUSE"),
    ("LEROY", "Thomas"),
    "FR7617807000430512179603697",
    "CCBPFRPPXXX",
    "HOP",
    "bnd52qq600",
    "DPI",
    "BASE NATIONALE DPI",
    ("Général",),
    VatRegime.TTC_20,
)
C = SupplierPerson(
    "fournisseur-c",
    "32735516000422",
    "DOSSIERS DE L'USAGER",
    ("3 rue du Lac", "02000", "LAON"),
    ("FAURE", "Julie"),
    "FR7630004008230001020304131",
    "BNPAFRPP",
    "MS1",
    "cpiMS10004",
    "DUI",
    "DOSSIER USAGER PRO",
    ("Général", "Spécifique PA", "Spécifique PH", "Spécifique DOM"),
    VatRegime.TTC_20,
)
D = SupplierPerson(
    "fournisseur-d",
    "47992882200069",
    "IMAGES MEDICALES",
    ("18 rue de la Monnaie", "35000", "RENNES"),
    ("HENRY", "Marc"),
    "FR7630003020000005060708172",
    "SOGEFRPP",
    "RAD",
    "0215jug63a",
    "RIS",
    "RADIO RIS LOGICIEL 1",
    ("Général",),
    VatRegime.TTC_20,
)
E = SupplierPerson(
    "fournisseur-e",
    "81120705900015",
    "LABORATOIRES CONNECTES",
    ("5 quai Lawton", "33000", "BORDEAUX"),
    ("MERCIER", "Anne"),
    "FR1420041010050500013M02606",
    "PSSTFRPP",
    "BIO",
    "aafy63256",
    "SGL",
    "GESTION DE LABORATOIRE",
    ("Général",),
    VatRegime.TTC_20,
)
F = SupplierPerson(
    "fournisseur-f",
    "52345678800026",
    "OFFICINES NUMERIQUES",
    ("2 rue Sainte-Catherine", "59000", "LILLE"),
    ("BLANC", "Hugues"),
    "FR7610207000122211334455124",
    "CCBPFRPPXXX",
    "PHA",
    "lgoPHA0001",
    "LGO",
    "OFFICINE PRO",
    ("Général",),
    VatRegime.TTC_8_5,
)
G = SupplierPerson(
    "fournisseur-g",
    "41234567000027",
    "ACCOMPAGNEMENT SOCIAL LOGICIELS",
    ("7 rue de la Paix", "44000", "NANTES"),
    ("COLIN", "Sofia"),
    "FR7615589569120334455667762",
    "CMBRFR2B",
    "MS2",
    "duiMS20001",
    "DUI",
    "DOSSIER SOCIAL",
    ("Général", "Spécifique PDS"),
    VatRegime.HT,
)
S = SupplierPerson(
    "fournisseur-s",
    "79256844600019",
    "AGENDAS DE SOINS",
    ("4 place Bellecour", "69002", "LYON"),
    ("GARCIA", "Elsa"),
    "FR7610278060800002054130148",
    "CMCIFR2A",
    "SAS",
    "pbrSAS0012",
    "SAS",
    "PLATEFORME SAS",
    ("Général",),
    VatRegime.TTC_20,
)
M = SupplierPerson(
    "fournisseur-m",
    "39177919600040",
    "MESSAGERIES DE SANTE",
    ("27 quai des Chartrons", "33000", "BORDEAUX"),
    ("ROUX", "Karim"),
    "FR7614445004000401234567818",
    "CEPAFRPPXXX",
    "MSS",
    "zbuMSS0046",
    "MSS",
    "OPERATEUR MSSANTE",
    ("Général",),
    VatRegime.TTC_20,
)
SUPPLIERS = (A, B, C, D, E, F, G, S, M)
