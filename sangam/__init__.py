"""The client: ask a node from Python, with answers in the same words that the node keeps."""

from sangam.answers import (
    AnyRecord,
    AudienceSnapshot,
    Brief,
    FollowerAct,
    HeldEnquiry,
    History,
    Hit,
    Identifier,
    Joined,
    Left,
    Link,
    Network,
    NodeKind,
    Page,
    Path,
    Paths,
    PendingChange,
    Record,
    Step,
)
from sangam.async_client import AsyncClient
from sangam.client import Client
from sangam.entering import SignedIn, renew, renew_async, sign_in, sign_in_async
from sangam.errors import Refused, SangamError, Unavailable, Waits
from sangam.exported import Exported

__all__ = [
    "AnyRecord",
    "AsyncClient",
    "AudienceSnapshot",
    "Brief",
    "Client",
    "Exported",
    "FollowerAct",
    "HeldEnquiry",
    "History",
    "Hit",
    "Identifier",
    "Joined",
    "Left",
    "Link",
    "Network",
    "NodeKind",
    "Page",
    "Path",
    "Paths",
    "PendingChange",
    "Record",
    "Refused",
    "SangamError",
    "SignedIn",
    "Step",
    "Unavailable",
    "Waits",
    "renew",
    "renew_async",
    "sign_in",
    "sign_in_async",
]
