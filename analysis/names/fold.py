"""The fold: what is left of a name when script, spelling habit, title and separator are taken away."""

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from analysis.names import tables
from analysis.names.sounds import sounds

_READ = 400  # characters of a name that are read: twice the longest that schemas.text lets in
_TOKENS, _LETTERS = 12, 40
_STEM = 3  # letters that a name has before what is written onto it
_UNIVERSAL, _INITIAL = 0.25, 0.3  # weights
_JOINED = frozenset("'’ʼ`´\u02bb")
_VOWELS = frozenset("aeiou")
_KEYED = str.maketrans({"v": "b"})  # Bikram is Vikram


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a name: its fold, its sounds, its skeleton, how much it says (0..1), whether it is a common word."""

    fold: str
    sounds: str
    skeleton: str
    weight: float
    common: bool

    @property
    def telling(self) -> bool:
        """Say whether anyone can be found by this word: the universal ones are shared by too many."""
        return self.weight > _UNIVERSAL


def fold(text: str) -> tuple[str, ...]:
    """Give the folded words of a name in order: at most 12, of at most 40 letters; folding again changes nothing."""
    return tuple(token.fold for token in tokens(text))


def tokens(text: str) -> tuple[Token, ...]:
    """Give the words of a name, without separators and, where anything else is left, without titles."""
    return _tokens(text[:_READ])


@lru_cache(maxsize=16384)
def _tokens(text: str) -> tuple[Token, ...]:
    separators, titles, _ = _known()
    words = (piece for word in _words(text) for piece in _pieces(word))
    spoken = [token for word in words if (token := _token(word)).fold and token.fold not in separators]
    named = [token for token in spoken if token.fold not in titles]
    return tuple((named or spoken)[:_TOKENS])


@lru_cache(maxsize=4096)
def skeleton(token: str) -> str:
    """Give the consonants of a folded word; an opening vowel is "a", and y, v, h count only where a word opens.

    Urdu writes y and v like vowels, and an h is often unheard; a repeated consonant counts once, since Urdu does not
    tell "mumtaz" from "mmtaz".
    """
    body = token.replace("ch", "c")
    opening = "a" if body[:1] in _VOWELS else body[:1].translate(_KEYED)
    kept = [opening]
    for letter in body[1:]:
        if letter not in _VOWELS and letter not in "yvh" and letter != kept[-1]:
            kept.append(letter)
    return "".join(kept)


def folded(word: str) -> str:
    """Give the fold of one lower-case word, before common words are brought to one writing."""
    seen, now = "", word
    while now != seen:  # each round is shorter, or has fewer of the letters that no fold holds
        # Between a consonant and an h something was said: "sh" would be another sound.
        heard = sounds(now).replace("*h", "ah")
        seen, now = now, "".join(_letters().get(sound, sound) for sound in heard)[:_LETTERS]
    return now


def _pieces(word: str) -> list[str]:
    """Split off the words that are written onto a name; the fold of a piece is never split again."""
    for end in tables.words().attached:
        if word.endswith(end) and len(word) >= len(end) + _STEM:
            return [*_pieces(word.removesuffix(end)), end]
    found = folded(word)
    pieces = [word] if found == word else _pieces(found)
    return pieces if len(pieces) > 1 else [word]


def _token(word: str) -> Token:
    found = folded(word)
    common = _known()[2].get(found)
    found, weight = common or (found, 1.0)
    return Token(
        found, sounds(word)[:_LETTERS], skeleton(found), weight if len(found) > 1 else _INITIAL, common is not None
    )


def _words(text: str) -> list[str]:
    """Split a text into lower-case words without accents."""
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = unicodedata.normalize("NFC", "".join(char for char in bare if not "\u0300" <= char <= "\u036f"))
    return "".join(_kept(char) for char in bare).split()


@lru_cache(maxsize=4096)
def _kept(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cf" or char in _JOINED:
        return ""
    return char if category[0] in "LMN" else " "


@cache
def _letters() -> dict[str, str]:
    return tables.latin()[1]


@cache
def _known() -> tuple[frozenset[str], frozenset[str], dict[str, tuple[str, float]]]:
    """Give the folds of separators, of titles, and of common words: these with their one writing and their weight."""
    known = tables.words()
    common = {
        _fold_of(writing): (_fold_of(writings[0]), weight) for weight, writings in known.common for writing in writings
    }
    separators, titles = (frozenset(map(_fold_of, part)) for part in (known.separators, known.honorifics))
    return separators, titles, common


def _fold_of(writing: str) -> str:
    return folded(_words(writing)[0])
