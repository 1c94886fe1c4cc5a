"""Numbers that nobody has: phones, accounts and reports that look right and belong to no one."""

from intake.world.dice import Dice
from schemas.ids import Platform

# A series of Indian mobile numbers that no operator was ever given, and the numbers that the North American plan keeps
# for fiction: 555-0100 to 555-0199 in each area.
_INDIAN = "+9161111"
_FICTION_AREAS = ("202", "303", "404", "415", "416", "503", "604", "617", "702", "713", "808", "907")
_STEP, _ROOM = 7919, 100_000  # prime to each other, so every number comes once


class Numbers:
    """Hands out each number once."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._phones = self._abroad = self._accounts = 0

    def phone(self) -> str:
        """Give a new Indian mobile number, as E.164. Raises ValueError when the series is used up."""
        if self._phones == _ROOM:
            raise ValueError("The training world has no more phone numbers; choose a smaller scale.")
        self._phones += 1
        return f"{_INDIAN}{self._phones * _STEP % _ROOM:05d}"

    def phone_abroad(self) -> str:
        """Give a foreign number, as E.164; there are twelve hundred, and then they come again."""
        self._abroad += 1
        area = _FICTION_AREAS[self._abroad % len(_FICTION_AREAS)]
        return f"+1{area}55501{self._abroad // len(_FICTION_AREAS) % 100:02d}"

    def account(self) -> tuple[Platform, str]:
        """Give a platform and an account id of the platform's form, too high or too plain to be in use."""
        self._accounts += 1
        platform = self._dice.pick(
            (Platform.INSTAGRAM, Platform.INSTAGRAM, Platform.FACEBOOK, Platform.TELEGRAM, Platform.YOUTUBE, Platform.X)
        )
        match platform:
            case Platform.YOUTUBE:
                return platform, f"UCtraining{self._accounts:014d}"
            case Platform.TELEGRAM:
                return platform, f"99900{self._accounts:010d}"
            case _:
                return platform, f"9990000{self._accounts:012d}"
