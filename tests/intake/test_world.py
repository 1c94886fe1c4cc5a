"""The training world: the same from the same seed, clearly invented, and as tangled as the real thing."""

import hashlib
from collections import defaultdict
from datetime import UTC, date, datetime, time

import orjson

from intake.world import World, world
from intake.world.tables import lands, words
from schemas.codes.states import MEMBERS
from schemas.codes.statutes import statute
from schemas.codes.units import unit
from schemas.draft import ValueEnd
from schemas.envelope import life_problem
from schemas.gang import GangContent
from schemas.ids import ValueKind, normal_form
from schemas.incident import IncidentContent, Step
from schemas.link import LinkKind, relation_problem
from schemas.person import PROTECTED, Category, PersonContent, Script
from schemas.text import script_of
from tests.intake.worlds import ON, everything, links, people

# Changes only together with a change of the world that is meant.
SMALL_WORLD = "4efa9cd875d16c947a8783d5748645eac812ae2e005c9f324dbc5029fad8e115"
_SCRIPT_NAMES = {
    Script.LATIN: "LATIN",
    Script.DEVANAGARI: "DEVANAGARI",
    Script.GURMUKHI: "GURMUKHI",
    Script.GUJARATI: "GUJARATI",
    Script.ARABIC: "ARABIC",
}


def digest(made: World) -> str:
    rows = [[code, draft.model_dump(mode="json")] for code, state in made.states.items() for draft in state.records]
    for part in ("links", "again", "again_links", "asserted"):
        rows += [[code, draft.model_dump(mode="json")] for code, s in made.states.items() for draft in getattr(s, part)]
    seen = [[code, repr(one)] for code, state in made.states.items() for one in state.seen]
    rows += [[code, hashlib.sha256(text.encode()).hexdigest()] for code, text in seen]
    return hashlib.sha256(orjson.dumps(rows, option=orjson.OPT_SORT_KEYS)).hexdigest()


def test_the_same_seed_gives_the_same_world_to_the_byte() -> None:
    assert digest(world(7, 0.04, on=ON)) == SMALL_WORLD


def test_another_seed_gives_another_world() -> None:
    assert digest(world(8, 0.04, on=ON)) != SMALL_WORLD


def test_one_state_alone_is_the_same_as_in_the_whole() -> None:
    alone = world(7, 0.04, on=ON, only="IN-HR")
    assert list(alone.states) == ["IN-HR"]
    assert alone.states["IN-HR"] == world(7, 0.04, on=ON).states["IN-HR"]


def test_scale_1_is_about_5000_records_with_something_for_each_member_state(whole: World) -> None:
    assert set(whole.states) == set(MEMBERS)
    assert 4_500 <= sum(len(state.records) for state in whole.states.values()) <= 5_500
    assert len(whole.states["IN-RJ"].records) >= 1_500


def test_everything_is_in_the_compartment_that_was_asked_for(whole: World) -> None:
    assert {draft.marking.compartment for draft in everything(whole)} == {"TRAINING"}
    assert {draft.marking.compartment for draft in everything(world(1, 0.02, on=ON, compartment=None))} == {None}


def test_every_draft_is_a_word_that_its_own_model_accepts_and_comes_back_from_json_as_it_went(whole: World) -> None:
    for draft in whole.states["IN-CH"].records + whole.states["IN-CH"].links:
        copy = draft.model_dump(mode="json", round_trip=True)
        assert type(draft).model_validate(copy) == draft


def test_every_link_keeps_to_the_whitelist_and_ends_at_records_of_its_own_state(whole: World) -> None:
    for state in whole.states.values():
        types = {record.ref: record.type for record in state.records}
        for link in state.links:
            ends = [end.kind if isinstance(end, ValueEnd) else types[end] for end in (link.from_, link.to)]
            assert relation_problem(link.kind, ends[0], ends[1], link.content) is None


def test_every_ref_and_every_identifier_stands(whole: World) -> None:
    for state in whole.states.values():
        drafts = [*state.records, *state.links]
        assert len({draft.ref for draft in drafts}) == len(drafts)
        for link in state.links:
            for end in (link.from_, link.to):
                if isinstance(end, ValueEnd):
                    assert normal_form(end.kind, end.value)


def test_reviews_lie_ahead_and_units_exist(whole: World) -> None:
    at = datetime.combine(ON, time(23, 59), UTC)
    for draft in everything(whole):
        assert life_problem(draft.marking, at) is None
        assert unit(draft.marking.unit, ON) is not None


def test_markings_are_of_every_kind(whole: World) -> None:
    markings = [record.marking for record in whole.states["IN-RJ"].records]
    assert {marking.level for marking in markings} == {0, 1, 2, 3}
    assert {len(marking.audience) for marking in markings} >= {0, 1, 2, 3, 4, 5}
    assert {marking.handling.value for marking in markings} == {"H0", "H1", "H2", "H3"}
    assert {marking.source_grade.value for marking in markings} == {"A", "B", "C", "X"}
    assert {marking.info_grade.value for marking in markings} == {"1", "2", "3", "4"}


def test_what_cannot_be_judged_supports_no_charge_and_no_conviction(whole: World) -> None:
    for person in people(whole):
        if person.content.category in (Category.ACCUSED_CHARGED, Category.CONVICTED, Category.PROCLAIMED):
            assert person.marking.source_grade != "X"
            assert person.marking.info_grade != "4"


