"""A document that contradicts itself is refused: the place of each contradiction, and why, in French."""

import copy

import pytest

from app.corridors import documents
from app.corridors.documents import BadDocument
from app.corridors.field_flaws import RESERVED
from app.domain.enums import Phase
from app.exchange import line_model
from tests.shipped import SPECS

WINDOW = {"wave": 1, "phase": "avance", "opens_at": "2026-01-01T00:00:00", "closes_at": "2027-01-01T00:00:00"}
# Sound and small: each test changes what it is about. Two waves, a list, a scenario per establishment, a count.
SOUND = {
    "code": "TST",
    "label": "Essai",
    "deposit": "json",
    "software": [
        {"type": "AAA", "label": "Logiciel A", "wave": 1, "dsr": "DSR-TST-AAA-Va1"},
        {"type": "AAA", "label": "Logiciel A", "wave": 2, "dsr": "DSR-TST-AAA-Va2"},
        {"type": "BBB", "label": "Logiciel B", "wave": 1, "dsr": "DSR-TST-BBB-Va1"},
    ],
    "windows": [
        WINDOW,
        WINDOW | {"phase": "solde", "closes_at": "2028-01-01T00:00:00"},
        WINDOW | {"wave": 2, "opens_at": "2026-06-01T00:00:00"},
    ],
    "fields": [
        {"path": "beneficiaires.pour", "label": "Pour", "kind": "code", "values": ["A", "B"], "required": True},
        {"path": "beneficiaires.mandat", "label": "Mandat", "kind": "boolean", "required": True},
        {"path": "beneficiaires.sites", "label": "Sites", "kind": "integer", "required": True},
        {"path": "beneficiaires.liste[].nom", "label": "Nom", "kind": "text", "required": True},
        {"path": "beneficiaires.liste[].FINESS", "label": "FINESS", "kind": "finess", "required": True},
        {"path": "scenarioInstallation[].FINESSGeo", "label": "FINESS", "kind": "finess", "required": True},
        {"path": "scenarioInstallation[].maitre", "label": "Maître", "kind": "boolean", "required": True},
        {"path": "vague2", "label": "Vague 2", "kind": "text", "waves": [2]},
        {"path": "auSolde", "label": "Au solde", "kind": "code", "values": ["Cas 1", "Cas 2"], "phases": ["solde"]},
    ],
    "lists": [
        {"path": "beneficiaires.liste", "label": "Établissements", "min_items": 1},
        {"path": "scenarioInstallation", "label": "Scénario"},
    ],
    "pairings": [
        {"list": "scenarioInstallation", "key": "FINESSGeo", "per": "beneficiaires.liste", "per_key": "FINESS"}
    ],
    "beneficiaries": [
        {"list": "beneficiaires.liste", "identifier_kind": "finess", "identifier": "FINESS", "name": "nom"}
    ],
    "scenario": [{"path": "scenarioInstallation[].maitre", "profile": "Général"}],
    "documents": [
        {"phase": "avance", "code": "BON", "label": "Bon"},
        {"phase": "solde", "code": "FACTURE", "label": "Facture"},
    ],
    "amount": {"rule": "fixed", "amount": "100.00"},
    "instalments": {"kind": "rate", "avance_rate": "0.30"},
}
BRACKETS = {"rule": "brackets", "count": "sites", "brackets": [{"at_least": 0, "amount": "1"}]}
NEW = "…"  # an element after the last


def changed(*changes):
    """The sound document with `(place, value)` put in it; `fields.3.pattern`, `windows.…` for one more."""
    made = copy.deepcopy(SOUND)
    for place, value in changes:
        holder = made
        *above, last = place.split(".")
        for step in above:
            holder = holder[int(step)] if step.isdecimal() else holder.setdefault(step, {})
        if last == NEW:
            holder.append(value)
        elif isinstance(holder, list):
            holder[int(last)] = value
        else:
            holder[last] = value
    return made


def flaws(*changes):
    """What is refused: place → message. Nothing when the document may be published."""
    try:
        documents.parse(changed(*changes))
    except BadDocument as refusal:
        return dict(refusal.flaws)
    return {}


def field(**said):
    return {"path": "x", "label": "X", "kind": "text"} | said


def test_the_document_of_these_tests_is_sound():
    assert flaws() == {}


