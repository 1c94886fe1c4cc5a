"""GraphiQL, with which a training officer tries a question: fetched once, checked, and served by the node itself.

In order:
1. Its files come as jars of a lock, into the cache that holds Neo4j's.
2. The page names no address but the node's own, and the browser is told to load nothing from elsewhere.
"""

import zipfile
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from api.wire import Reply
from graph import jars

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src data:; img-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_MEDIA = {".js": "text/javascript", ".css": "text/css"}
_PUBLISHED = {
    "graphiql": ("graphiql.min.js", "graphiql.min.css"),
    "react": ("umd/react.production.min.js",),
    "react-dom": ("umd/react-dom.production.min.js",),
}


def _own(name: str) -> bytes:
    return (files("api.graphiql") / name).read_bytes()


PAGE = Reply(
    200, _own("page.html"), "text/html", {"content-security-policy": _POLICY, "referrer-policy": "no-referrer"}
)


def locked() -> tuple[jars.Jar, ...]:
    """Give the jars that hold GraphiQL."""
    return jars.read_lock(_own("lock.toml").decode())


def fetched(report: jars.Report) -> Mapping[str, Reply]:
    """Give what the page loads by its name, fetched if need be; raise JarRefused or GraphUnavailable."""
    root = jars.shared_cache() / "jars"
    jars.make_ready(root, locked(), report)
    return _unpacked(root)


@cache
def _unpacked(root: Path) -> Mapping[str, Reply]:
    """Read the files out of their jars, once for all nodes of a process."""
    given = {name: _own(name) for name in ("page.js", "page.css")}
    for jar in locked():
        with zipfile.ZipFile(root / jar.path) as opened:
            for name in _PUBLISHED[jar.artifact]:
                inside = f"META-INF/resources/webjars/{jar.artifact}/{jar.version}/{name}"
                given[Path(name).name] = opened.read(inside)
    return {name: Reply(200, body, _MEDIA[Path(name).suffix]) for name, body in given.items()}
