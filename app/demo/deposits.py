"""What the demo's suppliers deposit: files in the format of their corridor, and pieces that can be read."""

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pikepdf
from stdnum import luhn

from app.corridors.amount_rules import Table
from app.corridors.spec import CorridorSpec
from app.demo.people import SupplierPerson
from app.models.requests import Avenant

DOCTOR = Decimal("358.33")
_SCENARIO = {
    "MDV": {
        "isCentreDeSante": False,
        "operateurMessagerie": "API_35",
        "isProSanteConnectNeeded": True,
        "isDirectToDMP": True,
        "isPFIToDMP": False,
        "isDirectToMSSPro": True,
        "isPFIToMSSPro": False,
        "isDirectToMSSCitoyen": True,
        "isPFIToMSSCitoyen": False,
    },
    "HOP": {
        "isPFIToDMP": False,
        "isPFIToMSSPro": False,
        "isPFIToMSSCitoyen": False,
        "isProSanteConnectNeeded": True,
        "adresseMSSCitoyen": "contact@ch.exemple.mssante.fr",
    },
}


def rpps(rank: int) -> str:
    """An invented RPPS whose key is right."""
    base = f"10{rank:08d}"
    return base + luhn.calc_check_digit(base)


def doctors(rank: int, order: int) -> tuple[dict[str, Any], Decimal]:
    """The beneficiaries of an order of one to four doctors, and its price HT."""
    count = 1 + order % 4
    liberal = [
        {
            "nomMedecin": f"DR EXEMPLE {rank + n}",
            "emailMedecin": f"cabinet{rank + n}@exemple.fr",
            "telephoneMedecin": f"03262{(rank + n) % 100000:05d}",
            "RPPS": rpps(rank + n),
        }
        for n in range(count)
    ]
    structure: dict[str, Any] = {
        "nomResponsable": None,
        "emailResponsable": None,
        "telephoneResponsable": None,
        "FINESSJuridique": None,
        "FINESSGeo": [],
    }
    mandate = {"nomMandataire": None, "emailMandataire": None, "telephoneMandataire": None}
    people = {"commandePour": "LIBERAL", "isMandataire": False, "isClientUnique": True, **mandate}
    price = DOCTOR * count + (Decimal("50.00") if order % 5 == 0 else 0)
    return {**people, "liberal": liberal, "structure": structure}, price


def hospital(spec: CorridorSpec, order: int) -> tuple[dict[str, Any], Decimal]:
    """One hospital of the table of ceilings, and a price near its ceiling."""
    assert isinstance(spec.amount, Table)
    pmsi, ceiling = list(spec.amount.ceilings["DPI"].items())[order]
    place = {
        "nom": f"CENTRE HOSPITALIER {order + 1}",
        "email": f"dsi{order + 1}@exemple.fr",
        "telephone": f"05610{order:05d}",
        "numPMSI": pmsi,
    }
    mandate = {"nomMandataire": None, "emailMandataire": None, "telephoneMandataire": None}
    price = ceiling * (Decimal("1.1") if order % 4 == 0 else Decimal("0.9"))
    return {"isMandataire": False, "isClientUnique": True, **mandate, "etablissements": [place]}, price


def avance_file(who: SupplierPerson, orders: Sequence[tuple[dict[str, Any], Decimal]], ordered_on: str) -> bytes:
    """A file of avances: one line per order (beneficiaries, price HT)."""
    lines = [
        _line(who, rank, {"dateCommande": ordered_on, "montantSegurHT": price}, beneficiaries, "BON_COMMANDE", "bdc")
        for rank, (beneficiaries, price) in enumerate(orders, start=1)
    ]
    return _file(who, lines)


def solde_file(who: SupplierPerson, avances: Sequence[Avenant], invoiced_on: str) -> bytes:
    """A file of soldes: each avance again, with its invoice."""
    lines = []
    for rank, avance in enumerate(avances, start=1):
        order = {
            "dateCommande": f"{avance.order_date:%d/%m/%Y}",
            "montantSegurHT": avance.declared_ht,
            "dateFacture": invoiced_on,
            "numeroFacture": f"F-{avance.dossier.number[-6:]}",
            "montantSegurHTFacture": avance.declared_ht,
        }
        line = _line(who, rank, order, avance.declared["beneficiaires"], "FACTURE", "fac")
        number = line["numeroEditeur"]
        line["piecesJustificatives"].append(_piece(who, number, "va", "VERIFICATION_APTITUDE"))
        lines.append(line | {"numeroASP": avance.number})
    return _file(who, lines)


def _line(
    who: SupplierPerson, rank: int, order: dict[str, Any], beneficiaries: dict[str, Any], kind: str, short: str
) -> dict[str, Any]:
    number = f"{rank:05d}"
    return {
        "numLigne": rank,
        "typeAction": "C",
        "numeroASP": None,
        "numeroEditeur": number,
        "commande": order | {"regimeTVA": who.vat.json_code},
        "beneficiaires": beneficiaries,
        "piecesJustificatives": [_piece(who, number, short, kind)],
        "scenarioInstallation": _SCENARIO[who.corridor],
        "codeTraitement": None,
        "libelleTraitement": None,
    }


def _piece(who: SupplierPerson, number: str, short: str, kind: str) -> dict[str, str]:
    name = f"{who.corridor}-{who.software_type}-va1-{short}-{number}.pdf".lower()
    return {"nomFichier": name, "formatFichier": "PDF", "typeFichier": kind}


def _file(who: SupplierPerson, lines: list[dict[str, Any]]) -> bytes:
    whole = {"impId": None, "numeroAns": who.ans, "siret": who.siret, "lignesImport": lines}
    return json.dumps(whole, ensure_ascii=False, indent=2, default=float).encode()


def pieces(file: bytes) -> Iterator[tuple[str, str]]:
    """(file name, what it says) of each piece a file announces."""
    for line in json.loads(file)["lignesImport"]:
        for piece in line["piecesJustificatives"]:
            yield piece["nomFichier"], f"{piece['typeFichier']} {line['numeroEditeur']}"


def bundle(file: bytes) -> bytes:
    """The ZIP of all the pieces of a file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, says in pieces(file):
            archive.writestr(name, readable_pdf(says))
    return packed.getvalue()


def readable_pdf(says: str) -> bytes:
    """A page with a title on it, so that an officer has something to read."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    pdf.pages[0].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    text = says.replace("\\", "").replace("(", "").replace(")", "").encode("latin-1", "replace").decode("latin-1")
    drawing = f"BT /F1 22 Tf 60 740 Td ({text}) Tj 0 -40 Td /F1 12 Tf (Document de demonstration) Tj ET"
    pdf.pages[0].Contents = pdf.make_stream(drawing.encode("latin-1"))
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()
