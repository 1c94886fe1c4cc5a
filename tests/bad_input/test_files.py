"""A file that cannot be kept is refused before the database is opened, and says nothing of what is hidden."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.local import LocalGraph
from register.media import MOST_BYTES, MOST_POINTS
from tests.bad_input.stand import Stand, stand
from tests.bad_input.values import ABSENT
from tests.register.pictures import PDF, jpeg, png
from tests.register.test_media import archive, bomb
from tests.station import Caller

SOMEBODY, PAPER, GANG = (ABSENT.format(type) for type in ("person", "document", "gang"))

# What is sent to which record, and what of it is at fault.
REFUSED: list[tuple[str, bytes, dict[str, str], str]] = [
    (SOMEBODY, b"", {}, "file"),
    (SOMEBODY, b"GIF89a" + b"\0" * 100, {}, "file"),
    (SOMEBODY, b"<svg xmlns='http://www.w3.org/2000/svg'/>", {}, "file"),
    (SOMEBODY, PDF, {}, "file"),
    (PAPER, b"MZ" + b"\0" * 100, {}, "file"),
    (PAPER, archive(), {}, "file"),
    (PAPER, PDF[:-8], {}, "file"),
    (PAPER, PDF.replace(b"trailer", archive() + b"\ntrailer"), {}, "file"),
    (SOMEBODY, jpeg()[: len(jpeg()) // 2], {}, "file"),
    (SOMEBODY, png()[: len(png()) // 2], {}, "file"),
    (SOMEBODY, b"\xff\xd8\xff" + PDF + b"\xff\xd9", {}, "file"),
    (SOMEBODY, bomb(8_000, MOST_POINTS // 8_000 + 1), {}, "file"),
    (SOMEBODY, bomb(60_000, 60_000), {}, "file"),
    (SOMEBODY, bomb(0, 0), {}, "file"),
    (GANG, jpeg(), {}, "record"),
    (SOMEBODY, jpeg(), {"takenOn": "yesterday"}, "takenOn"),
    (SOMEBODY, jpeg(), {"takenOn": "2026-02-30"}, "takenOn"),
    (SOMEBODY, jpeg(), {"takenOn": ""}, "takenOn"),
    (SOMEBODY, jpeg(), {"takenOn": "9999-12-31"}, "takenOn"),
    (PAPER, PDF, {"takenOn": "2026-05-01"}, "takenOn"),
]


class Sender:
    """An officer who sends files to the stand."""

    def __init__(self, at: Stand, caller: Caller) -> None:
        self._at = at
        self._headers = {"authorization": f"Bearer {caller.token}", "sangam-enquiry": caller.enquiry or ""}

    def send(self, record: str, raw: bytes, params: dict[str, str] | None = None, **more: str) -> httpx.Response:
        async def sent() -> httpx.Response:
            path = f"/records/{record}/files"
            return await self._at.client.post(path, content=raw, params=params, headers={**self._headers, **more})

        return self._at.portal.call(sent)


@pytest.fixture(scope="module")
def at(local_graph: LocalGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with stand(local_graph, tmp_path_factory.mktemp("files")) as made:
        yield made


@pytest.fixture(scope="module")
def sender(at: Stand) -> Sender:
    return Sender(at, at.caller("rj.adg"))


def problems(reply: httpx.Response) -> list[Any]:
    [error] = reply.json()["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    return [one["path"] for one in error["extensions"]["problems"]]


@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_what_cannot_be_kept_is_refused_before_the_database_is_opened(at: Stand, sender: Sender, number: int) -> None:
    record, raw, params, path = REFUSED[number]
    with at.untouched():
        reply = sender.send(record, raw, params)
    assert reply.status_code == 400
    assert problems(reply) == [path]


@pytest.mark.parametrize("length", [str(MOST_BYTES + 1), "9" * 12, "9" * 40])
def test_a_file_that_says_it_is_too_large_is_refused_unread(at: Stand, sender: Sender, length: str) -> None:
    with at.untouched():
        reply = sender.send(SOMEBODY, jpeg(), **{"content-length": length})
    assert reply.status_code == 413
    assert reply.json()["errors"][0]["extensions"]["code"] == "LIMIT"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=400), before=st.sampled_from([b"", jpeg()[:200], png()[:200], PDF[:60], b"%PDF-1.7\n"]))
def test_whatever_is_sent_is_refused_in_our_words(at: Stand, sender: Sender, raw: bytes, before: bytes) -> None:
    with at.untouched():
        reply = sender.send(PAPER, before + raw)
    assert reply.status_code in (400, 404)
    assert "sangam" not in reply.text.lower().replace(PAPER, "")


@pytest.mark.parametrize("id", ["nonsense", "%00", "é", "a" * 300, "..%2F..%2Fetc", SOMEBODY + "x", "'; DROP"])
def test_an_id_that_names_nothing_is_not_found(at: Stand, sender: Sender, id: str) -> None:
    with at.untouched():
        reply = sender.send(id, jpeg())
    assert reply.status_code == 404