@pytest.mark.parametrize(
    ("place", "words", "changes"),
    [
        # windows and software
        (
            "windows[3]",
            "se chevauchent : avance, vague 1",
            [("windows.…", WINDOW | {"opens_at": "2026-12-31T00:00:00", "closes_at": "2029-01-01T00:00:00"})],
        ),
        ("windows[3].wave", "aucun logiciel du couloir n'est en vague 7", [("windows.…", WINDOW | {"wave": 7})]),
        ("software[0].wave", "doit être au plus 99", [("software.0.wave", 10**30)]),
        ("windows[0].software[0]", "« CCC » n'est pas en vague 1", [("windows.0.software", ["CCC"])]),
        ("windows[0].closes_at", "un instant est attendu", [("windows.0.closes_at", "demain")]),
        ("windows[0].closes_at", "un instant est attendu", [("windows.0.closes_at", 1_800_000_000)]),
        ("windows[0].opens_at", "entre 2000 et 2100", [("windows.0.opens_at", "0001-01-01T00:00:00+14:00")]),
        ("windows[0].closes_at", "entre 2000 et 2100", [("windows.0.closes_at", "9999-12-31T23:59:59-14:00")]),
        ("windows[0]", "la fermeture précède l'ouverture", [("windows.0.closes_at", "2025-01-01T00:00:00")]),
        ("windows[1].opens_at", "le solde ouvre avant l'avance", [("windows.1.opens_at", "2025-12-31T00:00:00")]),
        ("windows[1].closes_at", "le solde ferme avant l'avance", [("windows.1.closes_at", "2026-12-31T00:00:00")]),
        (
            "software[1]",
            "AAA en vague 2 n'a aucune période de dépôt",
            [
                (
                    "windows.2",
                    WINDOW | {"phase": "solde", "opens_at": "2028-01-01T00:00:00", "closes_at": "2029-01-01T00:00:00"},
                )
            ],
        ),
        (
            "software[2]",
            "BBB en vague 1 n'a aucune période",
            [("windows.0.software", ["AAA"]), ("windows.1.software", ["AAA"])],
        ),
        ("software[2].type", "« AAA, vague 1 » est déjà celui de software[0].type", [("software.2.type", "AAA")]),
        (
            "software[2].dsr",
            "le DSR « DSR-TST-AAA-Va1 » est déjà celui de software[0].dsr",
            [("software.2.dsr", "DSR-TST-AAA-Va1")],
        ),
        # delays
        (
            "delays.amendment_reminder",
            "le rappel (J+20) ne précède pas la clôture (J+20)",
            [("delays.amendment_reminder", 20)],
        ),
        (
            "delays.completion_reminders[2]",
            "J+7 ne précède pas la fin du délai de complétude (J+7)",
            [("delays.completion_reminders", [2, 5, 7])],
        ),
        ("delays.completion_reminders[1]", "croissants et distincts", [("delays.completion_reminders", [5, 2])]),
        # fields and lists
        ("fields[9].path", "« vague2 » est déjà celui de fields[7].path", [("fields.…", field(path="vague2"))]),
        ("fields[9].path", "« autre » n'est pas une liste déclarée", [("fields.…", field(path="autre[].x"))]),
        ("fields[9].path", "balise commune à tous les couloirs", [("fields.…", field(path="commande.regimeTVA"))]),
        ("fields[9].path", "porte d'autres champs", [("fields.…", field(path="beneficiaires"))]),
        ("fields[9].path", "porte d'autres champs", [("fields.…", field(path="scenarioInstallation"))]),
        ("fields[9].path", "chemin mal formé", [("fields.…", field(path="a b"))]),
        ("fields[3].path", "n'y est pas demandée : avance en vague 1", [("lists.0.phases", ["solde"])]),
        ("fields[7].waves[0]", "aucun logiciel du couloir n'est en vague 4", [("fields.7.waves", [4])]),
        ("fields[9].label", "le libellé est vide", [("fields.…", field(label=" "))]),
        ("fields[9].phases", "jamais demandé", [("fields.…", field(phases=[]))]),
        ("fields[9].values", "seul un champ « code »", [("fields.…", field(values=["A"]))]),
        ("fields[0].values[2]", "la valeur « A » est déjà", [("fields.0.values", ["A", "B", "A"])]),
        ("fields[0].example", "« C » n'est pas une valeur de ce champ", [("fields.0.example", "C")]),
        ("fields[4].example", "« 120780292 » n'est pas une valeur", [("fields.4.example", "120780292")]),
        ("fields[9].example", "« a1 » n'est pas une valeur", [("fields.…", field(pattern="[a-z]+", example="a1"))]),
        (
            "fields[7].required_if.equals",
            "ne vaut jamais « x1 »",
            [
                ("fields.…", field(pattern="[a-z]+", waves=[2])),
                ("fields.7.required_if", {"path": "x", "equals": "x1"}),
            ],
        ),
        ("fields[1].example", "n'est pas une valeur de ce champ", [("fields.1.example", "oui")]),
        ("fields[9].strict", "seule la clé d'un RPPS", [("fields.…", field(strict=True))]),
        (
            "lists[2].path",
            "« scenarioInstallation » est déjà celui de lists[1].path",
            [("lists.…", {"path": "scenarioInstallation", "label": "X"})],
        ),
        ("lists[2].path", "n'a aucun champ", [("lists.…", {"path": "vide", "label": "Vide"})]),
        ("lists[0].max_items", "au plus 1, mais au moins 2", [("lists.0.max_items", 1), ("lists.0.min_items", 2)]),
        ("lists[0].min_items", "au plus 1000, mais au moins 5000", [("lists.0.min_items", 5000)]),
        # patterns
        ("fields[9].pattern", "ne se compile pas", [("fields.…", field(pattern="["))]),
        ("fields[9].pattern", "ne se compile pas", [("fields.…", field(pattern="(?=a)b"))]),
        ("fields[9].pattern", "une répétition porte sur un groupe", [("fields.…", field(pattern="(a+)+"))]),
        ("fields[9].pattern", "plus de 200 caractères", [("fields.…", field(pattern="a" * 201))]),
        ("fields[9].pattern", "seul un champ « text » ou « code »", [("fields.…", field(kind="finess", pattern="a"))]),
        ("fields[0].pattern", "une liste de valeurs ou un modèle", [("fields.0.pattern", "a")]),
        # conditions
        (
            "fields[7].required_if.path",
            "champ inconnu : rien",
            [("fields.7.required_if", {"path": "rien", "equals": True})],
        ),
        (
            "fields[7].required_if.equals",
            "ne vaut jamais « C »",
            [("fields.7.required_if", {"path": "beneficiaires.pour", "equals": "C"})],
        ),
        (
            "fields[7].required_if.equals",
            "ne vaut jamais « oui »",
            [("fields.7.required_if", {"path": "beneficiaires.mandat", "equals": "oui"})],
        ),
        (
            "fields[7].required_if.equals",
            "ne vaut jamais true",
            [("fields.7.required_if", {"path": "beneficiaires.pour", "equals": True})],
        ),
        (
            "fields[7].required_if.equals",
            "ne vaut jamais « 3 »",
            [("fields.7.required_if", {"path": "beneficiaires.sites", "equals": "3"})],
        ),
        (
            "fields[0].required_if.path",
            "n'est pas demandé : avance en vague 1, solde en vague 1",
            [("fields.0.required_if", {"path": "vague2", "equals": "x"})],
        ),
        (
            "fields[0].required_if.path",
            "champ de liste",
            [("fields.0.required_if", {"path": "scenarioInstallation[].maitre", "equals": True})],
        ),
        (
            "documents[0].required_if.path",
            "n'est pas demandé : avance",
            [("documents.0.required_if", {"path": "auSolde", "equals": "Cas 1"})],
        ),
        ("lists[0].required_if.path", "champ inconnu", [("lists.0.required_if", {"path": "rien", "equals": True})]),
        # who, what, how
        ("beneficiaries[0].list", "n'est pas une liste déclarée", [("beneficiaries.0.list", "beneficiaires.autres")]),
        (
            "beneficiaries[0].identifier",
            "« beneficiaires.liste[].RPPS » n'est pas un champ",
            [("beneficiaries.0.identifier", "RPPS")],
        ),
        (
            "beneficiaries[0].identifier_kind",
            "de type « finess », non « rpps »",
            [("beneficiaries.0.identifier_kind", "rpps")],
        ),
        (
            "beneficiaries[0].email",
            "« beneficiaires.liste[].mail » n'est pas un champ",
            [("beneficiaries.0.email", "mail")],
        ),
        ("beneficiaries[0].phone", "« ailleurs.tel » n'est pas un champ", [("beneficiaries.0.phone", ".ailleurs.tel")]),
        (
            "beneficiaries[0].when.equals",
            "ne vaut jamais",
            [("beneficiaries.0.when", {"path": "beneficiaires.pour", "equals": "Z"})],
        ),
        ("beneficiaries[1].list", "déjà lu par beneficiaries[0]", [("beneficiaries.…", SOUND["beneficiaries"][0])]),
        ("beneficiaries[0].identifier", "n'est pas obligatoire", [("fields.4.required", False)]),
        ("pairings[0].key", "n'est pas obligatoire", [("fields.5.required", False)]),
        ("scenario[1].path", "question de scénario inconnue", [("scenario.…", {"path": "rien"})]),
        ("scenario[1].path", "ne se répond pas par true ou false", [("scenario.…", {"path": "vague2"})]),
        ("scenario[0].waves[0]", "aucun logiciel du couloir n'est en vague 3", [("scenario.0.waves", [3])]),
        (
            "exclusive[0].paths[1]",
            "exclusion d'un champ inconnu",
            [("exclusive", [{"paths": ["beneficiaires.mandat", "rien"]}])],
        ),
        (
            "exclusive[0].paths[1]",
            "n'est pas une réponse true ou false",
            [("exclusive", [{"paths": ["beneficiaires.mandat", "vague2"]}])],
        ),
        ("pairings[0].per", "n'est pas une liste déclarée", [("pairings.0.per", "rien")]),
        ("pairings[0].key", "« scenarioInstallation[].autre » n'est pas un champ", [("pairings.0.key", "autre")]),
        ("pairings[0]", "pas du même type (boolean, finess)", [("pairings.0.key", "maitre")]),
        (
            "documents[2].code",
            "« BON » est déjà celui de documents[0]",
            [("documents.…", {"phase": "avance", "code": "BON", "label": "Bon"})],
        ),
        # amounts
        (
            "amount.brackets",
            "la première tranche doit commencer à 0 : rien n'est dit de 0 à 4",
            [("amount", BRACKETS | {"brackets": [{"at_least": 5, "amount": "1"}]})],
        ),
        (
            "amount.brackets",
            "brackets[2] commence à 5, la précédente à 10",
            [("amount", BRACKETS | {"brackets": [{"at_least": n, "amount": "1"} for n in (0, 10, 5)]})],
        ),
        ("amount.count", "« clients » n'est pas un champ du couloir", [("amount", BRACKETS | {"count": "clients"})]),
        ("amount.count", "n'est pas un nombre entier mais « boolean »", [("amount", BRACKETS | {"count": "mandat"})]),
        (
            "amount.count",
            "« sites » est ambigu",
            [("amount", BRACKETS), ("fields.…", field(path="autres.sites", kind="integer"))],
        ),
        ("amount.count", "à l'avance et au solde", [("amount", BRACKETS), ("fields.2.phases", ["avance"])]),
        ("amount.count", "dans chaque vague", [("amount", BRACKETS), ("fields.2.waves", [1])]),
        (
            "amount.units.clients",
            "n'est pas un champ du couloir",
            [("amount", {"rule": "linear", "units": {"clients": "1"}})],
        ),
        (
            "amount.ceilings",
            "le logiciel BBB n'a aucun plafond",
            [("amount", {"rule": "table", "ceilings": {"AAA": {"120780291": "1"}}})],
        ),
        (
            "amount.ceilings.CCC",
            "n'est pas un logiciel de cette règle",
            [("amount", {"rule": "table", "ceilings": {name: {"120780291": "1"} for name in ("AAA", "BBB", "CCC")}})],
        ),
        (
            "amount.ceilings.AAA.120780292",
            "la clé de ce n° FINESS est fausse",
            [("amount", {"rule": "table", "ceilings": {name: {"120780292": "1"} for name in ("AAA", "BBB")}})],
        ),
        (
            "software[2].amount.count",
            "n'est pas un champ du couloir",
            [("software.2.amount", BRACKETS | {"count": "clients"})],
        ),
        ("amount", "n'en déclare pas", [("amount", {"rule": "per_beneficiary", "unit": "1"}), ("beneficiaries", [])]),
        ("notes[0]", "caractère de contrôle", [("notes", ["a\x00b"])]),
        ("fields[9].example", "donne un exemple", [("fields.…", field(pattern="[a-z]+", required=True))]),
        ("documents[2].code", "lettres, chiffres", [("documents.…", {"phase": "avance", "code": "A/B", "label": "B"})]),
        ("documents", "aucune pièce n'est demandée : solde en vague 1", [("documents.1.waves", [2])]),
        ("beneficiaries", "aucun bénéficiaire n'est demandé : avance en vague 2", [("lists.0.waves", [1])]),
        (
            "exclusive[0]",
            "ne sont pas demandés ensemble : avance en vague 1, solde en vague 1",
            [
                ("fields.…", field(kind="boolean", waves=[2])),
                ("exclusive", [{"paths": ["beneficiaires.mandat", "x"]}]),
            ],
        ),
        (
            "exclusive[0]",
            "un seul des exemples",
            [
                ("fields.1.example", False),
                ("fields.…", field(kind="boolean", example=False)),
                ("exclusive", [{"paths": ["beneficiaires.mandat", "x"]}]),
            ],
        ),
        ("notes[0]", "caractère de contrôle", [("notes", ["a\ud800b"])]),
        ("fields[7].required_if.path", "caractère", [("fields.7.required_if", {"path": "\ud800", "equals": True})]),
        ("software[0].type", "10 caractères au plus", [("software.0.type", "A" * 11)]),
        ("instalments", "une table est attendue (lu : null)", [("instalments", None)]),
        ("windows[0].phase", "attendu : 'avance' ou 'solde' (lu : true)", [("windows.0.phase", True)]),
        ("label", "de 1 à 100 caractères", [("label", "")]),
        ("models[0].code", "le code d'un modèle compte 2 à 40 lettres", [("models", [{"code": "bdc", "label": "M"}])]),
        ("models[0].label", "le libellé d'un modèle compte", [("models", [{"code": "MODELE", "label": " "}])]),
        (
            "models[1].code",
            "« MODELE » est déjà celui de models[0]",
            [("models", [{"code": "MODELE", "label": "M"}] * 2)],
        ),
        (
            "models[0].waves[0]",
            "aucun logiciel du couloir n'est en vague 7",
            [("models", [{"code": "MODELE", "label": "M", "waves": [7]}])],
        ),
    ],
)
def test_a_contradiction_is_refused_with_its_place(place, words, changes):
    found = flaws(*changes)
    assert place in found, found
    assert words in found[place]


