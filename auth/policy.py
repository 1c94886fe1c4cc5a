"""Who may see what, decided once per request and person. Pure: the clock is handed in.

In order:
1. An account that is closed, and a post that reads no records, get nothing.
2. An enquiry that is not this officer's, names no case, is closed or has ended opens nothing.
3. Purpose decides which categories may be seen, own officers and peers apart.
4. A peer is answered by agreement with its state alone: for the purposes agreed, after a fresh sign-in where that was
   agreed, with the lesser of what its state asserts and what was agreed; and it may only ask.
5. Rank is never looked at to widen a view.
6. What is seen leaves in a file only as far as its handling lets it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from auth.grant import Action, Grant, Mode, Refusal
from schemas.codes.states import MEMBERS
from schemas.enquiry import Enquiry
from schemas.handling import TRAINING, Handling, Level, Purpose, Status
from schemas.officer import Officer, PeerOfficer, Rank
from schemas.person import PROTECTED, Category

POLICY_VERSION = 2

LIVE_CLASS = "-"

# The one refusal that the officer alone can mend.
STEP_UP = "STEP_UP_REQUIRED"

_ALL = frozenset(category.value for category in Category)
_PROTECTED = frozenset(category.value for category in PROTECTED)
_REFERENCED = _PROTECTED - {Category.CHILD_IN_CONFLICT.value}
_NOT_FOR_PURSUIT = _PROTECTED | {Category.CONTACT.value, Category.ACQUITTED_DISCHARGED.value}

_WIDE = frozenset(
    {
        Purpose.INVESTIGATION,
        Purpose.PREVENTION_OF_NAMED_THREAT,
        Purpose.JOINT_OPERATION,
        Purpose.COURT,
        Purpose.TRAINING,
    }
)
_PURSUIT = frozenset({Purpose.FUGITIVE, Purpose.PRISON_INTEL})
_NO_RECORDS = frozenset({Rank.AUDITOR, Rank.NODE_ADMIN})
_WRITING = frozenset(Purpose) - {Purpose.AUDIT, Purpose.COURT}


class Job(StrEnum):
    """The closed list of jobs that look without an officer."""

    SETTLE = "SETTLE"
    COUNT_HOLES = "COUNT_HOLES"
    EXPIRE = "EXPIRE"
    CLEAR = "CLEAR"
    SWEEP = "SWEEP"
    FOLLOWER_KEYS = "FOLLOWER_KEYS"
    ENQUIRIES = "ENQUIRIES"
    MATCH = "MATCH"
    RELEASE = "RELEASE"
    PURGE = "PURGE"


_MODE_OF_JOB = {
    Job.SETTLE: Mode.KEEP,
    Job.COUNT_HOLES: Mode.KEEP,
    Job.EXPIRE: Mode.KEEP,
    Job.CLEAR: Mode.KEEP,
    Job.SWEEP: Mode.KEEP,
    Job.FOLLOWER_KEYS: Mode.KEEP,
    Job.ENQUIRIES: Mode.KEEP,
    Job.MATCH: Mode.MATCH,
    Job.RELEASE: Mode.RELEASE,
    Job.PURGE: Mode.PURGE,
}


def decide(who: Officer | PeerOfficer, enquiry: Enquiry, *, at: datetime) -> Grant | Refusal:
    """Say what this officer may see for this enquiry, or why nothing."""
    if isinstance(who, Officer) and not who.active:
        return Refusal("ACCOUNT_CLOSED", "The account is closed.")
    if isinstance(who, PeerOfficer) and who.state == who.home:
        return Refusal("NOT_A_PEER", "An officer of this state does not come as a peer.")
    if isinstance(who, PeerOfficer) and (refusal := _by_agreement(who, enquiry.purpose, at)) is not None:
        return refusal
    if who.rank in _NO_RECORDS:
        return Refusal("POST_READS_NO_RECORDS", "This post reads no records.")
    if enquiry.officer != who.id:
        return Refusal("NOT_YOUR_ENQUIRY", "The enquiry is not open for you.")
    if not enquiry.case_ref:
        return Refusal("NO_CASE", "An enquiry names the case it serves.")
    if enquiry.closed_at is not None and enquiry.closed_at <= at:
        return Refusal("ENQUIRY_CLOSED", "The enquiry is closed.")
    if enquiry.opened_at > at:
        return Refusal("ENQUIRY_NOT_OPEN", "The enquiry is not open yet.")
    if enquiry.expires_at <= at:
        return Refusal("ENQUIRY_ENDED", "The enquiry has ended.")
    own = isinstance(who, Officer)
    return Grant(
        officer=who.id,
        state=who.state,
        bit=1 << MEMBERS[who.state].bit,
        level=_level_for(who),
        comps=_comps_for(who, enquiry.purpose),
        classes=_classes_for(enquiry.purpose, own=own),
        enquiry=enquiry.id,
        may=_actions_for(who, enquiry.purpose),
        at=at,
    )


def decide_job(job: Job, *, run: str, state: str, compartments: Iterable[str], at: datetime) -> Grant:
    """Give a job its grant: level 3, every registered compartment, and the one condition that its mode lifts."""
    return Grant(
        officer=f"job:{job.value}:{run}",
        state=state,
        bit=1 << MEMBERS[state].bit,
        level=Level.SOURCE_BEARING,
        comps=("", TRAINING, *sorted(set(compartments) - {TRAINING, ""})),
        classes=MappingProxyType({_MODE_OF_JOB[job]: _classes_for_job(_MODE_OF_JOB[job])}),
        enquiry=None,
        may=frozenset({Action.KEEP}),
        at=at,
    )


def exported(purpose: Purpose, *, own: bool) -> frozenset[Handling]:
    """Say which handling lets a record or link leave in a file, of this state's `own` and of others'.

    For a court H0 alone. H2 is not passed on, so another state's stays here; H3 is stated in words, which nobody has
    read to this policy, so it stays too.
    """
    if purpose is Purpose.COURT:
        return frozenset({Handling.H0})
    passed_on = {Handling.H2} if own else set[Handling]()
    return frozenset({Handling.H0, Handling.H1} | passed_on)


def _by_agreement(who: PeerOfficer, purpose: Purpose, at: datetime) -> Refusal | None:
    """Refuse what does not stand between the two states, whatever this state holds."""
    if who.token_expires_at <= at:
        return Refusal("TOKEN_ENDED", "The other state's word for this officer has ended.")
    if purpose not in who.agreement.purposes:
        return Refusal("PURPOSE_NOT_AGREED", "The two states have not agreed on this purpose.")
    if purpose in who.agreement.step_up and at - who.signed_in_at > timedelta(minutes=who.agreement.step_up_minutes):
        return Refusal(STEP_UP, "For this purpose sign in anew, with a one-time code, and ask again.")
    return None


def _level_for(who: Officer | PeerOfficer) -> int:
    if isinstance(who, Officer):
        return int(who.level)
    return int(min(who.asserted_level, who.agreement.ceiling))


def _comps_for(who: Officer | PeerOfficer, purpose: Purpose) -> tuple[str, ...]:
    """Give '' and the granted names; TRAINING alone for training, and never for anything else."""
    if isinstance(who, Officer):
        named = set(who.compartments)
    else:
        named = set(who.asserted_compartments) & set(who.agreement.compartments)
    if purpose is Purpose.TRAINING:
        return (TRAINING,)
    return ("", *sorted(named - {TRAINING}))


def _classes_for(purpose: Purpose, *, own: bool) -> MappingProxyType[Mode, tuple[str, ...]]:
    """Give each mode its classes. AUDIT sees nothing, not even what has no category."""
    seen = _categories_seen(purpose, own=own)
    if seen is None:
        return MappingProxyType(dict.fromkeys((Mode.READ, Mode.WALK, Mode.REFERENCE, Mode.APPROVE, Mode.REVIEW), ()))
    live = {LIVE_CLASS}
    referenced = _REFERENCED if purpose in _WIDE else frozenset[str]()
    return MappingProxyType(
        {
            Mode.READ: _listed(seen | live),
            Mode.WALK: _listed((seen - _PROTECTED) | live),
            Mode.REFERENCE: _listed(seen | live | referenced),
            Mode.APPROVE: _listed(seen | live | {Status.PENDING.value}) if own else (),
            Mode.REVIEW: _listed(seen | live) if own else (),
        }
    )


def _categories_seen(purpose: Purpose, *, own: bool) -> frozenset[str] | None:
    """Give the categories that a purpose reads, or None where not even records without one are seen."""
    if purpose in _WIDE:
        return _ALL if own else _ALL - _PROTECTED
    if purpose in _PURSUIT:
        return _ALL - _NOT_FOR_PURSUIT
    if purpose is Purpose.CORRECTION and own:
        return _ALL
    return None


def _classes_for_job(mode: Mode) -> tuple[str, ...]:
    if mode is Mode.KEEP:
        return ()
    if mode is Mode.PURGE:
        return _listed({Status.PENDING.value, Status.WITHDRAWN.value, Status.PURGED.value, LIVE_CLASS} | _ALL)
    return _listed(_ALL | {LIVE_CLASS})


def _actions_for(who: Officer | PeerOfficer, purpose: Purpose) -> frozenset[Action]:
    if isinstance(who, PeerOfficer):
        return frozenset({Action.ASK})
    if purpose not in _WRITING:
        return frozenset({Action.ASK})
    return frozenset({Action.ASK, Action.RECORD, Action.WITHDRAW, Action.APPROVE, Action.REVIEW})


def _listed(classes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(classes))
