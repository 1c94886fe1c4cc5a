"""Some hundred mutated requests and files, among them each kind of answer; `PART=fuzz` sends more."""

import json
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from auth.keys import SigningKey
from graph.local import LocalGraph
from tests.auth.forging import forge
from tests.fuzz import files
from tests.fuzz.asking import MUTATIONS, Asking, mutated
from tests.fuzz.run import asked
from tests.fuzz.world import world

pytestmark = pytest.mark.anyio


async def test_whatever_a_member_or_a_stranger_sends_is_answered_or_refused_with_one_reason(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    came = Counter[str]()
    async with world(local_graph, tmp_path) as made:
        # In seed 12 there is a request that is no HTTP.
        for seed in (2, 3, 12):
            heard, wrong = await asked(made, seed)
            came += heard
            assert wrong == []
    assert {
        "200",
        "200 NOT_FOUND",
        "400 BAD_INPUT",
        "401 UNAUTHENTICATED",
        "404 NOT_FOUND",
        "415 BAD_INPUT",
    } <= came.keys()
    assert came["200"] > 20, "hardly anything was answered"


async def test_whatever_a_membership_says_it_is_trusted_by_its_signatures_or_refused_with_one_reason(
    tmp_path: Path,
) -> None:
    came = Counter[str]()
    register = await files.opened(tmp_path)
    try:
        for seed in range(6):
            heard, wrong = await files.trusted(register, seed)
            came += heard
            assert wrong == []
    finally:
        await register.close()
    checks = ("FORM", "QUORUM", "VERSION", "KEY", "CERTIFICATE", "NUMBER", "OWN")
    assert {"file trusted", *(f"file MEMBERSHIP_{check}" for check in checks)} <= came.keys()


def test_each_mutation_changes_something() -> None:
    key, random = SigningKey.generate(), Random(1)
    said = {"iss": "IN-RJ", "sub": "IN-RJ:adg.crime", "aud": "IN-PB", "level": 3, "iat": 1_780_000_000, "cnf": {}}
    said |= {"enquiry": "urn:sangam:IN-RJ:enquiry:1", "rank": "SP_DCP", "compartments": []}
    token = forge({"alg": "ES256", "typ": "fed+jwt", "kid": key.kid}, said, key.private)
    for name in MUTATIONS:
        changed = 0
        for _ in range(50):
            one = Asking("IN-RJ", token, {"query": "{ me { id } }", "variables": {"a": 1}})
            before = (one.value, one.whole, one.path, one.method)
            MUTATIONS[name](one, key, random)
            changed += (one.value, one.whole, one.path, one.method) != before
        # Bytes are spelled anew at the end.
        assert (changed > 25) is (name != "bytes"), name


def test_a_mutated_request_is_spelled_as_no_writer_would_now_and_then() -> None:
    key, random, value = SigningKey.generate(), Random(1), {"query": "{ me { id } }"}
    made = [mutated(Asking("IN-RJ", None, value), key, random) for _ in range(300)]
    assert all(one.body is not None and one.said for one in made)
    bare = [one for one in made if set(one.said) == {"bytes"}]
    assert bare
    assert 0 < sum(one.body != json.dumps(value).encode() for one in bare) < len(bare)
