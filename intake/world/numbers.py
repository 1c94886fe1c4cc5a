"""Numbers that nobody has: of phones, plates, accounts and papers; they look right and belong to no one."""

from intake.world.dice import Dice
from schemas.ids import Platform

# A series of Indian mobile numbers that no operator was ever given, and the numbers that the North American plan keeps
# for fiction: 555-0100 to 555-0199 in each area.
_INDIAN = "+9161111"
_FICTION_AREAS = ("202", "303", "404", "415", "416", "503", "604", "617", "702", "713", "808", "907")
_STEP, _ROOM = 7919, 100_000  # prime to each other, so every number comes once
# An office and a series that no state of ours has: series have two letters at most, and in Delhi a third before them
# for the kind of vehicle, which is never Z; and Delhi's offices do not reach 96.
_OFFICE, _SERIES, _THIRD = "96", "ZZ", "ABCDEFGHJKLMNPQRSTUVWXYZ"
_BANK, _SERVICE = "TRNG0", "trng"  # no bank has this code, and no payment service this handle
_HANDSETS = "00101700"  # the reporting body 00 gives out types for tests only (GSMA TS.06)
_PASSPORTS = "X0"  # no first digit after the letter of an Indian passport is zero
_NOTICES = 900_000  # Interpol has never come near so many in a year


class Numbers:
    """Hands out each number once."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._phones = self._abroad = self._accounts = 0
        self._plates = self._banked = self._handsets = self._passports = self._notices = self._prisoners = 0

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

    def plate(self, state: str) -> tuple[str, int]:
        """Give a registration mark of a state ('RJ'), and the number of the vehicle among all of them."""
        self._plates += 1
        letter, number = divmod(self._plates, 9000)
        return f"{state}{_OFFICE}{_SERIES}{_THIRD[letter % len(_THIRD)]}{number + 1:04d}", self._plates

    def bank_account(self) -> tuple[str, str, str]:
        """Give the IFSC of a branch, a number of fourteen digits there and a UPI address."""
        self._banked += 1
        branch = self._dice.between(1, 40)
        return f"{_BANK}{branch:06d}", f"990{self._banked * _STEP:011d}", f"payee.{self._banked:05d}@{_SERVICE}"

    def handset(self) -> str:
        """Give an IMEI without its check digit."""
        self._handsets += 1
        return f"{_HANDSETS}{self._handsets:06d}"

    def passport(self) -> str:
        """Give the number of an Indian passport."""
        self._passports += 1
        return f"{_PASSPORTS}{self._passports:06d}"

    def red_notice(self, month: int, year: int) -> str:
        """Give the control number of an Interpol notice that was issued in this month."""
        self._notices += 1
        return f"A-{_NOTICES + self._notices}/{month}-{year}"

    def prisoner(self) -> str:
        """Give the number of a prisoner, without prison and year."""
        self._prisoners += 1
        return f"TRN-{self._prisoners}"
