"""Social accounts: the platform, and the id that stays when the handle changes."""

import re
from enum import StrEnum

from schemas.identifier import BadIdentifier
from schemas.phone import phone_normal
from schemas.text import plain

LONGEST = 120


class Platform(StrEnum):
    """Where an account is. OTHER names the platform inside the id, as `name/id`."""

    INSTAGRAM = "INSTAGRAM"
    FACEBOOK = "FACEBOOK"
    X = "X"
    YOUTUBE = "YOUTUBE"
    TELEGRAM = "TELEGRAM"
    SNAPCHAT = "SNAPCHAT"
    WHATSAPP = "WHATSAPP"
    SIGNAL = "SIGNAL"
    OTHER = "OTHER"


_NUMBER = re.compile(r"[1-9][0-9]{0,19}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# What an id looks like on each platform, and how to say so.
_FORMS: dict[Platform, tuple[re.Pattern[str], str]] = {
    Platform.INSTAGRAM: (_NUMBER, "An Instagram account id is a number; the handle can change and is not it."),
    Platform.FACEBOOK: (
        _NUMBER,
        "A Facebook account id is a number; the name in the address can change and is not it.",
    ),
    Platform.X: (_NUMBER, "An X account id is a number; the handle can change and is not it."),
    Platform.YOUTUBE: (
        re.compile(r"UC[A-Za-z0-9_-]{22}"),
        "A YouTube channel id is UC and 22 letters, digits, _ or -.",
    ),
    Platform.TELEGRAM: (re.compile(r"-?[1-9][0-9]{0,15}"), "A Telegram id is a number, with a minus for a group."),
    Platform.SNAPCHAT: (_UUID, "A Snapchat user id is 32 hexadecimal digits in five groups; the user name is not it."),
    Platform.SIGNAL: (_UUID, "A Signal account id is 32 hexadecimal digits in five groups; the phone is not it."),
    Platform.OTHER: (
        re.compile(r"[a-z0-9][a-z0-9.-]{1,29}/[A-Za-z0-9._@:/+=-]{1,80}"),
        "An account elsewhere is written as platform/id, such as sharechat/12345.",
    ),
}


def social_normal(raw: object) -> str:
    """Give `PLATFORM:id` from a platform in any case, a colon and an account id. Raises BadIdentifier."""
    try:
        text = plain(raw, LONGEST)
    except ValueError as problem:
        raise BadIdentifier(str(problem)) from problem
    name, colon, account = (part.strip() for part in text.partition(":"))
    if not colon or name.upper() not in Platform.__members__:
        raise BadIdentifier(
            f"A social id is a platform, a colon and an account id; platforms are {', '.join(Platform)}."
        )
    platform = Platform(name.upper())
    return f"{platform}:{_account_normal(platform, account)}"


def _account_normal(platform: Platform, account: str) -> str:
    if platform is Platform.WHATSAPP:
        return phone_normal(account)
    form, sentence = _FORMS[platform]
    written = account.lower() if form is _UUID else account
    if platform is Platform.OTHER:
        site, slash, rest = account.partition("/")
        written = site.lower() + slash + rest
    if not form.fullmatch(written):
        raise BadIdentifier(sentence)
    return written
