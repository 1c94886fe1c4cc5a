"""The training world has something of every word and every relation, and what it says hangs together."""

import re
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from desk.standing import content_problems
from intake.world import World, world
from intake.world.tables import words
from schemas.aadhaar import has_aadhaar
from schemas.assistance import AssistanceContent
from schemas.bank import BankAccountContent
from schemas.case import CaseContent, CaseStatus
from schemas.chargesheet import ChargeSheetContent
from schemas.document import DocumentContent
from schemas.draft import RecordDraft
from schemas.envelope import been
from schemas.ids import RecordType, ValueKind
from schemas.incident import IncidentContent, Step
from schemas.link import ASSERTED, RELATIONS, LinkKind, Role
from schemas.notice import NoticeContent, NoticeStatus
from schemas.person import PROTECTED, Category, Custody, PersonContent
from schemas.place import PlaceContent
from schemas.prison import PrisonStayContent
from schemas.records import RECORDS
from schemas.vehicle import VehicleContent
from schemas.weapon import WeaponContent
from tests.intake.worlds import ON, by_ref, end_kinds, everything, links, records, values

NOW = datetime.combine(ON, time(3), UTC)
PEOPLE_OF_CASES = (LinkKind.SUSPECT_IN, LinkKind.ACCUSED_IN, LinkKind.CO_ACCUSED_IN, LinkKind.CONVICTED_IN)
CHARGEABLE = {Category.ACCUSED_CHARGED, Category.CONVICTED, Category.PROCLAIMED}
# What nobody bears: each is refused by no check, and given out by no office, bank, court or maker.
NOBODYS = {
    ValueKind.VEHICLE: r"(RJ|PB|HR|DL|GJ|CH)96ZZ[A-Z][0-9]{4}",
    ValueKind.BANK_ACCOUNT: r"TRNG0[0-9]{6}/990[0-9]{11}",
    ValueKind.UPI: r"payee\.[0-9]{5}@trng",
    ValueKind.IMEI: r"00101700[0-9]{7}",
    ValueKind.PASSPORT: r"IND/X0[0-9]{6}",
    ValueKind.CNR: r"(RJ|PB|HR|DL|GJ|CH)ZZ99/[0-9]{6}/20[0-9]{2}",
    ValueKind.PRISONER: r"IN-(RJ|PB|HR|DL|GJ|CH)/[A-Z]+ (CENTRAL|DISTRICT|SPECIAL) JAIL/(TRN|P)-[0-9]+/20[0-9]{2}",
    ValueKind.LOC: r"TRN/(RJ|PB|HR|DL|GJ|CH)/LOC/[0-9]{4}/20[0-9]{2}",
    ValueKind.INTERPOL: r"A-900[0-9]{3}/[0-9]{1,2}-20[0-9]{2}",
    ValueKind.FIR: r"IN-[A-Z]{2}/[A-Z0-9-]+/[A-Z]+ GATE/20[0-9]{2}/[0-9]{4}/(REGULAR|ZERO|E_FIR)",
    ValueKind.CHARGE_SHEET: r"IN-[A-Z]{2}/[A-Z0-9-]+/[A-Z]+ GATE/20[0-9]{2}/[0-9]{3}/(MAIN|SUPPLEMENTARY-1)",
}
NEW = tuple(
    type_
    for type_ in RecordType
    if type_ not in (RecordType.PERSON, RecordType.GANG, RecordType.INCIDENT, RecordType.ACCOUNT)
)


def content(record: RecordDraft, kind: type) -> Any:
    """Give a record's content, which must be of this kind."""
    assert isinstance(record.content, kind)
    return record.content


def test_every_relation_goes_between_each_of_its_ends_in_rajasthan(whole: World) -> None:
    known = by_ref(whole)
    found = {(link.kind, *end_kinds(link, known)) for link in whole.states["IN-RJ"].links}
    # What is said of two records is in test_world_twice.py.
    wanted = {(row.kind, *ends) for row in RELATIONS.values() if row.kind not in ASSERTED for ends in row.ends}
    assert wanted - found == set()


@pytest.mark.parametrize("type_", NEW)
def test_every_field_of_a_new_word_is_said_by_some_record_of_rajasthan(whole: World, type_: RecordType) -> None:
    said = {
        name
        for record in whole.states["IN-RJ"].records
        if record.type is type_
        for name in type(record.content).model_fields
        if getattr(record.content, name) not in (None, (), False)
    }
    assert set(RECORDS[type_].content.model_fields) - said == set()


