"""How a chart looks: symbols of kinds, colours of states, rings of custody, lines of grades. Colour never says alone.

A symbol is one path in a square of 24.
"""

from schemas.codes.states import MEMBERS
from schemas.gradings import InfoGrade
from schemas.ids import RecordType, ValueKind
from schemas.person import Custody

FONTS = (
    "'Noto Sans', 'Noto Sans Devanagari', 'Noto Sans Gurmukhi', 'Noto Sans Gujarati', 'Nirmala UI', 'Mangal', "
    "'Kohinoor Devanagari', 'DejaVu Sans', sans-serif"
)
INK, FAINT, PAPER, LINE = "#1b2430", "#566070", "#ffffff", "#7d8796"
ACROSS, START = "#b3261e", "#f2b705"
NAME_SIZE, META_SIZE, LINK_SIZE = 12.0, 10.0, 9.5

_MIDDLE = f"text-anchor: middle; paint-order: stroke; stroke: {PAPER}; stroke-width: 3px;"
STYLE = f"""
text {{ font-family: {FONTS}; fill: {INK}; }}
.name {{ font-size: {NAME_SIZE}px; font-weight: 600; {_MIDDLE} }}
.meta {{ font-size: {META_SIZE}px; fill: {FAINT}; {_MIDDLE} }}
.link {{ font-size: {LINK_SIZE}px; fill: {FAINT}; {_MIDDLE} }}
.badge {{ font-size: 8.5px; font-weight: 700; fill: {PAPER}; text-anchor: middle; }}
.territory {{ font-size: 13px; font-weight: 700; }}
.title {{ font-size: 21px; font-weight: 700; }}
.said {{ font-size: 12px; }}
.nature {{ font-size: 12px; font-weight: 700; fill: {ACROSS}; }}
.heading {{ font-size: 11px; font-weight: 700; fill: {FAINT}; }}
.legend {{ font-size: 11.5px; }}
.mark {{ font-size: 30px; fill-opacity: 0.05; text-anchor: middle; font-weight: 700; }}
"""

# Dark enough for white letters on them (WCAG AA), one for each number of the membership table, in turn.
_STATES = ("#8a5a00", "#1d4ed8", "#b45309", "#be123c", "#6d28d9", "#047857", "#0e7490", "#9d174d")
_NO_STATE = "#475569"


def state_colour(state: str) -> str:
    """Give the colour of a state; of none, grey."""
    return _STATES[MEMBERS[state].bit % len(_STATES)] if state in MEMBERS else _NO_STATE


