"""What the training world has of followers: acts under a section of the law, and counts; never who merely follows."""

from datetime import UTC, datetime, time

from desk.standing import act_problems
from intake.world import World
from intake.world.followers import ActSeen, AudienceSeen
from schemas.audience import APART
from schemas.codes.units import unit
from schemas.envelope import life_problem
from schemas.follower import FollowerActKind
from schemas.ids import RecordType
from tests.intake.worlds import ON, by_ref

AT = datetime.combine(ON, time(3), UTC)


def test_each_state_saw_acts_of_every_kind_which_its_desk_accepts(whole: World) -> None:
    known = by_ref(whole)
    for code, state in whole.states.items():
        acts = [seen for seen in state.seen if isinstance(seen, ActSeen)]
        assert {seen.content.act for seen in acts} == set(FollowerActKind)
        for seen in acts:
            account = known[seen.account]
            assert account.type is RecordType.ACCOUNT
            assert act_problems(code, seen.content, AT) == []
            assert seen.who.normal != f"{account.content.platform}:{account.content.account_id}"
            assert life_problem(seen.marking, AT) is None
            assert seen.marking.level >= account.marking.level
            assert set(seen.marking.audience) <= set(account.marking.audience)


def test_who_is_meant_belongs_to_nobody_and_is_another_each_time(whole: World) -> None:
    for state in whole.states.values():
        ids = [seen.who.normal.partition(":")[2] for seen in state.seen if isinstance(seen, ActSeen)]
        assert len(set(ids)) == len(ids)
        assert all(id.startswith(("99900", "99901", "UCfollower")) for id in ids)


def test_an_audience_is_counted_weekly_and_seen_by_whoever_sees_the_account(whole: World) -> None:
    known = by_ref(whole)
    for state in whole.states.values():
        counts = [seen for seen in state.seen if isinstance(seen, AudienceSeen)]
        for first, second in zip(counts[::2], counts[1::2], strict=True):
            assert first.account == second.account
            assert second.asked.taken_on - first.asked.taken_on == APART
            assert second.asked.taken_on < ON
        for seen in counts:
            own = known[seen.account].marking
            said = seen.marking
            assert (said.level, said.audience, said.compartment) == (own.level, own.audience, own.compartment)
            assert all(unit(cell.district, seen.asked.taken_on) for cell in seen.asked.districts)


def test_some_accounts_bore_another_handle_before(whole: World) -> None:
    accounts = [record for record in by_ref(whole).values() if record.type is RecordType.ACCOUNT]
    told = [record.content for record in accounts if record.content.earlier_handles]
    assert 0.1 < len(told) / len(accounts) < 0.5
    assert all(content.earlier_handles[0].handle != content.handle for content in told)
