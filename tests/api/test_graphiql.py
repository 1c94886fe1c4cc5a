"""A training node serves GraphiQL by itself, as it was published; a node in production has none of it."""

import re
from dataclasses import replace
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest
from fastapi import FastAPI

from api import graphiql
from api.node import open_node
from api.settings import Settings
from desk.looking import Stamp
from graph import jars
from graph.errors import JarRefused
from graph.local import LocalGraph

pytestmark = pytest.mark.anyio

HTML = {"accept": "text/html"}


async def test_what_the_page_names_is_served_and_it_names_nothing_from_elsewhere(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    async with open_node(_settings(local_graph, tmp_path, Stamp.TRIAL)) as node, _browser(node.app) as browser:
        page = await browser.get("/graphql", headers=HTML)
        named = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert sorted(named) == [
            "data:,",
            *(f"graphiql/{name}" for name in ("graphiql.min.css", "graphiql.min.js", "page.css", "page.js")),
            "graphiql/react-dom.production.min.js",
            "graphiql/react.production.min.js",
        ]
        policy = page.headers["content-security-policy"]
        assert {"default-src 'none'", "script-src 'self'", "connect-src 'self'"} <= set(policy.split("; "))
        for name in named:
            if name.startswith("graphiql/"):
                served = await browser.get("/" + name)
                kind = "text/javascript" if name.endswith(".js") else "text/css"
                assert (served.status_code, served.headers["content-type"]) == (200, f"{kind}; charset=utf-8")
                assert sha256(served.content).hexdigest() == _published(Path(name).name)
        assert (await browser.get("/graphiql/package.json")).status_code == 404


async def test_a_node_in_production_serves_none_of_it(local_graph: LocalGraph, tmp_path: Path) -> None:
    async with open_node(_settings(local_graph, tmp_path, Stamp.LIVE)) as node, _browser(node.app) as browser:
        assert (await browser.get("/graphql", headers=HTML)).status_code == 405
        assert (await browser.get("/graphiql/graphiql.min.js")).status_code == 404


async def test_another_file_than_the_lock_names_is_refused_and_nothing_is_served(
    local_graph: LocalGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *others = graphiql.locked()
    monkeypatch.setattr(graphiql, "locked", lambda: (replace(first, sha256="0" * 64), *others))
    with pytest.raises(JarRefused, match=r"graphiql-2\.4\.7\.jar"):
        async with open_node(_settings(local_graph, tmp_path, Stamp.TRIAL)):
            pass


def _published(name: str) -> str:
    """Give the digest of a file as it stands in its jar, or of one of our own."""
    own = files("api.graphiql") / name
    if own.is_file():
        return sha256(own.read_bytes()).hexdigest()
    found = []
    for jar in graphiql.locked():
        with ZipFile(jars.shared_cache() / "jars" / jar.path) as opened:
            found += [opened.read(one) for one in opened.namelist() if Path(one).name == name and "/cjs/" not in one]
    [published] = found
    return sha256(published).hexdigest()


def _browser(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://node")


def _settings(graph: LocalGraph, folder: Path, stamp: Stamp) -> Settings:
    return Settings(
        state="IN-RJ",
        data=folder / "node",
        stamp=stamp,
        graph_uri=graph.uri,
        graph_user=graph.user,
        graph_password=graph.password,
    )
