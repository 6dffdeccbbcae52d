"""What every store promises, on SQLite, on a real PostgREST, and on that behind InsForge's gateway."""

import asyncio
from typing import Any

import pytest

from storage import (
    BadQuery,
    Conflict,
    Row,
    Store,
    all_of,
    any_of,
    eq,
    gt,
    gte,
    in_,
    is_null,
    lt,
    lte,
    ne,
    to_text,
)
from storage.port import Where
from storage.schema import TABLES
from tests.storage.rows import NASTY, attempt, lead, moment, new_id, trace, user


async def _scores(store: Store, where: Where, **options: Any) -> list[object]:
    return [row["score"] for row in await store.select("attempts", where, order=("score",), **options)]


@pytest.fixture
async def ten(store: Store, owner: Row) -> Row:
    """A rep with the scores 0 to 9, in time order."""
    await store.insert("attempts", [attempt(owner, score=n, created_at=moment(n)) for n in range(10)])
    return owner


async def test_a_row_comes_back_as_it_was_written(store: Store, owner: Row) -> None:
    """Every kind of value survives the way there and back, whatever stands in the text."""
    row = attempt(owner, user_response=NASTY, feedback_json={NASTY: [NASTY, 0, -1, 1.25, True, None, {}, []]})
    assert await store.insert("attempts", [row]) == 1
    assert await store.get("attempts", str(row["id"])) == row


async def test_empty_text_stays_empty_text(store: Store, owner: Row) -> None:
    """In a text column the empty text is a value of its own, neither null nor dropped."""
    row = attempt(owner, user_response="", feedback_json={"text": ""})
    await store.insert("attempts", [row])
    assert await store.get("attempts", str(row["id"])) == row
    assert await store.count("attempts", all_of(eq("user_id", owner["id"]), eq("user_response", ""))) == 1


async def test_truth_and_numbers_keep_their_types(store: Store, owner: Row) -> None:
    """A boolean comes back as one, a real number as one, and a Telegram id to the last digit."""
    row = trace(owner, success=False, duration_ms=3.0)
    await store.insert("pipeline_traces", [row])
    found = await store.get("pipeline_traces", str(row["id"]))
    assert found == row
    assert found["success"] is False
    assert type(found["duration_ms"]) is float
    assert type(found["telegram_id"]) is int


async def test_what_is_not_there_is_none(store: Store) -> None:
    """An unknown id is no error."""
    assert await store.get("users", new_id()) is None


async def test_every_table_can_be_read_and_counted(store: Store) -> None:
    """Each declared table and column exists behind the port."""
    for table in TABLES:
        await store.select(table, limit=1)
        assert await store.count(table, is_null("id")) == 0


async def test_columns_not_given_take_their_defaults(store: Store, owner: Row) -> None:
    """A row may leave out columns that have a default or may be null."""
    row = attempt(owner)
    del row["xp_earned"], row["user_response"]
    await store.insert("attempts", [row])
    assert await store.get("attempts", str(row["id"])) == row | {"xp_earned": 0, "user_response": None}


async def test_times_are_the_same_moment_in_one_form(store: Store, owner: Row) -> None:
    """A time in another zone or of another width is stored as the UTC moment it names."""
    row = attempt(owner, created_at="2026-11-23T02:30:00+02:00")
    await store.insert("attempts", [row])
    found = await store.select("attempts", eq("created_at", "2026-11-23T01:30:00.000+01:00"), limit=1)
    assert found[0]["created_at"] == "2026-11-23T00:30:00.000000Z"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (eq("score", 3), [3]),
        (ne("score", 3), [0, 1, 2, 4, 5, 6, 7, 8, 9]),
        (lt("score", 2), [0, 1]),
        (lte("score", 2), [0, 1, 2]),
        (gt("score", 7), [8, 9]),
        (gte("score", 7), [7, 8, 9]),
        (in_("score", [1, 1, 5]), [1, 5]),
        (in_("score", []), []),
        (is_null("user_response"), list(range(10))),
        (is_null("user_response", False), []),
        (all_of(gte("score", 2), lt("score", 4)), [2, 3]),
        (any_of(eq("score", 0), all_of(gt("score", 4), lt("score", 6)), any_of(eq("score", 9))), [0, 5, 9]),
        (lt("created_at", moment(2)), [0, 1]),
    ],
    ids=repr,
)
async def test_a_condition_means_the_same_everywhere(
    store: Store, ten: Row, condition: Where, expected: list[int]
) -> None:
    """Every operator, and groups within groups, match the same rows."""
    where = all_of(eq("user_id", ten["id"]), condition)
    assert await _scores(store, where) == expected
    assert await store.count("attempts", where) == len(expected)


