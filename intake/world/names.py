"""Invented names, written as different stations would write them."""

from dataclasses import dataclass

from intake.world.dice import Dice
from intake.world.tables import Land, Word, words
from schemas.person import NameKind, RecordedName, Script, Sex


@dataclass(frozen=True)
class Called:
    """What a human is called, before anyone writes it down."""

    given: Word
    second: Word
    father: Word
    alias: Word | None


def invent_name(dice: Dice, *, aliased: float) -> Called:
    """Name a human: a given name, a second name of a tree or stone, a father, and perhaps an alias."""
    given = dice.pick(words("names", "given"))
    fathers = [word for word in words("names", "given") if word.sex is Sex.MALE and word is not given]
    alias = dice.pick(words("names", "alias")) if dice.chance(aliased) else None
    return Called(given, dice.pick(words("names", "second")), dice.pick(fathers), alias)


def record_names(dice: Dice, called: Called, land: Land) -> tuple[RecordedName, ...]:
    """Write a human's names as a station of this state would: Latin, the state's script, spellings, an alias."""
    usual = full_name(called, Script.LATIN, dice.below(3))
    local = dice.weighed(land.scripts)
    names = [RecordedName(text=full_name(called, local), script=local, kind=NameKind.LEGAL)]
    latin = RecordedName(text=usual, script=Script.LATIN, kind=NameKind.LEGAL)
    # One name in ten was never written in Latin: only the tables that join the scripts can find it there.
    names = names if dice.chance(0.1) else [latin, *names] if dice.chance(0.7) else [latin]
    spelling = full_name(called, Script.LATIN, dice.below(3))
    if spelling != usual and dice.chance(0.4):
        names.append(RecordedName(text=spelling, script=Script.LATIN, kind=NameKind.SPELLING))
    if called.alias:
        script = Script.LATIN if dice.chance(0.6) else local
        names.append(RecordedName(text=called.alias.written(script, dice.below(2)), script=script, kind=NameKind.URF))
    return tuple(names)


def full_name(called: Called, script: Script, spelling: int = 0) -> str:
    """Give given name and second name in one script."""
    return f"{called.given.written(script, spelling)} {called.second.written(script, spelling)}"


def record_gang_names(dice: Dice, parts: tuple[Word, ...], land: Land) -> tuple[RecordedName, ...]:
    """Write a gang's name in Latin and in the state's scripts, with a spelling and what it calls itself for short."""
    names = [RecordedName(text=joined(parts, Script.LATIN), script=Script.LATIN, kind=NameKind.LEGAL)]
    for script in land.scripts:
        names.append(RecordedName(text=joined(parts, script), script=script, kind=NameKind.SPELLING))
    spelling = joined(parts, Script.LATIN, 1)
    names.append(RecordedName(text=spelling, script=Script.LATIN, kind=NameKind.SPELLING))
    if dice.chance(0.5):
        short = f"{parts[1].written(Script.LATIN)} {parts[-1].written(Script.LATIN)}"
        source = f"Statement of a co-accused, training file TRN/{land.short}/{dice.between(1, 400):04d}"
        names.append(RecordedName(text=short, script=Script.LATIN, kind=NameKind.ALIAS, source=source))
    return tuple(names)


def joined(parts: tuple[Word, ...], script: Script, spelling: int = 0) -> str:
    """Give the words of a name in one script, with a space between them."""
    return " ".join(part.written(script, spelling) for part in parts)
