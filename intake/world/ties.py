"""What ties invented gangs to each other: feuds and alliances, and the same sellers, hirers and payees."""

from datetime import date

from intake.world.dice import Dice
from intake.world.gangs import Gang
from intake.world.money import invent_money_account
from intake.world.numbers import Numbers
from intake.world.vehicles import invent_vehicle


def tie(dice: Dice, numbers: Numbers, gangs: list[Gang], on: date) -> None:
    """Set gangs against each other, and put the same phones, vehicles and accounts into the hands of several."""
    _set_against(dice, gangs)
    _share_phones(dice, numbers, gangs)
    _share_means(dice, numbers, gangs, on)


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
    for _ in range(len(gangs)):
        number = numbers.phone()
        for gang in dice.some(gangs, dice.between(2, 3)):
            dice.pick(gang.members).phones.append(number)
            gang.phones.append(number)


def _share_means(dice: Dice, numbers: Numbers, gangs: list[Gang], on: date) -> None:
    """Let two or three gangs drive the same hired vehicle, and collect by the same payee's account.

    These stand first: of what a gang has, its neighbours in other states learn the first.
    """
    for _ in range(len(gangs) // 2 + 1):
        sharing = dice.some(gangs, dice.between(2, 3))
        vehicle = invent_vehicle(dice, numbers, sharing[0].home[-2:], on)
        account = invent_money_account(dice, numbers, on)
        for gang in sharing:
            gang.vehicles.insert(0, vehicle)
            gang.money.insert(0, account)
