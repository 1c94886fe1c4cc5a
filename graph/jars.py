"""Neo4j's jars: fetched once into the cache that all nodes of a machine share, and checked before every run.

In order:
1. A jar is used only if its SHA-256 is the one in its lock; another is refused by name.
2. A fetched jar is checked in a folder of its own and moved into the cache whole.
3. A filled cache needs no network.
"""

import hashlib
import os
import tempfile
import threading
import tomllib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import requests
from platformdirs import user_cache_dir

from graph.errors import GraphUnavailable, JarRefused

Report = Callable[[int, int], None]
AT_ONCE = 4
PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Jar:
    """One artifact of the lock; `path` is relative, in Maven's layout."""

    group: str
    artifact: str
    version: str
    classifier: str
    sha256: str

    @property
    def path(self) -> str:
        """Give the place of the jar under the cache and in a repository."""
        tail = f"-{self.classifier}" if self.classifier else ""
        folder = f"{self.group.replace('.', '/')}/{self.artifact}/{self.version}"
        return f"{folder}/{self.artifact}-{self.version}{tail}.jar"


def shared_cache() -> Path:
    """Give the folder that all nodes of a machine share: SANGAM_CACHE, else the user's cache folder."""
    return Path(os.environ.get("SANGAM_CACHE") or user_cache_dir("sangam")).absolute()


@cache
def locked() -> tuple[Jar, ...]:
    """Give Neo4j's jars in the order of the class path."""
    return read_lock((files("graph") / "neo4j.lock.toml").read_text(encoding="utf-8"))


def read_lock(text: str) -> tuple[Jar, ...]:
    """Give the jars that a lock names, in its order."""
    lock = tomllib.loads(text)
    return tuple(
        Jar(one["groupId"], one["artifactId"], one["version"], one.get("classifier", ""), one["sha256"])
        for one in lock["dependencies"]
    )


def make_ready(root: Path, jars: Sequence[Jar], report: Report) -> None:
    """Fetch what is missing under `root` and check all; raise JarRefused, or GraphUnavailable without a network.

    `report` is told how many of how many jars are ready, from this thread.
    """
    missing = [jar for jar in jars if not (root / jar.path).is_file()]
    present = [jar for jar in jars if jar not in missing]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for jar, good in zip(present, pool.map(lambda jar: _is(root / jar.path, jar), present), strict=True):
            if not good:
                raise JarRefused(f"{jar.path} in the cache is not the file that the lock names; remove it: {root}")
    if missing:
        root.mkdir(parents=True, exist_ok=True, mode=0o755)
        with _fetcher(root) as fetch, ThreadPoolExecutor(AT_ONCE) as pool:
            report(len(present), len(jars))
            for done, _ in enumerate(pool.map(fetch, missing), len(present) + 1):
                report(done, len(jars))


def _is(file: Path, jar: Jar) -> bool:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest() == jar.sha256


@contextmanager
def _fetcher(root: Path) -> Iterator[Callable[[Jar], None]]:
    """Give a function that fetches one jar: a connection per thread, because one per file takes five times longer."""
    from jgo.maven import MavenContext  # a fifth of a second to import, and a filled cache has no need of it

    repositories = list(MavenContext(repo_cache=root).remote_repos.values())
    local = threading.local()
    opened: list[requests.Session] = []

    def fetch(jar: Jar) -> None:
        if not hasattr(local, "session"):
            local.session = requests.Session()
            opened.append(local.session)
        _fetch_from(local.session, repositories, jar, root, Path(room))

    with tempfile.TemporaryDirectory(prefix=".fetching-", dir=root) as room:
        try:
            yield fetch
        finally:
            for session in opened:
                session.close()


def _fetch_from(session: requests.Session, repositories: list[str], jar: Jar, root: Path, room: Path) -> None:
    """Fetch one jar from the first repository that has it, check it and move it into its place."""
    part = room / f"{jar.sha256}.jar"
    for repository in repositories:
        try:
            with session.get(f"{repository}/{jar.path}", timeout=PATIENCE_SECONDS, stream=True) as answer:
                if answer.status_code != requests.codes.ok:
                    continue
                with part.open("wb") as file:
                    for chunk in answer.iter_content(1 << 16):
                        file.write(chunk)
        except requests.RequestException:
            continue
        if not _is(part, jar):
            raise JarRefused(f"{jar.path} as fetched is not the file that the lock names; nothing of it was run.")
        place = root / jar.path
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(part, place)
        return
    raise GraphUnavailable(f"{jar.path} is not in the cache and could not be fetched; is there a network?")
