"""What `find` gives, by the rules: the texts that are typed, how they are read, and what is found for them."""

from datetime import date

from analysis.names.keys import keys
from analysis.names.rank import rank
from tests.oracle.model import NAMES, PLACES, Sight, World
from tests.oracle.tables import RECORDS, VALUE, VALUES

# A text as it is typed, and the identifiers of these worlds that it may be read as.
TEXTS: dict[str, list[tuple[str, str]]] = {
    **{number: [("PHONE", number)] for number in VALUES["PHONE"][:4]},
    "098290 12304": [("PHONE", VALUES["PHONE"][4])],
    "X:101": [("SOCIAL_ID", "X:101")],
    "490154203237518": [("IMEI", "49-015420-323751-8")],
    "rj-14-cb-4711": [("VEHICLE", "RJ 14 CB 4711")],
    "22BH4711AA": [("VEHICLE", "22 BH 4711 AA")],
    "A 1234567": [("PASSPORT", "A1234567")],
    "Test@Bank": [("UPI", "test@bank")],
    "TEST0004711 471100001": [("BANK_ACCOUNT", "TEST0004711/471100001")],
    "RJJP010047112025": [("CNR", "RJJP01-004711-2025")],
    "Rajasthan / central prison / 047 / 2019": [("PRISONER", "IN-RJ, Central Jail, 47/2019")],
    "LOC No. BOI/47/2025": [("LOC", "BOI/47/2025")],
    # A report and a charge-sheet are written alike; a notice that looks like a passport is none.
    "IN-RJ, Jaipur, Mansarovar, 12/2026": [
        ("FIR", "IN-RJ/Jaipur/Mansarovar/0012/2026"),
        ("CHARGE_SHEET", "IN-RJ/Jaipur/Mansarovar/0012/2026"),
    ],
    "A-47/5-2025": [("INTERPOL", "A-47/5-2025")],
    **{name: [] for name in (*NAMES[:3], NAMES[5], *PLACES[:2], "Nobody")},
}
# What bears names.
NAMED = {"person", "gang", "account", "place"}


def found(
    world: World, sight: Sight, text: str, values: set[str], kinds: list[str], day: date | None
) -> list[tuple[float, str]]:
    """Give (score, id), best first: identifiers with what is joined to them, else whoever bears such a name."""
    hits: dict[str, float] = {}
    there = {id for id in sight.searched if day is None or world.things[id].holds_on(day)}
    there = {id for id in there if RECORDS[world.kind(id)][0] in kinds}
    for tie in sight.ties:
        for end, other in ((tie.a, tie.b), (tie.b, tie.a)):
            if other in values and tie.holds_on(day):
                if VALUE in kinds:
                    hits[other] = 1.0
                if end in there:
                    hits.setdefault(end, 0.95)
    if not hits:
        named = [(id, [world.things[id].says["name"]]) for id in sorted(there) if world.kind(id) in NAMED]
        bearing = [(id, names) for id, names in named if keys(names[0]) & keys(text)]
        hits = {id: like.score for id, like in rank(text, bearing)}
    return sorted(((score, id) for id, score in hits.items()), key=lambda hit: (-hit[0], hit[1]))
