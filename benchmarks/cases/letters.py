"""How many decision letters does one core make in a second, as PDF/A-2a and PDF/UA-1 at once?"""

import datetime as dt

from app.adapters import pdf
from benchmarks import timing
from benchmarks.databases import tell
from benchmarks.timing import Goal, Line

MADE_AT = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
PER_SECOND = 150
STEPS = (
    "Montant Ségur déclaré HT", "Plafond HT", "Montant HT retenu", "Montant retenu, TVA au taux de 0%",
    "Montant de l'aide – avance",
)  # fmt: skip


def content(rank: int) -> dict[str, object]:
    """What a decision letter says: never twice the same."""
    euros = f"{rank % 1000 + 300},50\u00a0€"
    return {
        "number": f"FINMDV{rank:06d}M0", "phase": "Avance", "supplier": f"ÉDITEUR DE LOGICIELS {rank}",
        "siret": "38042372300028", "address": "12 rue des Arquebusiers 51100 REIMS", "dsr": "DSR-MDV-LGC-Va1",
        "software": f"LOGICIEL Nº {rank}", "ans_number": f"banc{rank:06d}", "order_date": "03/10/2021",
        "deposited_on": "20/10/2021", "judged_on": "23/11/2026", "vat_regime": "Hors taxe", "vat_rate": "0%",
        "amount": euros, "amounts": [[step, euros] for step in STEPS],
    }  # fmt: skip


def lines(rounds: int) -> list[Line]:
    """One thread, warm, varied contents."""
    tell("letters")
    ranks = iter(range(1, 1_000_000))
    render = {"ours": lambda: pdf.render("decision", content(next(ranks)), MADE_AT)}
    figures = timing.interleaved(render, max(rounds * 5, 100), warm=10)
    goal = Goal("per second and core", 1000 / figures["ours"].p50, PER_SECOND, at_least=True)
    return [Line("—", "decision letter, PDF/A-2a + PDF/UA-1", figures, [goal])]
