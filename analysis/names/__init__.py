"""Names in Devanagari, Gurmukhi, Gujarati, Arabic-script Urdu and Latin: one fold, its keys, a likeness, a rank."""

from analysis.names.compare import Likeness, likeness
from analysis.names.fold import fold, skeleton
from analysis.names.keys import keys
from analysis.names.rank import rank

__all__ = ["Likeness", "fold", "keys", "likeness", "rank", "skeleton"]
