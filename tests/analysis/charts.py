"""Charts for tests, of any size, from a seed; every name is made up here."""

from random import Random

from analysis.charts.model import Chart, Fact, Link, Made, Missing, Node, Said
from schemas.gradings import InfoGrade, SourceGrade
from schemas.handling import Handling
from schemas.ids import RecordType, ValueKind
from schemas.link import Basis, LinkKind, Role
from schemas.person import Custody, NameKind, RecordedName, Script

MADE = Made("rj.one", "IN-RJ", "urn:e", "INVESTIGATION", "FIR 1/2026", "2026-06-01T09:00:00+00:00", 1, "en")
NAMES = (
    ("Kiran Mewada", "किरण मेवाड़ा"),
    ("Teja Gill", "तेजा गिल"),
    ("Vikramaditya Chandrashekhar Rathore", "विक्रमादित्य राठौड़"),
)


def urn(type: str, number: int, state: str = "IN-RJ") -> str:
    return f"urn:sangam:{state}:{type}:{number:08x}-0000-4000-8000-000000000000"


def said(state: str = "IN-RJ", handling: Handling = Handling.H0, info: InfoGrade = InfoGrade.KNOWN) -> Said:
    return Said(state, "RJ-JPC", SourceGrade.B, info, handling, "2026-01-01", "", "2026-05-01")


def names(latin: str, devanagari: str | None = None) -> tuple[RecordedName, ...]:
    legal = RecordedName(text=latin, script=Script.LATIN, kind=NameKind.LEGAL)
    other = devanagari and RecordedName(text=devanagari, script=Script.DEVANAGARI, kind=NameKind.SPELLING)
    return (legal, other) if other else (legal,)


def chart(size: int, seed: int = 1, states: tuple[str, ...] = ("IN-RJ", "IN-PB")) -> Chart:
    """Give a chart of so many nodes, most of them persons, each joined to one that came before."""
    rng = Random(seed)
    nodes = [_node(rng, number, rng.choice(states)) for number in range(size)]
    links = []
    for number in range(1, size):
        before = nodes[rng.randrange(number)] if rng.random() < 0.7 else nodes[0]
        links.append(_link(rng, number, before, nodes[number]))
        if rng.random() < 0.2:
            links.append(_link(rng, size + number, nodes[number], before))
    return Chart((nodes[0].id,), tuple(nodes), tuple(links), Missing(3, 2, 1, True, 1, 1, 1, 1, True))


def _node(rng: Random, number: int, state: str) -> Node:
    if number and rng.random() < 0.2:
        return Node(f"{number:032x}", ValueKind.PHONE, None, writings=(f"+9198290{number:05d}",))
    if number and rng.random() < 0.2:
        facts = (Fact("demand_at", "2026-03-01", False), Fact("target_type", "JEWELLER", True))
        return Node(urn("incident", number, state), RecordType.INCIDENT, said(state), facts=facts, protected=("V-1",))
    facts = (Fact("category", "SUSPECT", True), Fact("custody", rng.choice(list(Custody)).value, True))
    return Node(urn("person", number, state), RecordType.PERSON, said(state), names(*rng.choice(NAMES)), facts)


def _link(rng: Random, number: int, a: Node, b: Node) -> Link:
    grade = said(info=rng.choice(list(InfoGrade)))
    if rng.random() < 0.5:
        return Link(urn("link", number), LinkKind.ASSOCIATE_OF, a.id, b.id, grade, basis=Basis.CALLS, weight=7)
    return Link(urn("link", number), LinkKind.MEMBER_OF, a.id, b.id, grade, role=Role.SHOOTER)
