"""Whatever is sent to /graphql is answered as GraphQL over HTTP says, within the limits, and only after `finish`."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any

import anyio
import httpx
import pytest
import strawberry
from hypothesis import example, given, settings
from hypothesis import strategies as st

from api.documents import TrustedDocuments, build, digest_of
from api.graphql_http import NOTHING_LONGER, ExecutionOutcome, GraphQLEndpoint
from api.limits import DocumentRefused
from api.wire import GRAPHQL_JSON, HttpRefused, HttpRequest, negotiate, read_parameters
from desk.errors import BadInput, NotFound, Refused, Unauthenticated, Unavailable
from schemas.errors import ErrorCode, FieldProblem
from tests.api.hostile import ASK, CPU, JSON, NOT_JSON_HEADERS, Words, attacks, audits, query

pytestmark = pytest.mark.anyio

SECRET = "पप्पू-9876543210"


@strawberry.input
class Where:
    name: str
    ages: list[int] = strawberry.field(default_factory=list)


@strawberry.type
class Record:
    id: strawberry.ID

    @strawberry.field
    def record(self) -> "Record":
        return self


@strawberry.type
class Query:
    @strawberry.field
    def echo(self, text: str = "") -> str:
        return text

    @strawberry.field
    def count(self, n: int = 0) -> int:
        return n

    @strawberry.field
    def search(self, where: Where) -> str:
        return where.name

    @strawberry.field
    async def record(self, id: strawberry.ID = strawberry.ID("1")) -> Record:
        return Record(id=id)

    @strawberry.field
    async def hidden(self) -> Record | None:
        raise NotFound

    @strawberry.field
    async def turned_away(self) -> str | None:
        raise Refused("NO_CASE", "An enquiry names the case it serves.")

    @strawberry.field
    async def wrong(self) -> str | None:
        raise BadInput([FieldProblem(path="from", message="A day that does not exist.")])

    @strawberry.field
    async def broken(self) -> str | None:
        raise RuntimeError(f"MATCH (n) near {SECRET}")

    @strawberry.field
    async def required(self) -> str:
        raise RuntimeError(SECRET)

    @strawberry.field
    async def half(self) -> str:
        return "\ud800"

    @strawberry.field
    async def slow(self) -> str:
        await asyncio.Event().wait()
        return "never"


@strawberry.type
class Mutation:
    @strawberry.mutation
    def change(self, name: str) -> str:
        return name


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self) -> AsyncIterator[int]:
        yield 1


SCHEMA = strawberry.Schema(Query, Mutation, Subscription)


class Node:
    """A toy node: who asked, what was finished, and what `context` or `finish` shall raise."""

    def __init__(
        self,
        *,
        training: bool = True,
        documents: TrustedDocuments | None = None,
        deadline: float = 5,
        longer: Mapping[str, float] = NOTHING_LONGER,
    ) -> None:
        self.finished: list[ExecutionOutcome] = []
        self.unwritable: Exception | None = None
        self.endpoint: GraphQLEndpoint[str] = GraphQLEndpoint(
            SCHEMA,
            context=self.context,
            training=training,
            documents=documents,
            finish=self.finish,
            deadline=deadline,
            longer=longer,
            reference=lambda: "0123456789ab",
        )
        transport = httpx.ASGITransport(app=self.endpoint)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://node")

    async def context(self, request: HttpRequest) -> str:
        if request.headers.get("authorization") != "Bearer good":
            raise Unauthenticated(f"The token {SECRET} is not one of ours.")
        return "officer"

    async def finish(self, context: str, outcome: ExecutionOutcome) -> None:
        assert context == "officer"
        if self.unwritable is not None:
            raise self.unwritable
        self.finished.append(outcome)

    async def post(self, content: bytes | dict[str, Any] | list[Any], **headers: str) -> httpx.Response:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        head = {"authorization": "Bearer good", "content-type": "application/json", "accept": GRAPHQL_JSON}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        wanted = {name: value for name, value in {**head, **given}.items() if value != "-"}
        request = self.client.build_request("POST", "/graphql", content=body, headers=wanted)
        for name in ("accept", "content-type"):
            if name not in wanted:
                request.headers.pop(name, None)
        return await self.client.send(request)

    async def ask(self, query: str, variables: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        return await self.post({"query": query, "variables": variables}, **headers)


@pytest.fixture
def node() -> Node:
    return Node()


def only_error(answer: httpx.Response) -> dict[str, Any]:
    """Give the one error of an answer without data, as code, message and what else it says."""
    said = answer.json()
    assert "data" not in said
    [error] = said["errors"]
    return {"code": error["extensions"]["code"], **error}


# The audits of GraphQL over HTTP, by id: level, what is sent, and what comes back.

AUDITS = audits("query Q($n:Int!){count(n:$n)}")


@pytest.mark.parametrize("audit", AUDITS)
async def test_an_audit_of_graphql_over_http_passes(audit: str, node: Node) -> None:
    await AUDITS[audit](node)


def test_all_sixty_audits_are_run() -> None:
    assert len(AUDITS) == 60


# Attacks and malformed requests, each refused in little time and not executed.

ATTACKS = attacks(
    Words(
        type="Record",
        record="record",
        text="echo(text:%s)",
        number="count(n:%s)",
        misfit=("query($w:Where!){search(where:$w)}", b'{"name":"a","ages":'),
    )
)


@pytest.mark.parametrize("attack", ATTACKS)
async def test_an_attack_is_refused_in_little_time_and_runs_nothing(attack: str, node: Node) -> None:
    body, status, code = ATTACKS[attack]
    spent = []
    for _ in range(2):  # the better of two: a collection of other tests' garbage is not the attack's doing
        start = time.process_time()
        answer = await node.post(body)
        spent.append(time.process_time() - start)
        said = answer.json()
        assert (answer.status_code, said["errors"][0]["extensions"]["code"], "data" in said) == (status, code, False)
    assert min(spent) < CPU
    assert not any(outcome.answered for outcome in node.finished)


NOT_JSON = [
    "JSON 33 deep",
    "30,000 values",
    "a number of 60,000 digits",
    "a number beyond every number",
    "a list of requests",
    "a key twice",
    "a key twice in the variables",
    "a key that is not known",
    "NaN",
    "Infinity",
    "bytes that are not UTF-8",
    "an overlong NUL",
    "UTF-16",
    "a byte order mark",
    "half a surrogate pair in bytes",
    "half a surrogate pair escaped",
    "half a surrogate pair in a key",
    "half a surrogate pair in the document",
    "NUL in the body",
    "more after the end",
    "a scalar",
]


@pytest.mark.parametrize("attack", NOT_JSON)
def test_what_is_not_strict_json_is_refused_before_it_is_graphql(attack: str) -> None:
    with pytest.raises(HttpRefused):
        read_parameters(ATTACKS[attack][0])


@pytest.mark.parametrize(("headers", "status"), NOT_JSON_HEADERS)
async def test_what_is_not_json_is_refused(headers: dict[str, str], status: int, node: Node) -> None:
    answer = await node.post(ASK, **headers)
    assert answer.status_code == status
    assert only_error(answer)["code"] in {ErrorCode.BAD_INPUT, ErrorCode.LIMIT}
    assert node.finished == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_every_method_but_post_is_refused(method: str, node: Node) -> None:
    answer = await node.client.request(method, "/graphql", params={"query": "{echo}"})
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (f"{GRAPHQL_JSON}, {JSON};q=0.9", GRAPHQL_JSON),
        (f"{JSON}, {GRAPHQL_JSON}", GRAPHQL_JSON),
        (f"{JSON}, {GRAPHQL_JSON};q=0.5", JSON),
        (f"{GRAPHQL_JSON};q=0, */*", JSON),
        ("text/html, application/*;q=0.1", JSON),
        ("application/json;q=nonsense", None),
        ("", JSON),
        ("text/html", None),
    ],
)
def test_the_media_type_is_the_one_the_caller_likes_best(accept: str, media: str | None) -> None:
    assert negotiate(accept) == media


async def test_no_one_may_store_an_answer(node: Node) -> None:
    answer = await node.post(ASK)
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


async def test_texts_in_every_script_come_back_as_they_were_sent(node: Node) -> None:
    for text in ("ਬਿਸ਼ਨੋਈ", "😀", "\u202eabc", "a\x00b"):
        answer = await node.ask("query($t:String!){echo(text:$t)}", {"t": text})
        assert answer.json() == {"data": {"echo": text}}


# Who is asking.


@pytest.mark.parametrize("authorization", ["-", "", "Bearer", "Bearer bad", "Basic good", "Bearer good, Bearer good"])
async def test_every_failure_to_prove_who_one_is_is_one_same_401_before_the_body_is_read(authorization: str) -> None:
    node = Node()
    expected = await node.post(b"not JSON", authorization="-")
    answer = await node.post(b"{" * 70_000, authorization=authorization)
    assert answer.status_code == 401
    assert (answer.content, answer.headers) == (expected.content, expected.headers)
    assert answer.headers["www-authenticate"] == "Bearer"
    assert only_error(answer)["code"] == ErrorCode.UNAUTHENTICATED


async def test_the_body_is_not_read_before_the_caller_is_known(node: Node) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        raise AssertionError("the body was asked for")

    async def send(message: Any) -> None:
        sent.append(message)

    scope: dict[str, Any] = {"type": "http", "method": "POST", "path": "/graphql", "headers": [], "client": None}
    await node.endpoint(scope, receive, send)
    assert sent[0]["status"] == 401


async def test_a_body_is_not_read_further_than_its_limit(node: Node) -> None:
    chunks = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal chunks
        for _ in range(1_000):
            chunks += 1
            yield b" " * 8_192

    headers = {"authorization": "Bearer good", "content-type": JSON}
    answer = await node.client.post("/graphql", content=body(), headers=headers)
    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"
    assert chunks == 9


async def test_a_caller_who_goes_away_in_mid_body_gets_no_answer(node: Node) -> None:
    sent: list[Any] = []
    messages = iter([{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"authorization", b"Bearer good"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": headers, "client": ("127.0.0.1", 1)}
    await node.endpoint(scope, receive, send)
    assert sent == []


async def test_a_body_that_never_ends_is_given_up(node: Node) -> None:
    node = Node(deadline=0.02)

    async def body() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    headers = {"authorization": "Bearer good", "content-type": JSON}
    answer = await node.client.post("/graphql", content=body(), headers=headers)
    assert (answer.status_code, only_error(answer)["code"]) == (408, ErrorCode.DEADLINE)


# The ledger comes before the answer.


async def test_finish_is_told_what_was_asked_and_how_it_ended(node: Node) -> None:
    text = "mutation Rename($n:String!){change(name:$n)}"
    await node.ask(text, {"n": "a"})
    await node.ask("{echo hidden{id}}")
    await node.ask("{required}")
    await node.ask("{nonsense}")
    await node.ask("{hidden{id}}")
    assert node.finished[0] == ExecutionOutcome(
        "mutation", "Rename", ("change",), digest_of(text), {"n": "a"}, answered=True, codes=()
    )
    assert [(o.root_fields, o.answered, o.codes) for o in node.finished[1:]] == [
        (("echo", "hidden"), True, (ErrorCode.NOT_FOUND,)),
        (("required",), False, (ErrorCode.INTERNAL,)),
        ((), False, (ErrorCode.BAD_INPUT,)),
        (("hidden",), False, (ErrorCode.NOT_FOUND,)),
    ]


async def test_finish_is_awaited_before_the_first_byte(node: Node) -> None:
    order: list[str] = []
    may_go = anyio.Event()

    async def finish(_context: str, _outcome: ExecutionOutcome) -> None:
        await may_go.wait()
        order.append("finished")

    endpoint = GraphQLEndpoint(SCHEMA, context=node.context, training=True, documents=None, finish=finish)

    async def receive() -> Any:
        return {"type": "http.request", "body": query("{echo}")}

    async def send(message: Any) -> None:
        order.append(message["type"])

    headers = [(b"authorization", b"Bearer good"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": headers, "client": None}
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(endpoint.__call__, scope, receive, send)
        await anyio.wait_all_tasks_blocked()
        assert order == []
        may_go.set()
    assert order == ["finished", "http.response.start", "http.response.body"]


async def test_without_its_ledger_entry_no_answer_leaves(node: Node) -> None:
    node.unwritable = Unavailable("The ledger cannot be written, so there is no answer.")
    for accept in (JSON, GRAPHQL_JSON):
        answer = await node.ask("query($t:String!){echo(text:$t)}", {"t": SECRET}, accept=accept)
        assert answer.status_code == 503
        assert only_error(answer)["code"] == ErrorCode.UNAVAILABLE
        assert SECRET not in answer.text


async def test_a_ledger_that_fails_in_an_unknown_way_lets_no_answer_leave_either(node: Node) -> None:
    node.unwritable = OSError(SECRET)
    answer = await node.ask("{echo}")
    assert answer.status_code == 500
    assert only_error(answer)["code"] == ErrorCode.INTERNAL


async def test_a_question_that_takes_too_long_ends_and_is_on_the_ledger() -> None:
    node = Node(deadline=0.02)
    answer = await node.ask("{slow}")
    assert answer.status_code == 504
    assert only_error(answer)["code"] == ErrorCode.DEADLINE
    assert [outcome.codes for outcome in node.finished] == [(ErrorCode.DEADLINE,)]


@pytest.mark.parametrize(
    ("text", "deadline", "named"), [("{slow}", 600, 0.02), ("{slow echo}", 0.02, 600), ("{also: slow slow}", 0.02, 600)]
)
async def test_an_operation_of_one_named_field_has_a_time_of_its_own(text: str, deadline: float, named: float) -> None:
    answer = await Node(deadline=deadline, longer={"slow": named}).ask(text)
    assert (answer.status_code, only_error(answer)["code"]) == (504, ErrorCode.DEADLINE)


# What goes wrong, as it is told.


async def test_an_error_of_the_desk_has_its_own_code_and_the_path_of_its_field(node: Node) -> None:
    said = (await node.ask("{echo hidden{id} turnedAway wrong}")).json()
    assert said["data"] == {"echo": "", "hidden": None, "turnedAway": None, "wrong": None}
    errors = {error["path"][0]: error["extensions"] for error in said["errors"]}
    messages = {error["path"][0]: error["message"] for error in said["errors"]}
    assert errors["hidden"]["code"] == ErrorCode.NOT_FOUND
    assert errors["turnedAway"] == {"code": ErrorCode.REFUSED}
    assert messages["turnedAway"] == "An enquiry names the case it serves."
    assert errors["wrong"]["problems"] == [
        {"path": "from", "message": "A day that does not exist.", "code": ErrorCode.BAD_INPUT}
    ]


@pytest.mark.parametrize("text", ["{broken}", "{required}", "{half}"])
async def test_an_unknown_error_leaves_as_a_reference_number_and_is_logged_without_data(
    text: str, node: Node, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = await node.ask(text)
    [error] = answer.json()["errors"]
    assert error["extensions"] == {"code": ErrorCode.INTERNAL, "reference": "0123456789ab"}
    assert SECRET not in answer.text
    assert "MATCH" not in answer.text
    assert "0123456789ab" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("query($n:Int!){count(n:$n)}", {"n": SECRET}),
        ("query($n:Int!){count(n:$n)}", {}),
        ("query($w:Where!){search(where:$w)}", {"w": {"name": SECRET, "ages": [1, SECRET]}}),
        ("query($w:Where!){search(where:$w)}", {"w": {"name": "a", SECRET: 1}}),
        (f'{{count(n:"{SECRET}")}}', None),
        ("{count(n:SECRETVALUE)}", None),
        (f'{{search(where:{{name:"a",ages:["{SECRET}"]}})}}', None),
    ],
)
async def test_a_value_that_does_not_fit_is_not_repeated(text: str, variables: Any, node: Node) -> None:
    answer = await node.ask(text, variables)
    assert answer.status_code == 400
    for error in answer.json()["errors"]:
        assert error["extensions"]["code"] == ErrorCode.BAD_INPUT
    for secret in (SECRET, "SECRETVALUE", json.dumps(SECRET)[1:-1]):
        assert secret not in answer.text


async def test_bad_variables_are_named_with_the_place_in_them(node: Node) -> None:
    wrong = {"w": {"name": "a", "ages": [1, SECRET]}}
    error = only_error(await node.ask("query($w:Where!){search(where:$w)}", wrong))
    sentence = "The variable w.ages[1] does not fit its type."
    assert error["message"] == sentence
    problem = {"path": "w.ages[1]", "message": sentence, "code": ErrorCode.BAD_INPUT}
    assert error["extensions"] == {"code": ErrorCode.BAD_INPUT, "problems": [problem]}


async def test_an_unknown_field_is_named_and_nothing_is_suggested(node: Node) -> None:
    for text in ("{ecko}", "{record}", "{echo(texd:1)}", "query($w:Wher){echo}"):
        answer = await node.ask(text)
        assert "Did you mean" not in answer.text
    assert only_error(await node.ask("{ecko}"))["message"] == "Cannot query field 'ecko' on type 'Query'."


async def test_a_document_that_is_not_well_formed_is_told_where(node: Node) -> None:
    error = only_error(await node.ask(f'{{\n  echo(text:"{SECRET}" "b")}}'))
    assert error["locations"] == [{"line": 2, "column": 32}]
    assert SECRET not in json.dumps(error, ensure_ascii=False)


# Trusted documents.

NAMED_TEXT = "query Echo($t:String!){echo(text:$t)}"
TRUSTED = TrustedDocuments({digest_of(NAMED_TEXT): NAMED_TEXT})


def by_digest(digest: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": digest}}


async def test_a_node_in_production_answers_a_trusted_document_by_its_digest() -> None:
    node = Node(training=False, documents=TRUSTED)
    sent = {"extensions": by_digest(digest_of(NAMED_TEXT)), "variables": {"t": "a"}, "operationName": "Echo"}
    assert (await node.post(sent)).json() == {"data": {"echo": "a"}}


@pytest.mark.parametrize(
    "sent",
    [
        {"query": "{echo}"},
        {"query": NAMED_TEXT, "variables": {"t": "a"}},
        {"query": NAMED_TEXT, "extensions": by_digest(digest_of(NAMED_TEXT))},
        {"query": "{echo}", "extensions": by_digest(digest_of("{echo}"))},
        {"extensions": by_digest(digest_of("{echo}"))},
        {"extensions": {"persistedQuery": {"version": 2, "sha256Hash": digest_of(NAMED_TEXT)}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": None}}},
        {"extensions": {"persistedQuery": [digest_of(NAMED_TEXT)]}},
        {},
    ],
)
async def test_a_node_in_production_answers_no_other_document(sent: dict[str, Any]) -> None:
    node = Node(training=False, documents=TRUSTED)
    answer = await node.post(sent)
    assert answer.status_code == 400
    assert only_error(answer)["code"] == ErrorCode.BAD_INPUT
    told = [(outcome.kind, outcome.answered, outcome.codes) for outcome in node.finished]
    assert told == ([(None, False, (ErrorCode.BAD_INPUT,))] if sent else []), "where nothing is asked nothing is told"


async def test_a_trusted_document_is_held_against_the_schema_and_the_limits_at_the_start() -> None:
    for text in ("{nothing}", "{echo echo", "{__schema{types{name}}}"):
        with pytest.raises(DocumentRefused):
            Node(training=False, documents=TrustedDocuments({digest_of(text): text}))


def test_an_altered_trusted_document_stops_the_start() -> None:
    with pytest.raises(ValueError, match="altered"):
        TrustedDocuments({digest_of("{echo}"): "{count}"})


def test_building_files_each_document_under_its_digest() -> None:
    assert json.loads(build([NAMED_TEXT])) == {digest_of(NAMED_TEXT): NAMED_TEXT}
    packaged = list(TrustedDocuments.packaged())
    assert list(json.loads(build(packaged)).values()) == packaged


async def test_a_document_is_parsed_and_validated_once(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await node.ask("{echo}")).status_code == 200
    monkeypatch.setattr("api.prepared.parse", None)
    monkeypatch.setattr("api.prepared.validate", None)
    assert (await node.ask("{echo}")).status_code == 200
    assert (await node.ask("{count}")).status_code == 500


async def test_a_training_node_keeps_a_bounded_number_of_documents(node: Node) -> None:
    for i in range(150):
        await node.ask(f"query Q{i}{{echo}}")
    assert len(node.endpoint._shelf._recent) == 128


# The question page.


async def test_a_training_node_shows_its_page_to_a_browser_and_it_loads_nothing_from_elsewhere(node: Node) -> None:
    answer = await node.client.get("/graphql", headers={"accept": "text/html"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "//" not in answer.text


async def test_a_node_in_production_has_no_page() -> None:
    node = Node(training=False)
    answer = await node.client.get("/graphql", headers={"accept": "text/html"})
    assert answer.status_code == 405


async def test_introspection_is_for_training_nodes_only(node: Node) -> None:
    assert (await node.ask("{__schema{queryType{name}}}")).json()["data"]["__schema"]["queryType"]["name"] == "Query"


def test_a_schema_with_extensions_is_not_served() -> None:
    schema = strawberry.Schema(Query, extensions=[strawberry.extensions.SchemaExtension])
    with pytest.raises(ValueError, match="not run"):
        GraphQLEndpoint(schema, context=Node().context, training=True, documents=None, finish=Node().finish)


# Any bytes at all.

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
# Not `st.recursive`: it reads its own source anew, and warns where that has changed since it was imported.
json_values: st.SearchStrategy[Any] = st.deferred(
    lambda: scalars | st.lists(json_values, max_size=4) | st.dictionaries(st.text(max_size=5), json_values, max_size=4)
)
pieces = st.sampled_from([b"[", b"]", b"{", b"}", b'"', b"\\", b",", b":", b"1", b"e", b"-", b'"a"', b"\xff", b"\\ud8"])
bodies = st.one_of(
    st.binary(max_size=200),
    st.lists(pieces, max_size=40).map(b"".join),
    st.builds(
        lambda part, times: (part * times)[:65_536], st.lists(pieces, max_size=4).map(b"".join), st.integers(1, 65_536)
    ),
    json_values.map(lambda value: json.dumps(value).encode()),
    st.builds(
        lambda key, value: json.dumps({key: value}).encode(),
        st.sampled_from(["query", "variables", "operationName", "extensions"]),
        json_values,
    ),
)


@settings(deadline=None, max_examples=300)
@given(bodies)
@example(b'"\\' * 32_000)
@example(b'\\"' * 32_000)
@example(b"]" * 65_536)
def test_reading_any_body_is_quick_and_raises_its_own_refusal_only(body: bytes) -> None:
    spent = []
    for _ in range(2):
        start = time.process_time()
        with suppress(HttpRefused):
            read_parameters(body)
        spent.append(time.process_time() - start)
    assert min(spent) < CPU