@pytest.mark.parametrize("text", [NASTY, "a,b", 'x"y', "back\\", "(", "null", "is.null", "*", "%", "eq.1", " "])
async def test_text_in_a_condition_is_only_text(store: Store, owner: Row, text: str) -> None:
    """No sign in a value is taken for a part of the query."""
    rows = [attempt(owner, scenario_id=text), attempt(owner, scenario_id="other")]
    await store.insert("attempts", rows)
    for condition in (eq("scenario_id", text), in_("scenario_id", [text, "nobody"])):
        found = await store.select("attempts", all_of(eq("user_id", owner["id"]), condition))
        assert [row["id"] for row in found] == [rows[0]["id"]]


async def test_booleans_can_be_asked_for(store: Store, owner: Row) -> None:
    """A truth value is matched as one."""
    good, bad = trace(owner), trace(owner, success=False)
    await store.insert("pipeline_traces", [good, bad])
    mine = eq("user_id", owner["id"])
    assert [row["id"] for row in await store.select("pipeline_traces", all_of(mine, eq("success", True)))] == [
        good["id"]
    ]
    assert [row["id"] for row in await store.select("pipeline_traces", all_of(mine, in_("success", [False])))] == [
        bad["id"]
    ]


async def test_null_is_neither_equal_nor_different(store: Store, owner: Row) -> None:
    """`ne` passes over null, as SQL does on every backend."""
    await store.insert("lead_registry", [lead(owner), lead(owner, prospect_name=None)])
    where = all_of(eq("user_id", owner["id"]), ne("prospect_name", "Bob"))
    assert [row["prospect_name"] for row in await store.select("lead_registry", where)] == ["Ada"]


async def test_null_comes_last_going_up_and_first_going_down(store: Store, owner: Row) -> None:
    """The order of nulls does not depend on the backend."""
    days: list[object] = [moment(1), None, moment(2)]
    await store.insert("lead_registry", [lead(owner, next_followup=day) for day in days])
    mine = eq("user_id", owner["id"])
    up = await store.select("lead_registry", mine, order=("next_followup", "id"))
    down = await store.select("lead_registry", mine, order=("next_followup desc", "id"))
    assert [row["next_followup"] for row in up] == [moment(1), moment(2), None]
    assert [row["next_followup"] for row in down] == [None, moment(2), moment(1)]


