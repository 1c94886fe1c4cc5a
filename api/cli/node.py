"""Serving one node, and what a node is made of: its settings and its schema."""

import os
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from rich.table import Table

from api.cli.saying import JsonFlag, out, say_json


def serve(
    state: Annotated[str | None, typer.Option(help="The state, such as IN-RJ; else SANGAM_STATE.")] = None,
    data: Annotated[Path | None, typer.Option(help="The data directory; else SANGAM_DATA.")] = None,
    port: Annotated[int | None, typer.Option(help="The port, 0 for a free one; else SANGAM_PORT.")] = None,
    json: JsonFlag = False,
) -> None:
    """Serve one node until Ctrl-C."""
    from api.cli.running import run_until_told

    run_until_told(_serve({"state": state, "data": data, "port": port}, json=json))


async def _serve(given: dict[str, Any], *, json: bool) -> None:
    from api.cli.progress import bars
    from api.cli.serving import forever, served
    from api.node import StampDiffers, open_node
    from api.rehearsing import rehearsing
    from api.rest.metrics import Metrics
    from api.settings import Settings
    from desk.looking import Stamp
    from desk.stores import serving

    chosen = Settings(**{name: value for name, value in given.items() if value is not None})
    if chosen.stamp is Stamp.TRIAL:
        raise StampDiffers("A node is served LIVE or for TRAINING; TRIAL is for worlds that tests make.")
    async with AsyncExitStack() as stack:
        stack.enter_context(serving(chosen.data))
        with bars(quiet=json) as tell:
            opened = await stack.enter_async_context(open_node(chosen, progress=tell))
        if (peers := opened.peers) is not None:
            await stack.enter_async_context(served(peers, chosen.peer_host, chosen.peer_port, peers.tls))
        url = await stack.enter_async_context(served(opened.app, chosen.host, chosen.port))
        said = {"state": chosen.state, "url": url}
        if chosen.metrics_port is not None:
            figures = served(Metrics(opened.desk), chosen.metrics_host, chosen.metrics_port)
            said["metrics"] = f"{await stack.enter_async_context(figures)}/metrics"
        await stack.enter_async_context(rehearsing(opened.desk))
        if json:
            say_json(said)
        else:
            out.print(f"The node of {chosen.state} answers at [bold]{url}[/]. Ctrl-C ends it.")
        await forever()


def settings(json: JsonFlag = False) -> None:
    """Print every setting with its meaning, its type and where its value comes from."""
    from api.settings import Settings, filed_secrets

    present, filed = {name.upper() for name in os.environ}, filed_secrets()
    rows = []
    for name, field in Settings.model_fields.items():
        variable = f"SANGAM_{name}".upper()
        if variable in present:
            source = "environment"
        elif variable in filed:
            source = "file"
        else:
            source = "not set" if field.is_required() else "default"
        secret = "SecretStr" in str(field.annotation)
        default = None if field.is_required() or secret else field.default
        value = os.environ.get(variable, default)
        rows.append(
            {
                "name": variable,
                "type": _type(field.annotation),
                "value": "set" if source == "file" or (secret and source == "environment") else _text(value),
                "source": source,
                "meaning": field.description,
            }
        )
    if json:
        say_json(rows)
        return
    table = Table("setting", "type", "value", "source", "meaning")
    for row in rows:
        table.add_row(*(str(row[column] or "") for column in ("name", "type", "value", "source", "meaning")))
    out.print(table)


def _type(annotation: Any) -> str:
    parts = [part for part in get_args(annotation) if part is not type(None)] or [annotation]
    return " or ".join(getattr(part, "__name__", str(part)) for part in parts)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def schema(
    write: Annotated[
        bool, typer.Option("--write", help="Write it, the trusted documents and the reference into the sources.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Print the one schema."""
    from api.exported import exported, schema_text

    if not write:
        if json:
            say_json({"schema": schema_text()})
        else:
            out.out(schema_text(), end="")
        return
    written = []
    for path, content in exported().items():
        path.write_bytes(content)
        written.append(str(path))
    if json:
        say_json({"written": written})
    else:
        out.print("\n".join(f"{path} is written." for path in written), markup=False)
