"""A supplier ready to deposit, his file of two requests, and what he sends through the screens."""

import io
import json
import zipfile
from copy import deepcopy

from flask import g

from app.demo import orders
from app.models.enrolments import Enrolment
from tests import files

NEW = "/segurnums/imports/nouveau"
INCOMPLETE = "/segurnums/demandes-incompletes/"
RPPS = ("10005173140", "10260181598", "10000000009")


def a_file(enrolment: Enrolment, lines: int = 2, **commande) -> dict:
    """A sound file of an avance; `commande` alters the order of its last line."""
    made = {
        "impId": None,
        "numeroAns": enrolment.referencing.ans_number,
        "siret": enrolment.supplier.siret,
        "lignesImport": [_line(rank) for rank in range(1, lines + 1)],
    }
    made["lignesImport"][-1]["commande"] |= commande
    return made


def _line(rank: int) -> dict:
    return {
        "numLigne": rank,
        "typeAction": "C",
        "numeroASP": None,
        "numeroEditeur": f"{rank:05d}",
        "commande": {"dateCommande": "31/10/2026", "regimeTVA": "HT", "montantSegurHT": 358.33},
        "beneficiaires": {
            "commandePour": "LIBERAL",
            "isMandataire": False,
            "isClientUnique": True,
            **orders.NOBODY,
            "liberal": [
                {
                    "nomMedecin": f"MEDECIN {rank}",
                    "emailMedecin": f"medecin{rank}@exemple.fr",
                    "telephoneMedecin": "0326212101",
                    "RPPS": RPPS[rank - 1],
                }
            ],
            "structure": deepcopy(orders.NO_STRUCTURE),
        },
        "piecesJustificatives": [
            {"nomFichier": f"bdc-{rank:05d}.pdf", "formatFichier": "PDF", "typeFichier": "BON_COMMANDE"}
        ],
        "scenarioInstallation": dict(orders.CABINET),
        "codeTraitement": None,
        "libelleTraitement": None,
    }


def fields(enrolment: Enrolment, content: bytes | dict, name: str = "demandes.json", **over) -> dict:
    """What the form of the wizard sends."""
    raw = content if isinstance(content, bytes) else json.dumps(content, indent=2).encode()
    chosen = {"phase": "avance", "ans_number": enrolment.referencing.ans_number, "vat": "ht"}
    return chosen | {"file": (io.BytesIO(raw), name)} | over


def simulate(client, enrolment: Enrolment, content: bytes | dict) -> str:
    """Post the form; the address of the simulation."""
    answer = client.post(NEW, data=fields(enrolment, content))
    assert answer.status_code == 303, answer.text
    return answer.location.partition("#")[0]


def import_(client, simulation: str, **more) -> str:
    """« Importer »; the address of its pieces."""
    answer = client.post(f"{simulation}/importer", data=more)
    assert answer.status_code == 303, answer.text
    return answer.location


def deposited(client, enrolment: Enrolment, lines: int = 2) -> str:
    """Simulate and import a sound file; the address of its pieces."""
    return import_(client, simulate(client, enrolment, a_file(enrolment, lines)))


def piece(name: str = "bdc-00001.pdf", content: bytes | None = None) -> dict:
    return {"file": (io.BytesIO(files.pdf() if content is None else content), name)}


def bundle(**entries: bytes) -> dict:
    """A ZIP with these entries (`bdc_00001` stands for bdc-00001.pdf)."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("_", "-") + ".pdf", content)
    return {"file": (io.BytesIO(written.getvalue()), "pieces.zip")}


def lose_session(client) -> None:
    """The power went out: the browser comes back without its cookie."""
    client.delete_cookie("session")
    g.pop("_login_user", None)


def oversized(client, address: str, size: int):
    """Announce a body of this size."""
    return client.post(
        address,
        data=b"--x",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(size)},
    )


def in_one_body(content: bytes, chosen: dict) -> dict:
    """A form with a big file, without the temporary file the client would leave open."""
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in chosen.items()
    ]
    head = '--x\r\nContent-Disposition: form-data; name="file"; filename="gros.json"\r\n\r\n'
    body = "".join(parts).encode() + head.encode() + content + b"\r\n--x--\r\n"
    return {"data": body, "content_type": "multipart/form-data; boundary=x"}
