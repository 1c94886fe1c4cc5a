"""Name keys: what a stored name is found by, and what a question asks for; the same for both."""

from itertools import pairwise

from analysis.names.fold import Token, skeleton, tokens

_RETROFLEX = str.maketrans("d", "r")  # Chopra is Chopda


def keys(text: str) -> frozenset[str]:
    """Give the keys of a name: per telling word its skeleton, and that of the word run together with the next.

    A name of universal words alone (Singh, Kaur, Mohammed) has the keys of those. At most two keys for each word.
    """
    words = tokens(text)
    telling = [word for word in words if word.telling] or list(words)
    return frozenset(bones.translate(_RETROFLEX) for bones in [*(word.skeleton for word in telling), *_joined(telling)])


def _joined(words: list[Token]) -> list[str]:
    return [skeleton(one.fold + other.fold) for one, other in pairwise(words) if one.telling and other.telling]
