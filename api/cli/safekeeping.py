"""The stores of a node that is stopped: backed up, restored, compacted. What each of these does is the desk's."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.progress import bars
from api.cli.running import run
from api.cli.saying import JsonFlag, err, out, say_json
from api.settings import Settings
from desk.backing import backup as back_up
from desk.compacting import compact as make_compact
from desk.errors import Refused
from desk.restoring import restore as bring_back
from desk.stores import Stores, state_keys
from schemas.operation import SystemRandom, system_clock

_MEGABYTE = 1024 * 1024


def backup(
    to: Annotated[Path, typer.Option("--output", "-o", help="The file to write, which is not there yet.")],
    json: JsonFlag = False,
) -> None:
    """Back both stores and all files up into one sealed file, with its SHA-256 beside it. Keep the keys apart."""
    node = _stores()
    with bars(quiet=json) as tell:
        made = run(back_up(node, to, progress=tell))
    said = {"file": str(made.path), "bytes": made.bytes, "sha256": made.sha256, "files": made.files}
    if json:
        say_json(said | {"missing_files": made.missing})
        return
    out.print(f"{made.path}: {made.bytes:,} bytes, {made.files} files\nSHA-256 {made.sha256}", markup=False)
    out.print(
        f"It opens only under the keys in {node.data / 'keys'}: keep a copy of them in another place.", markup=False
    )
    if made.missing:
        err.print(f"{made.missing} files are lost: the register knows them and the vault does not have them.")


def restore(
    source: Annotated[Path, typer.Argument(help="The backup.")],
    replace: Annotated[bool, typer.Option("--replace", help="Replace the stores that are there.")] = False,
    json: JsonFlag = False,
) -> None:
    """Put the stores of a backup in the place of those that are there; what has ended stays ended."""
    node = _stores()
    if not replace and node.bytes():
        message = f"There are stores in {node.data}: say --replace to put those of the backup in their place."
        raise Refused("STORES_EXIST", message)
    with bars(quiet=json) as tell:
        made = run(bring_back(node, source, progress=tell))
    if json:
        say_json({"made_at": made.made_at, "files": made.files, "ended_known": made.ended_known})
        return
    out.print(f"The stores are those of {made.made_at}, with {made.files} files.", markup=False)
    if not made.ended_known:
        err.print("The register that was here could not say what has ended since: purge again what was purged since.")


def compact(json: JsonFlag = False) -> None:
    """Make the stores anew from what lives in them; of what was deleted no byte is left."""
    node = _stores()
    with bars(quiet=json) as tell:
        made = run(make_compact(node, progress=tell))
    said = {"nodes": made.nodes, "links": made.links, "bytes_before": made.before, "bytes_after": made.after}
    if json:
        say_json(said)
    else:
        before, after = (f"{size / _MEGABYTE:,.1f} MB" for size in (made.before, made.after))
        out.print(f"{made.nodes:,} nodes and {made.links:,} links live; {before} became {after}.")


def _stores() -> Stores:
    chosen = Settings()
    if chosen.graph_uri is not None or chosen.register_url is not None:
        message = "A store of this node is on a server of its own, which has tools of its own for this."
        raise Refused("STORES_ELSEWHERE", message)
    keys = state_keys(chosen.data)
    return Stores(chosen.state, chosen.data, keys, system_clock, SystemRandom())
