"""PostgrestStore on the wire: what it sends, what it makes of each failure, when it tries again, what it never says."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from storage import (
    Ambiguous,
    BadQuery,
    Conflict,
    Forbidden,
    NotFound,
    PostgrestStore,
    Row,
    StaleSchema,
    StorageError,
    Unavailable,
    all_of,
    any_of,
    eq,
    gte,
    in_,
    is_null,
    lt,
)
from tests.storage.rows import NASTY, attempt, new_id, user
from tests.storage.scripted_server import Answer, ScriptedServer, serving

TOKEN = "ik_planted-token"
Call = Callable[[PostgrestStore], Awaitable[object]]


def _error(code: str, message: str = "planted message") -> bytes:
    return json.dumps({"code": code, "message": message, "details": "planted details", "hint": None}).encode()


def _gateway(code: str) -> bytes:
    return json.dumps({"error": code, "message": "planted message", "statusCode": 0, "nextActions": ""}).encode()


class Pauses:
    """A clock that only notes for how long it was asked to sleep."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.taken.append(round(seconds, 3))


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with serving() as running:
        running.answers.append(Answer(200))
        yield running


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
async def store(server: ScriptedServer, pauses: Pauses) -> AsyncIterator[PostgrestStore]:
    """A store whose jitter is none: every pause is as it stands in the table."""
    opened = PostgrestStore(server.url, token=TOKEN, sleep=pauses.sleep, jitter=lambda: 0.5)
    yield opened
    await opened.close()


READ: Call = lambda store: store.get("users", new_id())  # noqa: E731
IGNORE: Call = lambda store: store.insert("users", [user()], on_conflict="ignore")  # noqa: E731
INSERT: Call = lambda store: store.insert("users", [user()])  # noqa: E731
UPSERT: Call = lambda store: store.upsert("users", [user()])  # noqa: E731
UPDATE: Call = lambda store: store.update("users", {"total_xp": 1}, eq("id", new_id()))  # noqa: E731
CLAIM: Call = lambda store: store.update("users", {"total_xp": 1}, eq("total_xp", 0))  # noqa: E731
DELETE: Call = lambda store: store.delete("users", eq("id", new_id()))  # noqa: E731


async def test_ranges_are_one_parameter(store: PostgrestStore, server: ScriptedServer) -> None:
    """A gateway that renames repeated parameters finds none: two bounds on one column stand in one `and`."""
    await store.select("attempts", all_of(gte("score", 1), lt("score", 3)), order=("created_at desc", "id"), limit=7)
    path, _, query = server.lines[0].partition("?")
    names = [part.partition("=")[0] for part in query.split("&")]
    assert path == "GET /api/database/records/attempts"
    assert sorted(names) == ["and", "limit", "order", "select"]
    assert 'and=(score.gte."1",score.lt."3")' in query.replace("%22", '"').replace("%2C", ",")


@pytest.mark.parametrize("path", ["/", "", "/api/database/records", "api/database/records/"])
async def test_the_path_to_the_records_is_a_setting(server: ScriptedServer, path: str) -> None:
    """A plain PostgREST has its tables at the root, InsForge below."""
    store = PostgrestStore(server.url, records_path=path, token=TOKEN)
    await store.ping()
    prefix = f"/{path.strip('/')}/".replace("//", "/")
    assert server.lines[0].startswith(f"GET {prefix}users?")
    await store.close()


async def test_the_key_goes_as_a_bearer_token_alone(store: PostgrestStore, server: ScriptedServer) -> None:
    """An `x-api-key` would overrule a rep's token, so it is never sent."""
    await store.ping()
    assert server.headers[0]["Authorization"] == f"Bearer {TOKEN}"
    assert not {"x-api-key", "apikey", "cookie"} & {name.lower() for name in server.headers[0]}


