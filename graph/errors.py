"""What can keep the graph from serving, each in one line that an operator can act on, and what is too much to ask."""


class GraphUnavailable(Exception):
    """The database cannot be used; the message is one clear line."""

    exit_code = 3


class PasswordRefused(GraphUnavailable):
    """The database answers and does not know this user name and password."""


class DataDirectoryBusy(GraphUnavailable):
    """Another living node uses the data directory."""


class JarRefused(GraphUnavailable):
    """A file is not the one that the lock names, so nothing of it is run."""


class DatabaseTooNew(GraphUnavailable):
    """The database was migrated by a newer release than this one."""


class TooMuchAsked(Exception):
    """A question would look at more links, or need more memory, than one question may have."""