@pytest.mark.parametrize("seed", [1, 2023])
def test_a_desk_refuses_nothing_of_it(whole: World, seed: int) -> None:
    made = whole if seed == 1 else world(seed, 0.3, on=ON)
    for code, state in made.states.items():
        for record in state.records:
            assert content_problems(code, record.content, NOW) == []
            assert all((day.date() if isinstance(day, datetime) else day) < ON for _, day in been(record.content))
        for link in state.links:
            assert link.marking.valid_from is None or link.marking.valid_from <= ON


def texts(thing: object) -> list[str]:
    if isinstance(thing, dict):
        # Nobody chooses a digest.
        return [text for name, part in thing.items() for text in texts(part)]
    if isinstance(thing, list):
        return [text for part in thing for text in texts(part)]
    return [thing] if isinstance(thing, str) else []


def test_no_text_of_it_could_be_an_aadhaar_number(whole: World) -> None:
    for draft in everything(whole):
        assert not [text for text in texts(draft.model_dump(mode="json")) if has_aadhaar(text)]


def test_every_number_belongs_to_nobody(whole: World) -> None:
    for kind, form in NOBODYS.items():
        found = values(whole, kind)
        assert found
        for value, _ in found:
            assert re.fullmatch(form, value)
    for record in records(whole, RecordType.BANK_ACCOUNT):
        account = content(record, BankAccountContent)
        assert account.bank_name.startswith("Training ")
        assert account.ifsc is None or account.ifsc.startswith("TRNG0")


def test_owners_holders_and_prisons_are_invented(whole: World) -> None:
    second = {form for word in words("names", "second") for form in word.latin}
    birds = {form for word in words("gangs", "bird") for form in word.latin}
    for record in records(whole, RecordType.VEHICLE):
        owner = content(record, VehicleContent).registered_owner
        assert owner is None or owner.split()[1] in second
    for record in records(whole, RecordType.BANK_ACCOUNT):
        holder = content(record, BankAccountContent).holder
        assert holder is None or holder.split()[1] in second
    for record in records(whole, RecordType.PRISON_STAY):
        assert content(record, PrisonStayContent).prison.split()[0] in birds
    for record in records(whole, RecordType.PLACE):
        assert content(record, PlaceContent).name.split()[0] in birds


def test_protected_people_have_none_of_the_new_links(whole: World) -> None:
    known = by_ref(whole)
    kinds = defaultdict(set)
    for state in whole.states.values():
        for link in state.links:
            types = end_kinds(link, known)
            for end, other in ((link.from_, types[1]), (link.to, types[0])):
                person = known[end].content if isinstance(end, str) else None
                if isinstance(person, PersonContent) and person.category in PROTECTED:
                    kinds[person.category].add((link.kind, other))
    assert kinds == {
        Category.VICTIM: {(LinkKind.VICTIM_OF, RecordType.INCIDENT), (LinkKind.USES_PHONE, ValueKind.PHONE)},
        Category.WITNESS: {(LinkKind.WITNESS_OF, RecordType.INCIDENT)},
        Category.COMPLAINANT: {(LinkKind.COMPLAINANT_OF, RecordType.INCIDENT)},
        Category.CHILD_IN_CONFLICT: {(LinkKind.SUSPECT_IN, RecordType.INCIDENT)},
    }


def test_a_report_number_is_one_cases_and_its_incidents_bear_it_too(whole: World) -> None:
    known = by_ref(whole)
    case_of = {str(link.from_): str(link.to) for link in links(whole, LinkKind.RECORDED_IN)}
    assert len(case_of) == len(links(whole, LinkKind.RECORDED_IN))
    number_of = {ref: value for value, ref in values(whole, ValueKind.FIR)}
    numbers = [number_of[record.ref] for record in records(whole, RecordType.CASE)]
    assert len(set(numbers)) == len(numbers) > 250
    assert max(Counter(case_of.values()).values()) == 2
    for incident, case in case_of.items():
        told, registered = content(known[incident], IncidentContent), content(known[case], CaseContent)
        assert number_of[incident] == number_of[case]
        assert max(told.days()) <= registered.registered_on
        assert set(told.sections) <= set(registered.sections)
        assert told.place_unit == registered.station_unit
    assert {ref for ref in number_of if known[ref].type is RecordType.INCIDENT} == case_of.keys()