async def test_five_hundred_rows_go_in_a_call(store: PostgrestStore, server: ScriptedServer) -> None:
    """Many rows are cut into calls, and each call says what to do with rows that exist."""
    owner = user()
    await store.insert("attempts", [attempt(owner) for _ in range(1001)], on_conflict="ignore")
    assert [len(json.loads(body)) for body in server.bodies] == [500, 500, 1]
    assert {headers["Prefer"] for headers in server.headers} == {"return=representation,resolution=ignore-duplicates"}
    assert all("on_conflict=id" in line for line in server.lines)


async def test_a_hundred_values_go_in_a_call(store: PostgrestStore, server: ScriptedServer) -> None:
    """Long lists are cut, wherever they stand beside other conditions; inside an `or` they are refused."""
    ids = [new_id() for _ in range(205)]
    await store.select("users", all_of(eq("provider", "openrouter"), in_("id", ids)))
    assert len(server.lines) == 3
    assert max(len(line) for line in server.lines) < 6_000
    with pytest.raises(BadQuery):
        await store.select("users", any_of(eq("provider", "x"), in_("id", ids)))


@pytest.mark.parametrize(
    ("answer", "expected", "retryable"),
    [
        (Answer(409, _error("23505")), Conflict, False),
        (Answer(409, _error("23503")), Conflict, False),
        (Answer(400, _error("23502")), BadQuery, False),
        (Answer(400, _error("22P02")), BadQuery, False),
        (Answer(400, _error("PGRST102")), BadQuery, False),
        (Answer(416, _error("PGRST103")), BadQuery, False),
        (Answer(400, _error("42703")), NotFound, False),
        (Answer(404, _error("42P01")), NotFound, False),
        (Answer(404, b"<html>"), NotFound, False),
        (Answer(404, b"{}"), StaleSchema, True),
        (Answer(400, _error("PGRST204")), StaleSchema, True),
        (Answer(401, _error("PGRST301")), Forbidden, False),
        (Answer(401, _gateway("AUTH_INVALID_API_KEY")), Forbidden, False),
        (Answer(403, _error("42501")), Forbidden, False),
        (Answer(400, _error("22023")), StorageError, False),
        (Answer(413, b"too large"), StorageError, False),
        (Answer(302, b"", {"Location": "https://elsewhere.invalid"}), StorageError, False),
        (Answer(500, _error("XX000")), StorageError, False),
        (Answer(500, _error("57014")), Unavailable, True),
        (Answer(500, _error("40P01")), Unavailable, True),
        (Answer(503, _error("PGRST000")), Unavailable, True),
        (Answer(504, _error("PGRST003")), Unavailable, True),
        (Answer(429, b"slow down"), Unavailable, True),
        (Answer(502, b"<html>Bad Gateway</html>"), Ambiguous, True),
        (Answer(504, b"<html>"), Ambiguous, True),
        (Answer(500, _gateway("INTERNAL_ERROR")), Ambiguous, True),
        (Answer(None), Ambiguous, True),
        (Answer(201, b"<html>Welcome</html>"), Ambiguous, True),
    ],
    ids=lambda value: repr(value)[:50],
)
async def test_a_failure_is_told_by_whose_fault_it_is(
    store: PostgrestStore, server: ScriptedServer, answer: Answer, expected: type[StorageError], retryable: bool
) -> None:
    """Both shapes of error body, proxies' pages and cut connections; nothing but the row's own fault is called so."""
    server.script(answer)
    with pytest.raises(StorageError) as caught:
        await INSERT(store)
    assert type(caught.value) is expected
    assert caught.value.retryable is retryable


