"""Invented gangs: who leads, who left whom, what they have, and which states have met them."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from intake.world.accounts import Account, invent_account
from intake.world.dice import Dice
from intake.world.money import MoneyAccount, invent_money_account
from intake.world.names import joined
from intake.world.numbers import Numbers
from intake.world.people import Held, Human, Wanted, invent_human
from intake.world.tables import Land, Word, lands, words
from intake.world.vehicles import Vehicle, invent_vehicle
from schemas.link import Role
from schemas.person import Script

RECORDS_PER_GANG = 102
# One gang in three is prosecuted so often that BNS 111 can be seen to reach it, and one has never been.
_PROSECUTED = (0.0, 0.4, 0.95)
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


@dataclass
class Gang:
    """One invented gang, the same in whichever state records it. Numbers point into the list of all gangs.

    `prosecuted` is the part of its cases with an accused that come before a court, as acts of a gang.
    """

    number: int
    parts: tuple[Word, ...]
    home: str
    formed: date
    states: tuple[str, ...]
    parent: int | None
    members: list[Human]
    phones: list[str]
    accounts: list[Account]
    vehicles: list[Vehicle]
    money: list[MoneyAccount]
    prosecuted: float
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
            gangs.append(_invent_gang(dice, numbers, gangs, land, on))
    return gangs


def _invent_gang(dice: Dice, numbers: Numbers, before: list[Gang], land: Land, on: date) -> Gang:
    parent = dice.pick(before) if before and dice.chance(0.3) else None
    founded = date(on.year - 12, 1, 1) if parent is None else parent.formed
    others = [other.code for other in lands() if other.code != land.code]
    states = (land.code, *dice.some(others, dice.between(1, 2))) if dice.chance(0.5) else (land.code,)
    parts = _name(len(before))
    abroad = numbers.phone_abroad()
    phones = [numbers.phone() for _ in range(dice.between(3, 6))]
    gang = Gang(
        number=len(before),
        parts=parts,
        home=land.code,
        formed=dice.day(founded, date(on.year - 2, 12, 31)),
        states=states if parent is None or parent.home in states else (*states, parent.home),
        parent=None if parent is None else parent.number,
        members=_invent_members(dice, numbers, land, [abroad, *phones], on),
        phones=[abroad, *phones],
        accounts=[invent_account(dice, numbers, parts) for _ in range(dice.between(1, 4))],
        vehicles=[invent_vehicle(dice, numbers, land.short, on) for _ in range(dice.between(1, 4))],
        money=[invent_money_account(dice, numbers, on) for _ in range(dice.between(1, 3))],
        prosecuted=_PROSECUTED[len(before) % len(_PROSECUTED)],
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


def _invent_members(dice: Dice, numbers: Numbers, land: Land, phones: list[str], on: date) -> list[Human]:
    """Invent a leader, perhaps a handler abroad, and the rest; a third of them use phones of the gang."""
    top = Role.LEADER_IN_CUSTODY if dice.chance(0.4) else Role.LEADER
    roles = [top, *([Role.HANDLER_ABROAD] if dice.chance(0.5) else [])]
    roles += [dice.weighed(_ROLES) for _ in range(dice.between(11, 21))]
    members = [invent_human(dice, on, aliased=0.45, role=role) for role in roles]
    abroad, *pool = phones
    for member in members:
        if member.role is Role.LEADER_IN_CUSTODY:
            admitted = dice.day(on - timedelta(days=1500), on - timedelta(days=90))
            member.held = Held(dice.pick(land.prisons), numbers.prisoner(), admitted)
        if member.role is Role.HANDLER_ABROAD:
            issued = dice.day(on - timedelta(days=1200), on - timedelta(days=60))
            member.passport = numbers.passport()
            member.wanted = Wanted(numbers.red_notice(issued.month, issued.year), issued)
            member.phones.append(abroad)
            continue
        if dice.chance(0.6):
            member.phones.append(numbers.phone())
        if dice.chance(0.35):
            member.phones.append(dice.pick(pool))
        if dice.chance(0.1):
            member.handset = numbers.handset()
    return members