SYMBOLS: dict[RecordType | ValueKind, str] = {
    RecordType.PERSON: "M12 3a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9z M3 21.5c0-5 4-8 9-8s9 3 9 8z",
    RecordType.GANG: "M8 4a3.4 3.4 0 1 1 0 6.8A3.4 3.4 0 1 1 8 4z M16 4a3.4 3.4 0 1 1 0 6.8A3.4 3.4 0 1 1 16 4z "
    "M1 20c0-4.6 3-7.4 7-7.4 1.5 0 2.9.4 4 1.1 1.1-.7 2.5-1.1 4-1.1 4 0 7 2.8 7 7.4z",
    RecordType.INCIDENT: "M12 2.5L22.5 21H1.5z M11 9v6h2V9z M11 16.5v2.2h2v-2.2z",
    RecordType.ACCOUNT: "M12 2.5a9.5 9.5 0 1 0 5.3 17.4l-1-1.6A7.6 7.6 0 1 1 19.6 12v1.4a1.6 1.6 0 0 1-3.2 0"
    "V8h-1.9v.9a4 4 0 1 0 .6 6.2 3.5 3.5 0 0 0 6.4-1.7V12A9.5 9.5 0 0 0 12 2.5z M12 9.9a2.1 2.1 0 1 1 0 4.2"
    "a2.1 2.1 0 1 1 0-4.2z",
    RecordType.VEHICLE: "M5 9.5L7.2 4.5h9.6l2.2 5 2.5 1v7h-2.2a2.3 2.3 0 0 1-4.6 0H9.3a2.3 2.3 0 0 1-4.6 0H2.5v-7z "
    "M8.3 6.3l-1.4 3.2h10.2l-1.4-3.2z",
    RecordType.BANK_ACCOUNT: "M12 2l9.5 5.2V9.5h-19V7.2z M4.5 10.5h2.4v7H4.5z M8.7 10.5h2.4v7H8.7z "
    "M12.9 10.5h2.4v7h-2.4z M17.1 10.5h2.4v7h-2.4z M2.5 18.5h19V21.5h-19z",
    RecordType.WEAPON: "M1.5 6h21v4.6h-6.5l-1 3.4h-4l-1.2 7H4l1.8-8.5H3.5z",
    RecordType.PLACE: "M12 1.5a7.5 7.5 0 0 1 7.5 7.5c0 5.5-7.5 13.5-7.5 13.5S4.5 14.5 4.5 9A7.5 7.5 0 0 1 12 1.5z "
    "M12 6.2a2.8 2.8 0 1 0 0 5.6a2.8 2.8 0 1 0 0-5.6z",
    RecordType.PRISON_STAY: "M2.5 2.5h19v2.4h-19z M2.5 19.1h19v2.4h-19z M4.5 4.9h2v14.2h-2z M8.8 4.9h2v14.2h-2z "
    "M13.2 4.9h2v14.2h-2z M17.5 4.9h2v14.2h-2z",
    RecordType.NOTICE: "M4.5 1.5h2.2v21H4.5z M7.7 3h12l-3.2 4.7 3.2 4.7h-12z",
    RecordType.CASE: "M2 4.5h7.5l2.2 2.5H22v13.5H2z M4 10v8.5h16V10z",
    RecordType.CHARGE_SHEET: "M4.5 1.5h10.5l4.5 4.5v16.5h-15z M7.5 9v1.9h9V9z M7.5 13v1.9h9V13z M7.5 17v1.9h6V17z",
    RecordType.DOCUMENT: "M4.5 1.5h10.5l4.5 4.5v16.5h-15z M13.8 3.2v4.2h4z",
    RecordType.ASSISTANCE: "M9.7 3h4.6v6.7H21v4.6h-6.7V21H9.7v-6.7H3V9.7h6.7z",
}
SYMBOLS |= dict.fromkeys(
    ValueKind,
    "M8 2.5h2.1L9.6 8h4.8l.5-5.5H17L16.5 8H20.5v2.1h-4.2l-.4 3.8h4v2.1h-4.2l-.5 5.5h-2.1l.5-5.5H8.8"
    "l-.5 5.5H6.2l.5-5.5H3.5v-2.1h3.4l.4-3.8H3.5V8h4z M9.4 10.1L9 13.9h4.8l.4-3.8z",
)
SYMBOLS[ValueKind.PHONE] = (
    "M8 1.5h8a1.5 1.5 0 0 1 1.5 1.5v18a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 6.5 21V3A1.5 1.5 0 0 1 8 1.5z "
    "M8.3 4.5v13h7.4v-13z M11 18.8v1.9h2v-1.9z"
)

# Colour, dashes and width of the ring around a person.
RINGS: dict[Custody, tuple[str, str, float]] = {
    Custody.AT_LARGE: ("#c81e1e", "", 3.5),
    Custody.ABROAD: ("#c81e1e", "7 3", 3.5),
    Custody.ON_BAIL: ("#d97706", "", 3.0),
    Custody.ON_PAROLE: ("#d97706", "7 3", 3.0),
    Custody.IN_CUSTODY: ("#334155", "", 3.5),
    Custody.RELEASED: ("#15803d", "", 2.5),
    Custody.DECEASED: ("#334155", "1.5 3", 3.0),
    Custody.UNKNOWN: ("#94a3b8", "", 1.5),
}

DASHES: dict[InfoGrade, str] = {
    InfoGrade.KNOWN: "",
    InfoGrade.KNOWN_TO_SOURCE: "8 4",
    InfoGrade.CORROBORATED: "8 3 2 3",
    InfoGrade.CANNOT_BE_JUDGED: "2 4",
}