@pytest.mark.parametrize(
    ("answer", "code", "constraint"),
    [
        (Answer(409, _error("23505", 'violates unique constraint "users_key"')), "23505", "users_key"),
        (Answer(409, _error("23505", 'planted constraint "a planted name"')), "23505", ""),
        (Answer(400, _error("22P02", 'planted constraint "planted"')), "22P02", ""),
        (Answer(500, _error("54000")), "54000", ""),
        (Answer(400, _gateway("planted words")), "", ""),
        (Answer(413, b"too large"), "", ""),
    ],
    ids=lambda value: repr(value)[:50],
)
async def test_a_refusal_names_its_code_and_constraint(
    store: PostgrestStore, server: ScriptedServer, answer: Answer, code: str, constraint: str
) -> None:
    """Only what has the form of one, and a constraint only where PostgreSQL quotes no value."""
    server.script(answer)
    with pytest.raises(StorageError) as caught:
        await INSERT(store)
    assert (caught.value.code, caught.value.constraint) == (code, constraint)


@pytest.mark.parametrize("answer", [Answer(None), Answer(502, b"<html>"), Answer(500, _gateway("INTERNAL_ERROR"))])
async def test_after_a_read_nothing_is_ambiguous(store: PostgrestStore, server: ScriptedServer, answer: Answer) -> None:
    """A question that was not answered has changed nothing."""
    server.script(answer)
    with pytest.raises(Unavailable):
        await READ(store)


@pytest.mark.parametrize("call", [READ, IGNORE, UPSERT, UPDATE, DELETE, INSERT, CLAIM])
async def test_what_certainly_did_not_happen_is_tried_again(
    store: PostgrestStore, server: ScriptedServer, pauses: Pauses, call: Call
) -> None:
    """Three more times, at growing distances; then the caller hears of it."""
    server.script(Answer(503, _error("PGRST000")))
    with pytest.raises(Unavailable):
        await call(store)
    assert pauses.taken == [0.2, 0.6, 1.5]
    assert len(server.lines) == 4


@pytest.mark.parametrize("call", [READ, IGNORE, UPSERT, UPDATE, DELETE])
@pytest.mark.parametrize("trouble", [Answer(None), Answer(502, b""), Answer(500, _gateway("INTERNAL_ERROR"))])
async def test_what_may_have_happened_is_repeated_where_that_is_harmless(
    store: PostgrestStore, server: ScriptedServer, pauses: Pauses, call: Call, trouble: Answer
) -> None:
    """The answer after the trouble counts; a cut GET or DELETE the HTTP library itself sends once more."""
    server.script(trouble, trouble, Answer(200))
    await call(store)
    assert pauses.taken in ([0.2], [0.2, 0.6])


@pytest.mark.parametrize("call", [INSERT, CLAIM])
@pytest.mark.parametrize("trouble", [Answer(None), Answer(502, b""), Answer(500, _gateway("INTERNAL_ERROR"))])
async def test_what_may_have_happened_is_left_alone_where_a_repeat_would_lie(
    store: PostgrestStore, server: ScriptedServer, pauses: Pauses, call: Call, trouble: Answer
) -> None:
    """A repeated claim or plain insert would take its own success for somebody else's."""
    server.script(trouble, Answer(200))
    with pytest.raises(Ambiguous):
        await call(store)
    assert (pauses.taken, len(server.lines)) == ([], 1)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 406, 409, 500])
async def test_what_cannot_get_better_is_not_tried_again(
    store: PostgrestStore, server: ScriptedServer, pauses: Pauses, status: int
) -> None:
    """One request, one answer."""
    server.script(Answer(status, _error("P0001")))
    with pytest.raises(StorageError):
        await READ(store)
    assert (pauses.taken, len(server.lines)) == ([], 1)


async def test_a_server_that_has_not_learned_of_a_column_is_asked_once_more(
    store: PostgrestStore, server: ScriptedServer, pauses: Pauses
) -> None:
    """After a second its cache is new, or the migrations are missing."""
    server.script(Answer(400, _error("PGRST204")))
    with pytest.raises(StaleSchema):
        await IGNORE(store)
    assert (pauses.taken, len(server.lines)) == ([1.0], 2)