def test_a_charge_sheet_is_filed_after_its_case_and_charges_who_stands_accused_in_it(whole: World) -> None:
    known = by_ref(whole)
    case_of_number = {value: ref for value, ref in values(whole, ValueKind.FIR) if known[ref].type is RecordType.CASE}
    number_of = {ref: value for value, ref in values(whole, ValueKind.FIR)}
    accused, charged = defaultdict(set), defaultdict(set)
    for link in everything(whole):
        if getattr(link, "kind", None) in PEOPLE_OF_CASES[1:] and known[str(link.to)].type is RecordType.CASE:
            accused[link.to].add(link.from_)
    for link in links(whole, LinkKind.CHARGED_BY):
        charged[link.to].add(link.from_)
    for record in records(whole, RecordType.CHARGE_SHEET):
        case = known[case_of_number[number_of[record.ref]]]
        sheet, registered = content(record, ChargeSheetContent), content(case, CaseContent)
        assert sheet.filed_on > registered.registered_on
        assert registered.case_status in (CaseStatus.CHARGE_SHEETED, CaseStatus.TRIAL, CaseStatus.CONVICTED)
        gangs = {ref for ref in charged[record.ref] if known[ref].type is RecordType.GANG}
        assert len(gangs) == (1 if sheet.for_gang else 0)
        assert charged[record.ref] - gangs == accused[case.ref]
        assert {content(known[ref], PersonContent).category for ref in accused[case.ref]} <= CHARGEABLE


def test_only_the_convicted_are_convicted_and_only_in_cases_that_ended_so(whole: World) -> None:
    known = by_ref(whole)
    in_cases = [link for link in links(whole, LinkKind.CONVICTED_IN) if known[str(link.to)].type is RecordType.CASE]
    assert {link.to for link in in_cases} == {
        record.ref
        for record in records(whole, RecordType.CASE)
        if content(record, CaseContent).case_status is CaseStatus.CONVICTED
    }
    for link in links(whole, LinkKind.CONVICTED_IN):
        assert content(known[str(link.from_)], PersonContent).category is Category.CONVICTED


def test_the_threshold_of_bns_111_can_be_seen_for_some_gangs_and_not_for_others(whole: World) -> None:
    known = by_ref(whole)
    sheets: dict[str, int] = Counter()
    for link in links(whole, LinkKind.CHARGED_BY):
        sheet = content(known[str(link.to)], ChargeSheetContent)
        if known[str(link.from_)].type is RecordType.GANG:
            within_ten_years = sheet.filed_on > ON - timedelta(days=3650)
            sheets[str(link.from_)] += sheet.counts_for_bns111 and within_ten_years
    rajasthan = [record.ref for record in whole.states["IN-RJ"].records if record.type is RecordType.GANG]
    assert sum(sheets[ref] >= 2 for ref in rajasthan) >= 3
    assert sum(sheets[ref] == 0 for ref in rajasthan) >= 10
    told = [content(record, ChargeSheetContent) for record in records(whole, RecordType.CHARGE_SHEET)]
    assert {sheet.for_gang for sheet in told} == {True, False, None}
    assert {sheet.cognizance_on is None for sheet in told} == {True, False}


def test_gangs_share_vehicles_and_accounts_and_states_know_the_same_numbers(whole: World) -> None:
    known = by_ref(whole)
    gang_of = defaultdict(set)
    for link in links(whole, LinkKind.MEMBER_OF):
        gang_of[link.from_].add(link.to)
    users = defaultdict(set)
    for kind in (LinkKind.USES_VEHICLE, LinkKind.CONTROLS):
        for link in links(whole, kind):
            if known[str(link.to)].type in (RecordType.VEHICLE, RecordType.BANK_ACCOUNT):
                users[link.to] |= gang_of[link.from_]
    for type_ in (RecordType.VEHICLE, RecordType.BANK_ACCOUNT):
        assert sum(len(gangs) > 1 for ref, gangs in users.items() if known[str(ref)].type is type_) > 5
    for kind in (ValueKind.VEHICLE, ValueKind.BANK_ACCOUNT, ValueKind.UPI, ValueKind.PRISONER, ValueKind.INTERPOL):
        states = defaultdict(set)
        for value, ref in values(whole, kind):
            states[value].add(ref[:2])
        assert sum(len(found) > 1 for found in states.values()) > 2


def test_no_two_records_of_a_state_bear_one_number_but_a_case_and_what_is_about_it(whole: World) -> None:
    known = by_ref(whole)
    for kind in NOBODYS.keys() - {ValueKind.FIR}:
        people_bear_it_too = kind not in (ValueKind.IMEI, ValueKind.PASSPORT)
        bearers = Counter(
            (value, ref[:2])
            for value, ref in values(whole, kind)
            if not (people_bear_it_too and known[ref].type is RecordType.PERSON)
        )
        assert set(bearers.values()) == {1}


