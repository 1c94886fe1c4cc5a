"""Which fields of a record leave in a file: what tells it from others, in numbers, days and words of ours.

Free text stays behind (titles, places in words, notes, summaries, criteria): it may name a victim, and a file cannot
be recalled. A victim, witness or complainant is no node of a network and has no row here that says anything.
"""

from schemas.ids import RecordType

SHOWN: dict[RecordType, tuple[str, ...]] = {
    RecordType.PERSON: ("names", "category", "custody"),
    RecordType.GANG: ("names", "standing"),
    RecordType.INCIDENT: ("demand_at", "target_type", "channel", "place_unit", "firing_for_extortion"),
    RecordType.ACCOUNT: ("handle", "platform", "account_id"),
    RecordType.VEHICLE: ("registration", "vehicle_kind", "make", "model", "vehicle_status"),
    RecordType.BANK_ACCOUNT: ("bank_name", "last_four", "account_kind", "account_status"),
    RecordType.WEAPON: ("weapon_kind", "calibre", "serial_number", "weapon_status"),
    RecordType.PLACE: ("name", "place_kind", "place_unit"),
    RecordType.PRISON_STAY: ("prison", "admitted_on", "released_on", "custody_reason"),
    RecordType.NOTICE: ("notice_kind", "reference", "issued_on", "notice_status"),
    RecordType.CASE: ("fir_number", "registered_on", "station_unit", "case_status"),
    RecordType.CHARGE_SHEET: ("sheet_number", "sheet_kind", "filed_on"),
    RecordType.DOCUMENT: ("document_kind", "reference", "dated"),
    RecordType.ASSISTANCE: ("assistance_kind", "section", "happened_on"),
}

FACTS: tuple[str, ...] = tuple(dict.fromkeys(name for names in SHOWN.values() for name in names if name != "names"))