async def test_pages_by_key_meet_every_row_once(store: Store, owner: Row) -> None:
    """Going on after the last row misses and repeats nothing, even where times are equal."""
    rows = [attempt(owner, created_at=moment(n // 3)) for n in range(10)]
    await store.insert("attempts", rows)
    order, after, seen = ("created_at desc", "id"), None, []
    while page := await store.select("attempts", eq("user_id", owner["id"]), order=order, limit=4, after=after):
        seen += [str(row["id"]) for row in page]
        after = (page[-1]["created_at"], page[-1]["id"])
    assert sorted(seen) == sorted(str(row["id"]) for row in rows)
    by_time = sorted(rows, key=lambda row: str(row["id"]))
    by_time.sort(key=lambda row: str(row["created_at"]), reverse=True)
    assert seen == [row["id"] for row in by_time]


@pytest.mark.parametrize("order", [("next_followup", "id"), ("next_followup desc", "id desc"), ("id", "next_followup")])
async def test_pages_go_on_past_nulls(store: Store, owner: Row, order: tuple[str, ...]) -> None:
    """Rows whose ordering column is null are met once each, from whichever side and wherever a page ends."""
    rows = [lead(owner, next_followup=None if n % 2 else moment(n // 4)) for n in range(9)]
    await store.insert("lead_registry", rows)
    mine, columns = eq("user_id", owner["id"]), [entry.partition(" ")[0] for entry in order]
    whole = [row["id"] for row in await store.select("lead_registry", mine, order=order)]
    after, seen = None, []
    while page := await store.select("lead_registry", mine, order=order, limit=2, after=after):
        seen += [row["id"] for row in page]
        after = [page[-1][column] for column in columns]
        assert len(seen) <= len(rows), "a page repeats itself"
    assert seen == whole
    assert len(set(seen)) == len(rows)


async def test_a_page_has_from_no_row_to_a_thousand(store: Store, owner: Row) -> None:
    """A limit of none gives none; one below, or beyond the longest page, is refused alike."""
    await store.insert("attempts", [attempt(owner)])
    mine = eq("user_id", owner["id"])
    assert await store.select("attempts", mine, limit=0) == []
    assert len(await store.select("attempts", mine, limit=1000)) == 1
    for limit in (-1, 1001):
        with pytest.raises(BadQuery):
            await store.select("attempts", mine, limit=limit)


async def test_a_row_without_its_id_is_refused(store: Store, owner: Row) -> None:
    """An id that is null or missing is the caller's bug on every backend."""
    nameless = {name: value for name, value in attempt(owner).items() if name != "id"}
    for row in (nameless, {**nameless, "id": None}):
        with pytest.raises(BadQuery):
            await store.insert("attempts", [row])
        with pytest.raises(BadQuery):
            await store.upsert("attempts", [row])
    assert await store.count("attempts", eq("user_id", owner["id"])) == 0


async def test_a_list_of_any_length_matches_as_a_short_one(store: Store, owner: Row) -> None:
    """More values than an address holds are neither refused nor forgotten, and none matches nothing."""
    rows = [attempt(owner) for _ in range(3)]
    await store.insert("attempts", rows)
    wanted = [new_id() for _ in range(450)] + [str(row["id"]) for row in rows]
    assert await store.count("attempts", in_("id", wanted)) == 3
    assert await store.count("attempts", all_of(in_("id", []), eq("user_id", owner["id"]))) == 0


async def test_conditions_within_conditions(store: Store, owner: Row) -> None:
    """Groups within groups mean on every backend what they say."""
    await store.insert("attempts", [attempt(owner, score=score) for score in range(8)])
    inner = any_of(all_of(gte("score", 2), lt("score", 4)), all_of(gte("score", 6), ne("score", 7)), in_("score", [0]))
    found = await store.select("attempts", all_of(eq("user_id", owner["id"]), inner), order=("score", "id"))
    assert [row["score"] for row in found] == [0, 2, 3, 6]


async def test_inserting_again_is_a_conflict_or_passed_over(store: Store, owner: Row) -> None:
    """A known id is refused, and with `ignore` left as it is."""
    row = attempt(owner, score=1)
    await store.insert("attempts", [row])
    with pytest.raises(Conflict):
        await store.insert("attempts", [row | {"score": 2}])
    both = [row | {"score": 3}, attempt(owner)]
    assert await store.insert("attempts", both, on_conflict="ignore") == 1
    assert await store.get("attempts", str(row["id"])) == row


async def test_ignoring_passes_over_the_same_id_only(store: Store, owner: Row) -> None:
    """Another unique key that is taken stays a conflict."""
    with pytest.raises(Conflict):
        await store.insert("users", [user(telegram_id=owner["telegram_id"], id=new_id())], on_conflict="ignore")


async def test_a_refused_row_takes_its_call_with_it(store: Store, owner: Row) -> None:
    """The rows of one call are written together or not at all."""
    with pytest.raises(BadQuery):
        await store.insert("attempts", [attempt(owner), attempt(owner, score=101)])
    assert await store.count("attempts", eq("user_id", owner["id"])) == 0


async def test_upsert_adds_and_replaces_the_given_columns(store: Store, owner: Row) -> None:
    """What is not given keeps its value; the same rows again change nothing."""
    known, fresh = attempt(owner, score=1, xp_earned=7), attempt(owner, score=2)
    await store.insert("attempts", [known])
    given = [{name: value for name, value in row.items() if name != "xp_earned"} for row in (known, fresh)]
    changed = [row | {"score": 90} for row in given]
    for _ in range(2):
        await store.upsert("attempts", changed)
    assert await store.get("attempts", str(known["id"])) == known | {"score": 90}
    assert await store.get("attempts", str(fresh["id"])) == fresh | {"score": 90}


async def test_upsert_by_another_unique_key(store: Store, owner: Row) -> None:
    """A rep's one place in a level is found by its own key, and of a key given twice the last counts."""
    place: Row = {
        "id": new_id(),
        "user_id": owner["id"],
        "telegram_id": owner["telegram_id"],
        "track_id": "basics",
        "level_id": "1",
        "status": "unlocked",
        "created_at": moment(0),
        "updated_at": moment(0),
    }
    key = ("user_id", "track_id", "level_id")
    await store.upsert("track_progress", [place], key=key)
    await store.upsert("track_progress", [place | {"status": "in_progress"}, place | {"status": "completed"}], key=key)
    found = await store.select("track_progress", eq("user_id", owner["id"]))
    assert [row["status"] for row in found] == ["completed"]


async def test_upsert_of_nothing_but_the_key_adds_it(store: Store, owner: Row) -> None:
    """A row whose every column is the key is added once and then left."""
    row: Row = {"id": new_id(), "user_id": owner["id"], "telegram_id": owner["telegram_id"], "scenario_id": "a"}
    row["seen_at"] = moment(0)
    for _ in range(2):
        await store.upsert("scenarios_seen", [row], key=tuple(row)[:1])
    assert await store.count("scenarios_seen", eq("user_id", owner["id"])) == 1


async def test_update_returns_what_it_changed(store: Store, ten: Row) -> None:
    """Only the given columns of the matching rows change, and they come back whole."""
    changed = await store.update(
        "attempts", {"xp_earned": 5, "feedback_json": []}, all_of(eq("user_id", ten["id"]), lt("score", 2))
    )
    assert sorted(str(row["score"]) for row in changed) == ["0", "1"]
    assert all(row["xp_earned"] == 5 and row["feedback_json"] == [] for row in changed)
    assert await store.count("attempts", all_of(eq("user_id", ten["id"]), eq("xp_earned", 0))) == 8
    assert await store.update("attempts", {"xp_earned": 6}, eq("id", new_id())) == []


async def test_of_many_who_compare_and_set_one_wins(store: Store, owner: Row) -> None:
    """Claiming a row by its old state succeeds for exactly one."""
    row = lead(owner)
    await store.insert("lead_registry", [row])
    claim = all_of(eq("id", row["id"]), eq("status", "analyzed"))
    outcomes = await asyncio.gather(
        *(store.update("lead_registry", {"status": "reached_out"}, claim) for _ in range(8))
    )
    assert sum(len(won) for won in outcomes) == 1


async def test_a_compare_and_set_returns_what_it_won(store: Store, owner: Row) -> None:
    """Whatever operator and value the old state is told by, the winner gets the changed row."""
    row = lead(owner, notes=NASTY, next_followup=moment(5))
    await store.insert("lead_registry", [row])
    mine = eq("id", row["id"])
    steps: tuple[tuple[Where, Row], ...] = (
        (eq("notes", NASTY), {"notes": None}),
        (is_null("notes"), {"notes": "a,b"}),
        (in_("notes", ["a,b", NASTY]), {"notes": "c"}),
        (ne("notes", "d"), {"notes": "d"}),
        (lte("next_followup", moment(5)), {"next_followup": moment(6), "notes": "e"}),
        (is_null("next_followup", False), {"next_followup": None}),
        (any_of(eq("notes", "e"), eq("notes", "f")), {"followup_count": 2}),
    )
    for old, new in steps:
        changed = await store.update("lead_registry", new, all_of(mine, old))
        assert [one["id"] for one in changed] == [row["id"]], old
        assert changed[0] | new == changed[0]
    assert await store.update("lead_registry", {"status": "in_progress"}, eq("status", "nobody's")) == []


async def test_setting_a_column_that_is_compared_twice_is_refused(store: Store) -> None:
    """Such an update could not tell what it changed, so no backend takes it."""
    for where in (all_of(gt("score", 1), lt("score", 5)), any_of(eq("score", 1), eq("score", 2))):
        with pytest.raises(BadQuery):
            await store.update("attempts", {"score": 5}, where)


async def test_delete_counts_and_takes_what_belongs_to_the_row(store: Store, owner: Row) -> None:
    """Whatever belongs to a lead or a rep goes with it."""
    row = lead(owner)
    await store.insert("lead_registry", [row])
    log: Row = {"id": new_id(), "lead_id": row["id"], "telegram_id": owner["telegram_id"]}
    await store.insert("lead_activity_log", [log | {"activity_type": "ai_advice", "created_at": moment(0)}])
    await store.insert("pipeline_traces", [trace(owner)])
    assert await store.delete("users", eq("id", owner["id"])) == 1
    assert await store.delete("users", eq("id", owner["id"])) == 0
    assert await store.count("lead_registry", eq("user_id", owner["id"])) == 0
    assert await store.count("lead_activity_log", eq("lead_id", row["id"])) == 0
    assert await store.count("pipeline_traces", eq("user_id", owner["id"])) == 0


async def test_delete_by_any_condition(store: Store, ten: Row) -> None:
    """Rows are removed by whatever names them, and counted."""
    mine = eq("user_id", ten["id"])
    assert await store.delete("attempts", all_of(mine, any_of(lt("score", 2), gt("score", 8)))) == 3
    assert await store.delete("attempts", all_of(mine, is_null("user_response"), in_("score", [2, 3]))) == 2
    assert await store.delete("attempts", mine) == 5


async def test_a_trace_needs_no_rep(store: Store) -> None:
    """A run without a rep is traced too."""
    row = trace()
    await store.insert("pipeline_traces", [row])
    assert await store.get("pipeline_traces", str(row["id"])) == row
    await store.delete("pipeline_traces", eq("id", row["id"]))


async def test_hundreds_of_rows_and_values(store: Store, owner: Row) -> None:
    """More rows than one call takes, and longer lists than one address holds, work as one."""
    rows = [attempt(owner, score=n % 100, created_at=moment(n)) for n in range(1100)]
    assert await store.insert("attempts", rows, on_conflict="ignore") == 1100
    assert await store.insert("attempts", rows, on_conflict="ignore") == 0
    ids = [row["id"] for row in rows[:1050]]
    mine = all_of(eq("user_id", owner["id"]), in_("id", ids))
    assert await store.count("attempts", mine) == 1050
    found = await store.select("attempts", mine, order=("created_at desc",), limit=5)
    assert [row["created_at"] for row in found] == [moment(n) for n in range(1049, 1044, -1)]
    assert len(await store.update("attempts", {"xp_earned": 1}, mine)) == 1050
    assert await store.delete("attempts", in_("id", ids)) == 1050
    assert await store.count("attempts", eq("user_id", owner["id"])) == 50


async def test_nothing_to_write_is_no_call(store: Store) -> None:
    """No rows are written without an error."""
    assert await store.insert("users", []) == 0
    await store.upsert("users", [])


@pytest.mark.parametrize(
    "changes",
    [
        {"user_id": new_id()},
        {"score": 101},
        {"mode": "sleep"},
        {"scenario_id": None},
    ],
    ids=["unknown rep", "score", "mode", "null"],
)
async def test_the_database_keeps_its_rules(store: Store, owner: Row, changes: Row) -> None:
    """Keys, checks and nulls are refused as the caller's affair, never as an outage."""
    expected = Conflict if "user_id" in changes else BadQuery
    with pytest.raises(expected) as caught:
        await store.insert("attempts", [attempt(owner, user_response="planted text") | changes])
    assert not caught.value.retryable
    assert "planted" not in f"{caught.value!r} {caught.value}"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("id", ""),
        ("id", "no id"),
        ("score", ""),
        ("score", "5"),
        ("score", True),
        ("score", 5.0),
        ("score", 2**31),
        ("telegram_id", 2**53 + 1),
        ("scenario_id", 5),
        ("user_response", "a\x00b"),
        ("user_response", "half \ud83d"),
        ("feedback_json", "text"),
        ("feedback_json", 5),
        ("feedback_json", {"deep": [{"n": 2**53 + 1}]}),
        ("feedback_json", {"deep": ["a\x00b"]}),
        ("feedback_json", {"deep": float("nan")}),
        ("feedback_json", {"deep": object()}),
        ("created_at", ""),
        ("created_at", "yesterday"),
        ("created_at", "2026-11-23T00:00:00"),
        ("created_at", 5),
        ("nobody", 5),
    ],
    ids=lambda value: ascii(value)[:40],
)
async def test_what_one_backend_could_not_hold_none_takes(store: Store, owner: Row, column: str, value: object) -> None:
    """A value of the wrong type, or one that would be dropped or rounded on its way, is refused before it is sent."""
    row = attempt(owner)
    with pytest.raises(BadQuery):
        await store.insert("attempts", [row | {column: value}])
    with pytest.raises(BadQuery):
        await store.update("attempts", {column: value}, eq("id", row["id"]))
    assert await store.count("attempts", eq("user_id", owner["id"])) == 0


async def test_writes_without_a_filter_are_refused(store: Store, owner: Row) -> None:
    """No slip empties or changes a whole table."""
    for empty in (all_of(), any_of(), all_of(any_of())):
        with pytest.raises(BadQuery):
            await store.delete("users", empty)
        with pytest.raises(BadQuery):
            await store.update("users", {"total_xp": 5}, empty)
    with pytest.raises(BadQuery):
        await store.delete("users", None)  # type: ignore[arg-type]
    assert await store.get("users", str(owner["id"])) == owner


async def test_queries_that_make_no_sense_are_refused(store: Store) -> None:
    """Unknown names, comparisons with null and with JSON, ragged rows: the caller hears of it at once."""
    with pytest.raises(BadQuery):
        await store.select("nobody")
    with pytest.raises(BadQuery):
        await store.select("users", eq("nobody", 1))
    with pytest.raises(BadQuery):
        await store.select("users", order=("id; drop table users",))
    with pytest.raises(BadQuery):
        await store.select("users", order=("created_at", "id"), after=(to_text(0),))
    with pytest.raises(BadQuery):
        await store.select("users", eq("username", None))
    with pytest.raises(BadQuery):
        await store.select("user_memory", eq("memory_data", {}))
    with pytest.raises(BadQuery):
        await store.insert("users", [user(), {"id": new_id()}])
    with pytest.raises(BadQuery):
        await store.upsert("users", [user()], key=("nobody",))
    with pytest.raises(BadQuery):
        await store.update("users", {}, eq("id", new_id()))


async def test_upserting_by_what_is_no_key_is_refused(store: Store) -> None:
    """A key that the database does not know as unique is the caller's mistake."""
    with pytest.raises(BadQuery):
        await store.upsert("users", [user()], key=("first_name",))


async def test_a_store_that_works_answers_ping(store: Store) -> None:
    """Readiness can be asked."""
    await store.ping()