async def test_retry_after_is_obeyed_or_handed_on(
    store: PostgrestStore, server: ScriptedServer, pauses: Pauses
) -> None:
    """A short wait is waited here, a long one is the caller's to decide; nonsense is no wait."""
    server.script(Answer(503, b"", {"Retry-After": "2"}), Answer(429, b"", {"Retry-After": "soon"}), Answer(200))
    await READ(store)
    assert pauses.taken == [2.0, 0.6]
    server.script(Answer(503, b"", {"Retry-After": "40"}))
    with pytest.raises(Unavailable) as caught:
        await READ(store)
    assert caught.value.retry_after == 40.0
    assert pauses.taken == [2.0, 0.6]


async def test_nothing_of_a_row_or_the_key_is_ever_said(
    store: PostgrestStore, server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Details, values quoted in messages, parsed filters and tokens stay out of errors, reprs and logs."""
    caplog.set_level("DEBUG")
    for code in ("22P02", "23505", "PGRST100", "XX000", "PGRST000", "weird", ""):
        message = "constraint users_key" if code == "23505" else "planted message"
        for status in (400, 401, 409, 500, 503):
            server.script(Answer(status, _error(code, message)))
            with pytest.raises(StorageError) as caught:
                await store.update("users", {"username": "planted name"}, eq("first_name", "planted rep"))
            said = f"{caught.value} {caught.value!r} {caught.value.__cause__!r}"
            assert "planted" not in said
    assert "planted" not in f"{store!r} {vars(store)!r}"
    assert "planted" not in "".join(record.getMessage() for record in caplog.records if record.name != "aiohttp.access")


@pytest.mark.parametrize("key", ["", " ", "ik_a\nb", "ik_é"])
def test_a_key_that_can_be_none_is_refused_without_showing_it(key: str) -> None:
    """The start stops with a sentence."""
    with pytest.raises(ValueError, match="database's key") as caught:
        PostgrestStore("http://127.0.0.1", token=key)
    assert not key.strip() or key not in str(caught.value)


async def test_without_a_server_the_store_is_unavailable(pauses: Pauses) -> None:
    """Nobody listens: retryable, after all tries, without a word about the address."""
    store = PostgrestStore("http://127.0.0.1:1", token=TOKEN, sleep=pauses.sleep)
    for call in (READ, INSERT, CLAIM):
        with pytest.raises(Unavailable) as caught:
            await call(store)
        assert caught.value.retryable
    assert len(pauses.taken) == 9
    await store.close()


async def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch, pauses: Pauses) -> None:
    """One deadline covers a whole request; whether a write happened nobody knows then."""
    monkeypatch.setattr("storage.postgrest.TOTAL_S", 0.05)
    writers: list[asyncio.StreamWriter] = []
    silent = await asyncio.start_server(lambda _, writer: writers.append(writer), "127.0.0.1", 0)
    url = f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}"
    store = PostgrestStore(url, token=TOKEN, sleep=pauses.sleep)
    with pytest.raises(Unavailable):
        await READ(store)
    with pytest.raises(Ambiguous):
        await INSERT(store)
    await store.close()
    silent.close()
    for writer in writers:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def test_a_count_that_is_not_given_is_an_outage(store: PostgrestStore, server: ScriptedServer) -> None:
    """An answer without its range is a proxy's, not PostgREST's."""
    with pytest.raises(Unavailable):
        await store.count("users", is_null("username"))
    assert len(server.lines) == 1


async def test_text_reaches_the_server_as_it_is(store: PostgrestStore, server: ScriptedServer) -> None:
    """Whatever an address could mistake is encoded in it."""
    await store.select("attempts", eq("scenario_id", NASTY))
    row: Row = attempt(user(), user_response=NASTY)
    await store.insert("attempts", [row])
    escaped = NASTY.replace("\\", "\\\\").replace('"', '\\"')
    assert ("and", f'(scenario_id.eq."{escaped}")') in server.queries[0]
    assert json.loads(server.bodies[1])[0]["user_response"] == NASTY
