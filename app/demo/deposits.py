"""What the demo's suppliers deposit: files in the format of their corridor, and pieces that can be read."""

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import pikepdf

from app.demo.orders import Order
from app.demo.people import SupplierPerson
from app.models.requests import Avenant

# What a solde says besides, and proves besides its invoice; a vérification d'aptitude elsewhere.
_AT_SOLDE = {"MS1": {"deploiementMSS": "Cas 1"}, "MS2": {"deploiementMSS": "Cas 2"}}
_PROOF = {"PHA": ("MISE_EN_ORDRE_MARCHE", "mom")}
_TAKEN_AGAIN = ("beneficiaires", "scenarioInstallation", "administrateursTechniques")


def avance_file(who: SupplierPerson, orders: Sequence[Order], ordered_on: str) -> bytes:
    """A file of avances: one line per order."""
    lines = []
    for rank, order in enumerate(orders, start=1):
        commande = {"dateCommande": ordered_on, "montantSegurHT": order.price}
        lines.append(_line(who, rank, commande, order.said, [("BON_COMMANDE", "bdc")]))
    return _file(who, lines)


def solde_file(who: SupplierPerson, avances: Sequence[Avenant], invoiced_on: str) -> bytes:
    """A file of soldes: each avance again, with its invoice."""
    lines = []
    for rank, avance in enumerate(avances, start=1):
        commande = {
            "dateCommande": f"{avance.order_date:%d/%m/%Y}",
            "montantSegurHT": avance.declared_ht,
            "dateFacture": invoiced_on,
            "numeroFacture": f"F-{avance.dossier.number[-6:]}",
            "montantSegurHTFacture": avance.declared_ht,
        } | _AT_SOLDE.get(who.corridor, {})
        said = {tag: avance.declared[tag] for tag in _TAKEN_AGAIN if tag in avance.declared}
        proof = _PROOF.get(who.corridor, ("VERIFICATION_APTITUDE", "va"))
        lines.append(_line(who, rank, commande, said, [("FACTURE", "fac"), proof]) | {"numeroASP": avance.number})
    return _file(who, lines)


def for_another_doctor(file: bytes, rpps: str) -> bytes:
    """The same file of soldes, its last line naming another doctor than the avance did."""
    whole = json.loads(file)
    whole["lignesImport"][-1]["beneficiaires"]["liberal"][0]["RPPS"] = rpps
    return json.dumps(whole, ensure_ascii=False, indent=2).encode()


def _line(
    who: SupplierPerson, rank: int, commande: dict[str, Any], said: dict[str, Any], kinds: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    number = f"{rank:05d}"
    return {
        "numLigne": rank,
        "typeAction": "C",
        "numeroASP": None,
        "numeroEditeur": number,
        "commande": commande | {"regimeTVA": who.vat.json_code},
        "piecesJustificatives": [_piece(who, number, short, kind) for kind, short in kinds],
        "codeTraitement": None,
        "libelleTraitement": None,
    } | said


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
