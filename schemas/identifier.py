"""What every identifier of the world has in common: it is refused with a sentence that an officer understands."""


class BadIdentifier(ValueError):
    """An identifier that cannot be one of its kind; the message says why, in one sentence."""
