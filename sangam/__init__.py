"""The client: ask a node from Python, with answers in the same words that the node keeps."""

from sangam.answers import (
    AnyRecord,
    Brief,
    HeldEnquiry,
    Hit,
    Identifier,
    Joined,
    Left,
    Link,
    Network,
    NodeKind,
    Page,
    Record,
)
from sangam.async_client import AsyncClient
from sangam.client import Client
from sangam.entering import SignedIn, renew, renew_async, sign_in, sign_in_async
from sangam.errors import Refused, SangamError, Unavailable

__all__ = [
    "AnyRecord",
    "AsyncClient",
    "Brief",
    "Client",
    "HeldEnquiry",
    "Hit",
    "Identifier",
    "Joined",
    "Left",
    "Link",
    "Network",
    "NodeKind",
    "Page",
    "Record",
    "Refused",
    "SangamError",
    "SignedIn",
    "Unavailable",
    "renew",
    "renew_async",
    "sign_in",
    "sign_in_async",
]