def test_who_is_said_to_be_inside_is_inside_and_leaders_in_custody_are(whole: World) -> None:
    known = by_ref(whole)
    open_stays = Counter()
    for link in links(whole, LinkKind.LODGED_IN):
        person, stay = content(known[str(link.from_)], PersonContent), content(known[str(link.to)], PrisonStayContent)
        assert (link.marking.valid_from, link.marking.valid_to) == (stay.admitted_on, stay.released_on)
        assert (stay.released_on is None) == (stay.ended_by is None)
        if stay.released_on is None:
            open_stays[link.from_] += 1
            assert person.custody is Custody.IN_CUSTODY
        else:
            assert stay.transferred_to or person.custody is not Custody.IN_CUSTODY
    assert set(open_stays.values()) == {1}
    leaders = {link.from_ for link in links(whole, LinkKind.MEMBER_OF) if link.content.role is Role.LEADER_IN_CUSTODY}
    assert leaders
    assert leaders <= open_stays.keys()


def test_a_notice_looks_for_those_who_stand_charged_or_for_a_vehicle(whole: World) -> None:
    known = by_ref(whole)
    for link in links(whole, LinkKind.SUBJECT_OF):
        notice, sought = content(known[str(link.to)], NoticeContent), known[str(link.from_)].content
        if isinstance(sought, PersonContent):
            assert sought.category in CHARGEABLE
            executed = notice.notice_status is NoticeStatus.EXECUTED
            assert not executed or sought.custody is Custody.IN_CUSTODY
        if notice.valid_until:
            assert (notice.notice_status is NoticeStatus.LAPSED) == (notice.valid_until < ON)


def test_help_is_given_by_associates_and_stated_in_a_document_afterwards(whole: World) -> None:
    known = by_ref(whole)
    givers = {link.to: known[str(link.from_)] for link in links(whole, LinkKind.GAVE)}
    takers = {link.from_: known[str(link.to)] for link in links(whole, LinkKind.GIVEN_TO)}
    papers = {link.from_: known[str(link.to)] for link in links(whole, LinkKind.DERIVED_FROM)}
    acts = records(whole, RecordType.ASSISTANCE)
    for act in acts:
        told = content(act, AssistanceContent)
        assert content(givers[act.ref], PersonContent).category is Category.ASSOCIATE
        stated = content(papers[act.ref], DocumentContent).dated
        assert stated > (told.happened_until or told.happened_on)
    assert {takers[act.ref].type for act in acts} == {RecordType.PERSON, RecordType.GANG}
    assert {content(act, AssistanceContent).section.split()[0] for act in acts} >= {"BNS", "IPC", "ARMS"}


def test_a_weapon_fired_and_was_found_after_its_last_shot(whole: World) -> None:
    known = by_ref(whole)
    last: dict[str, date] = {}
    for link in links(whole, LinkKind.USED_IN):
        if isinstance(link.from_, str) and known[link.from_].type is RecordType.WEAPON:
            incident = content(known[str(link.to)], IncidentContent)
            assert {rung.step for rung in incident.escalation} & {
                Step.FIRING_IN_AIR,
                Step.FIRING_AT_PREMISES,
                Step.MURDER,
            }
            last[link.from_] = max(last.get(link.from_, date.min), *incident.days())
    weapons = records(whole, RecordType.WEAPON)
    assert {weapon.ref for weapon in weapons} == last.keys()
    assert Counter(link.from_ for link in links(whole, LinkKind.USED_IN) if link.from_ in last).most_common(1)[0][1] > 1
    for weapon in weapons:
        found = content(weapon, WeaponContent).recovered_on
        assert found is None or last[weapon.ref] <= found < ON


def test_an_incident_at_a_recorded_place_is_where_the_place_is(whole: World) -> None:
    known = by_ref(whole)
    met = Counter()
    for link in links(whole, LinkKind.OCCURRED_AT):
        incident, place = content(known[str(link.from_)], IncidentContent), content(known[str(link.to)], PlaceContent)
        assert (incident.place_unit, incident.latitude, incident.longitude) == (
            place.place_unit,
            place.latitude,
            place.longitude,
        )
        met[link.to] += 1
    assert sum(count > 1 for count in met.values()) > 10