def test_a_link_is_at_least_as_strict_as_its_ends(whole: World) -> None:
    for state in whole.states.values():
        marked = {record.ref: record.marking for record in state.records}
        for link in state.links:
            for end in (link.from_, link.to):
                if isinstance(end, str):
                    assert link.marking.level >= marked[end].level
                    assert set(link.marking.audience) <= set(marked[end].audience)


def test_protected_people_have_no_part_in_gangs_and_children_are_never_shared(whole: World) -> None:
    for state in whole.states.values():
        categories = {r.ref: r.content.category for r in state.records if isinstance(r.content, PersonContent)}
        for link in state.links:
            if link.kind in (LinkKind.MEMBER_OF, LinkKind.ASSOCIATE_OF, LinkKind.MET_WITH):
                assert not {categories.get(str(link.from_)), categories.get(str(link.to))} & PROTECTED
            if link.kind in (LinkKind.VICTIM_OF, LinkKind.WITNESS_OF, LinkKind.COMPLAINANT_OF):
                assert categories[str(link.from_)] in PROTECTED
    children = [person for person in people(whole) if person.content.category is Category.CHILD_IN_CONFLICT]
    assert children
    assert all(child.marking.audience == () for child in children)
    assert all(child.content.birth_date > date(ON.year - 18, ON.month, ON.day) for child in children)


def test_every_name_is_invented_and_every_phone_belongs_to_nobody(whole: World) -> None:
    second = {form for word in words("names", "second") for form in (*word.latin, *word.others.values())}
    birds = {form for word in words("gangs", "bird") for form in (*word.latin, *word.others.values())}
    for draft in everything(whole):
        if isinstance(draft.content, PersonContent):
            assert all(name.text.split()[1] in second for name in draft.content.names if name.kind != "URF")
        if isinstance(draft.content, GangContent):
            assert all(set(name.text.split()) & birds for name in draft.content.names)
        for end in (getattr(draft, "from_", None), getattr(draft, "to", None)):
            if isinstance(end, ValueEnd) and end.kind is ValueKind.PHONE:
                number = normal_form(end.kind, end.value)
                assert number.startswith("+9161111") or number[5:10] == "55501"


def test_names_stand_in_five_scripts_each_in_its_own(whole: World) -> None:
    seen = set()
    for draft in everything(whole):
        if isinstance(draft.content, PersonContent | GangContent):
            for name in draft.content.names:
                scripts = {script_of(char) for char in name.text} - {""}
                assert scripts == {_SCRIPT_NAMES[name.script]}
                seen.add(name.script)
    assert seen == set(_SCRIPT_NAMES)


def test_sections_were_in_force_when_the_first_or_a_later_rung_was_reached(whole: World) -> None:
    acts = set()
    for code, state in whole.states.items():
        for record in state.records:
            if isinstance(record.content, IncidentContent):
                days = record.content.days()
                assert max(days) < ON
                assert record.content.sections
                for section in record.content.sections:
                    assert any(statute(section, code, day) for day in days)
                    acts.add(section.split()[0])
    assert acts >= {"BNS", "IPC", "ARMS"}
    assert "RCOCA" not in acts


def test_chains_run_from_demand_to_firing_and_some_hide_behind_another_gang(whole: World) -> None:
    chains = [r.content for r in everything(whole) if isinstance(r.content, IncidentContent)]
    longest = [
        chain
        for chain in chains
        if {Step.DEMAND, Step.REMINDER, Step.RECCE, Step.FIRING_AT_PREMISES} <= {rung.step for rung in chain.escalation}
    ]
    assert len(longest) > 50
    assert all(chain.firing_for_extortion for chain in longest)
    assert all(list(chain.escalation) == sorted(chain.escalation, key=lambda rung: rung.at) for chain in chains)
    claimed = {
        (code, link.from_): link.to
        for code, state in whole.states.items()
        for link in state.links
        if link.kind is LinkKind.CLAIMED_BY
    }
    apart = [
        link
        for code, state in whole.states.items()
        for link in state.links
        if link.kind is LinkKind.ATTRIBUTED_TO and claimed[code, link.from_] != link.to
    ]
    assert len(apart) > 20


def test_gangs_split_fight_and_share_phones_across_gangs_and_borders(whole: World) -> None:
    for kind in (LinkKind.SPLIT_FROM, LinkKind.RIVAL_OF, LinkKind.ALLIED_WITH):
        assert len(links(whole, kind)) > 10
    gangs_of_phone, states_of_phone = defaultdict(set), defaultdict(set)
    for code, state in whole.states.items():
        gangs = defaultdict(set)
        for link in state.links:
            if link.kind is LinkKind.MEMBER_OF:
                gangs[link.from_].add((code, link.to))
        for link in state.links:
            if link.kind is LinkKind.USES_PHONE and isinstance(link.to, ValueEnd):
                number = normal_form(link.to.kind, link.to.value)
                gangs_of_phone[number] |= gangs[link.from_]
                states_of_phone[number].add(code)
    assert sum(len({gang for gang in gangs if gang[0] == "IN-RJ"}) > 1 for gangs in gangs_of_phone.values()) > 10
    assert sum(len(states) > 1 for states in states_of_phone.values()) > 10


def test_the_words_of_the_tables_are_all_there_in_five_scripts() -> None:
    for table, kinds in (("names", ("given", "second", "alias")), ("gangs", ("weather", "bird", "band"))):
        for kind in kinds:
            for word in words(table, kind):
                assert len(set(word.latin)) == len(word.latin) > 1
                assert all(word.others.values())
    assert all(land.places for land in lands())
    assert abs(sum(land.share for land in lands()) - 1) < 0.05
