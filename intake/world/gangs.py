"""Invented gangs: who leads, who left whom, who fights whom, and which states have met them."""

from dataclasses import dataclass, field
from datetime import date

from intake.world.dice import Dice
from intake.world.names import joined
from intake.world.numbers import Numbers
from intake.world.people import Human, invent_human
from intake.world.tables import Word, lands, words
from schemas.ids import Platform
from schemas.link import Role
from schemas.person import Script

RECORDS_PER_GANG = 60
_ROLES = {
    Role.SHOOTER: 5,
    Role.RECCE: 3,
    Role.DRIVER: 3,
    Role.COLLECTOR: 3,
    Role.RECRUITER: 2,
    Role.ARMS_SUPPLIER: 2,
    Role.LOGISTICS: 2,
    Role.SHELTER: 2,
    Role.FINANCIER: 1,
    Role.HAWALA: 1,
    Role.TIPSTER: 2,
    Role.SIM_OR_ACCOUNT_MULE: 2,
    Role.DOCUMENT_FORGER: 1,
    Role.SOCIAL_MEDIA_HANDLER: 2,
    Role.PRISON_CONTACT: 1,
    Role.REGIONAL_HEAD: 1,
}


@dataclass(frozen=True)
class Account:
    """A social account of a gang: its platform, immutable id and handle."""

    platform: Platform
    id: str
    handle: str


@dataclass
class Gang:
    """One invented gang, the same in whichever state records it. Numbers point into the list of all gangs."""

    number: int
    parts: tuple[Word, ...]
    home: str
    formed: date
    states: tuple[str, ...]
    parent: int | None
    members: list[Human]
    phones: list[str]
    accounts: list[Account]
    rivals: list[int] = field(default_factory=list)
    allies: list[int] = field(default_factory=list)

    @property
    def called(self) -> str:
        """Give the gang's usual name in Latin."""
        return joined(self.parts, Script.LATIN)


def invent_gangs(dice: Dice, numbers: Numbers, records: int, on: date) -> list[Gang]:
    """Invent the gangs of all states: enough for about this many records, at least one at home in each state."""
    gangs: list[Gang] = []
    for land in lands():
        for _ in range(max(1, round(records * land.share / RECORDS_PER_GANG))):
            gangs.append(_invent_gang(dice, numbers, gangs, land.code, on))
    _set_against(dice, gangs)
    _share_phones(dice, numbers, gangs)
    return gangs


def _invent_gang(dice: Dice, numbers: Numbers, before: list[Gang], home: str, on: date) -> Gang:
    parent = dice.pick(before) if before and dice.chance(0.3) else None
    founded = date(on.year - 12, 1, 1) if parent is None else parent.formed
    others = [land.code for land in lands() if land.code != home]
    states = (home, *dice.some(others, dice.between(1, 2))) if dice.chance(0.5) else (home,)
    parts = _name(len(before))
    abroad = numbers.phone_abroad()
    phones = [numbers.phone() for _ in range(dice.between(3, 6))]
    accounts = [_invent_account(dice, numbers, parts) for _ in range(dice.between(1, 4))]
    gang = Gang(
        number=len(before),
        parts=parts,
        home=home,
        formed=dice.day(founded, date(on.year - 2, 12, 31)),
        states=states if parent is None or parent.home in states else (*states, parent.home),
        parent=None if parent is None else parent.number,
        members=_invent_members(dice, numbers, phones, abroad, on),
        phones=[abroad, *phones],
        accounts=accounts,
    )
    if parent is not None:
        # Whoever splits off takes people along.
        gang.members.extend(dice.some(parent.members[1:], 3))
    return gang


def _name(number: int) -> tuple[Word, ...]:
    """Give the name with this number: every weather with every bird, and then again with the other word for a band."""
    weather, birds, bands = words("gangs", "weather"), words("gangs", "bird"), words("gangs", "band")
    turn, place = divmod(number, len(weather) * len(birds))
    # 29 is prime to 144: neighbours in the list share no word.
    row, column = divmod(place * 29 % (len(weather) * len(birds)), len(birds))
    return weather[row], birds[column], bands[(place + turn) % len(bands)]


def _invent_account(dice: Dice, numbers: Numbers, parts: tuple[Word, ...]) -> Account:
    platform, id = numbers.account()
    handle = f"{parts[0].latin[0]}.{parts[1].latin[0]}.{dice.between(10, 999)}".lower()
    return Account(platform, id, handle)


def _invent_members(dice: Dice, numbers: Numbers, pool: list[str], abroad: str, on: date) -> list[Human]:
    """Invent a leader, perhaps a handler abroad, and the rest; a third of them use phones of the gang."""
    top = Role.LEADER_IN_CUSTODY if dice.chance(0.4) else Role.LEADER
    roles = [top, *([Role.HANDLER_ABROAD] if dice.chance(0.5) else [])]
    roles += [dice.weighed(_ROLES) for _ in range(dice.between(11, 21))]
    members = [invent_human(dice, on, aliased=0.45, role=role) for role in roles]
    for member in members:
        if member.role is Role.HANDLER_ABROAD:
            member.phones.append(abroad)
            continue
        if dice.chance(0.6):
            member.phones.append(numbers.phone())
        if dice.chance(0.35):
            member.phones.append(dice.pick(pool))
    return members


def _set_against(dice: Dice, gangs: list[Gang]) -> None:
    """Make rivals and allies among gangs that have met in a state; a split often means a feud."""
    for gang in gangs:
        met = [other for other in gangs if other.number < gang.number and set(other.states) & set(gang.states)]
        for other in dice.some(met, dice.below(3)):
            (gang.rivals if dice.chance(0.6) else gang.allies).append(other.number)
        if gang.parent is not None and gang.parent not in gang.rivals + gang.allies and dice.chance(0.6):
            gang.rivals.append(gang.parent)


def _share_phones(dice: Dice, numbers: Numbers, gangs: list[Gang]) -> None:
    """Put phones of the same sellers of SIM cards into the hands of two or three gangs."""
    for _ in range(len(gangs) // 2 + 1):
        number = numbers.phone()
        for gang in dice.some(gangs, dice.between(2, 3)):
            dice.pick(gang.members).phones.append(number)
            gang.phones.append(number)
