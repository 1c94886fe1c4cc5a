"""One seed of requests: the same ones wherever it runs, each judged, and the owner found whole after them."""

import json
from collections import Counter
from random import Random
from uuid import UUID

from api.documents import digest_of
from tests.fuzz.asking import Asking, mutated
from tests.fuzz.judging import judged
from tests.fuzz.world import CANARY, FIND, NAME, RECORD, STRANGER, Answer, NoAnswer, World
from tests.station import PLANNINGS

REQUESTS = 100


async def asked(world: World, seed: int, requests: int = REQUESTS) -> tuple[Counter[str], list[str]]:
    """Send the requests of a seed; give what came, by status and code, and what is wrong."""
    random, came, wrong = Random(f"requests {seed}"), Counter[str](), []
    refusal = await _refused(world)
    for n in range(requests):
        port = random.choice(("any", "any", "live"))
        sender = random.choice(("IN-RJ", "IN-RJ", "IN-RJ", "IN-HR", "IN-HR", STRANGER))
        one = _good(world, sender, port, random)
        one = mutated(one, world.seats[sender].ring.current, random)
        if random.random() < 0.05 and one.token is not None:
            # As an honest peer's, but under another's certificate.
            one.sender = "IN-HR" if one.sender == "IN-RJ" else "IN-RJ"
        world.log.lines.clear()
        before = await _head(world)
        try:
            answer = await world.send(one, port)
        except NoAnswer as fault:
            found = [f"no answer: {fault}"]
            came["no answer"] += 1
        else:
            found = judged(world, one, answer, refusal, list(world.log.lines), await _head(world) - before)
            came[f"{answer.status} {answer.code or ''}".strip()] += 1
        wrong += [f"request {n} of seed {seed} ({', '.join(one.said)}, {port}): {what}" for what in found]
    if not await whole(world):
        wrong.append(f"after seed {seed} an honest question is not answered")
    return came, wrong


def _good(world: World, sender: str, port: str, random: Random) -> Asking:
    """Make a request as an honest peer would."""
    token = world.token(sender, UUID(int=random.getrandbits(128), version=4))
    if port == "live":
        named = {"persistedQuery": {"version": 1, "sha256Hash": digest_of(random.choice(world.documents))}}
        return Asking(sender, token, {"extensions": named, "variables": {"text": NAME}})
    if random.random() < 0.3:
        id = random.choice([world.seen, *sorted(world.hidden)])
        return Asking(sender, token, {"query": RECORD, "variables": {"id": id}})
    variables = {"text": random.choice((NAME, NAME.split()[0], CANARY)), "first": random.choice((1, 20, 50))}
    return Asking(sender, token, {"query": FIND, "variables": variables, "operationName": "Peer"})


async def whole(world: World) -> bool:
    """Say whether an honest question finds what it may, asked again while a busy machine does not answer in time."""
    random = Random()
    for _ in range(3 * PLANNINGS):
        answer = await _honest(world, UUID(int=random.getrandbits(128), version=4))
        if answer.code != "DEADLINE":
            break
    if answer.status != 200 or "data" not in json.loads(answer.body):
        return False
    edges = json.loads(answer.body)["data"]["find"]["edges"]
    return [edge["node"]["id"] for edge in edges] == [world.seen]


async def _honest(world: World, jti: UUID) -> Answer:
    value = {"query": FIND, "variables": {"text": NAME}}
    return await world.send(Asking("IN-RJ", world.token("IN-RJ", jti), value, body=json.dumps(value).encode()), "any")


async def _refused(world: World) -> Answer:
    return await world.send(Asking("IN-RJ", None, {}, body=b"{}"), "any")


async def _head(world: World) -> int:
    return (await world.owner.desk.register.ledger.head())[0]
