"""A local server with the shape of the public search of companies, answering from records written by us."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Peer:
    """`units` are what it knows; `failures` are the statuses it answers first; `asked` what it was asked."""

    def __init__(self) -> None:
        self.units: list[dict[str, Any]] = []
        self.failures: list[int] = []
        self.body: bytes | None = None
        self.asked: list[str] = []
        self.url = ""

    def answer(self, path: str) -> tuple[int, bytes]:
        self.asked.append(path)
        if self.failures:
            return self.failures.pop(0), b"{}"
        if self.body is not None:
            return 200, self.body
        sought = parse_qs(urlsplit(path).query)["q"][0]
        found = [unit for unit in self.units if unit["siren"] == sought[:9]]  # it searches by resemblance
        content = {"results": found[:1], "total_results": len(found), "page": 1, "per_page": 1, "total_pages": 1}
        return 200, json.dumps(content).encode()


@contextmanager
def running() -> Iterator[Peer]:
    peer = Peer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = peer.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        peer.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield peer
        server.shutdown()


def place(siret: str, **over: Any) -> dict[str, Any]:
    """An establishment with its address in parts."""
    return {
        "siret": siret,
        "adresse": "23 BIS PLACE THIARS 13001 MARSEILLE",
        "numero_voie": "23",
        "indice_repetition": "BIS",
        "type_voie": "PLACE",
        "libelle_voie": "THIARS",
        "complement_adresse": "[NON-DIFFUSIBLE]",
        "code_postal": "13001",
        "commune": "13201",
        "libelle_commune": "MARSEILLE 01",
        "etat_administratif": "A",
        "nom_commercial": None,
    } | over


def unit(head: dict[str, Any], *matching: dict[str, Any], **over: Any) -> dict[str, Any]:
    """A company with its head office, and the establishments that match what was asked."""
    return {
        "siren": head["siret"][:9],
        "nom_complet": "KALINKA (KLK)",
        "nom_raison_sociale": "KALINKA",
        "siege": head,
        "matching_etablissements": list(matching),
        "etat_administratif": "A",
    } | over