def test_all_contradictions_are_told_at_once():
    found = flaws(("delays.amendment_reminder", 30), ("beneficiaries.0.name", "x"), ("windows.0.software", ["CCC"]))
    assert {"delays.amendment_reminder", "beneficiaries[0].name", "windows[0].software[0]"} <= set(found)


@pytest.mark.parametrize(
    "changes",
    [
        # Two windows of one phase follow each other; two of different software meet.
        [("windows.…", WINDOW | {"opens_at": "2027-01-01T00:00:00", "closes_at": "2027-02-01T00:00:00"})],
        [("windows.0.software", ["AAA"]), ("windows.…", WINDOW | {"software": ["BBB"]})],
        # A piece of the same code, in the other wave.
        [("documents.0.waves", [1]), ("documents.…", {"phase": "avance", "code": "BON", "label": "B", "waves": [2]})],
        # A wave that has only an avance yet; a rule no software falls under; a count in each software's own rule.
        [("amount", BRACKETS | {"count": "clients"})] + [(f"software.{n}.amount", BRACKETS) for n in range(3)],
        [("lists.1.waves", [1]), ("fields.5.waves", [1]), ("fields.6.waves", [1])],
        [("delays.completion_reminders", [])],
    ],
)
def test_what_only_looks_like_a_contradiction_is_not_refused(changes):
    assert flaws(*changes) == {}


def test_a_version_already_published_reads_back_whatever_is_asked_since():
    """A version of before waves, hints and reminders: none of their keys, a contradiction nobody refused then."""
    old = changed(("delays", {"complete": 5, "amendment_reminder": 10, "amendment": 20}))
    old["software"] = [{"type": "AAA", "label": "A", "wave": 1, "dsr": "D"}]
    old["windows"] = []
    spec = documents.stored(old)
    assert spec.delays.completion_reminders == (2, 5, 6)
    assert documents.faults(old)
    with pytest.raises(BadDocument):
        documents.refuse_contradictions(spec)


@pytest.mark.parametrize("phase", Phase)
def test_no_field_may_take_the_place_of_a_tag_every_line_has(phase):
    """What the portal reads itself is what a document may not define."""
    bare = SPECS["RAD"].model_copy(update={"fields": (), "lists": (), "exclusive": (), "beneficiaries": ()})
    model = line_model.build(bare, phase)
    assert {path for path in model.required if path != ""} <= RESERVED | {""}
