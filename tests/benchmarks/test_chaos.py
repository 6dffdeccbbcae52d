"""The short run of chaos, and that its audit can fail."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.chaos.audit import Books, Chat, audit, broken_chat, broken_rows
from benchmarks.chaos.plan import make_plan
from benchmarks.chaos.run import Ran, run
from benchmarks.chaos.world import world
from storage.journal_rows import SCHEMA
from tests.servers.postgrest import Postgrest

KEPT = Chat(sent=("Bakara", "Dolomo"), messages=6, drafts=("Bakara",), failures=1, leads=("Bakara",))


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_kills_and_faults_lose_nothing_and_repeat_nothing(tmp_path: Path, postgrest: Postgrest) -> None:
    """Twelve reps, four SIGKILLs in half a minute, faults everywhere: every promise is kept, and work goes on."""
    assert postgrest.ready(), "the run starts servers of its own; this one says that the binaries are here"
    plan = make_plan(7, reps=12, messages=3, kills=4, duration_s=30)
    async with world(tmp_path) as whole:
        ran = await run(whole, plan, 12)
        found = await audit(whole, plan, ran)
    assert not found.broken
    assert found.counts["prospects"] == 36


def test_a_seed_makes_one_plan() -> None:
    """The same seed repeats a run's plan, another one does not, and no name occurs twice."""

    plan = make_plan(3, reps=30, messages=4, kills=5, duration_s=60)
    assert plan == make_plan(3, reps=30, messages=4, kills=5, duration_s=60)
    assert plan != make_plan(4, reps=30, messages=4, kills=5, duration_s=60)
    assert len({one.name for one in plan.prospects}) == len(plan.prospects) == 120


@pytest.mark.parametrize(
    ("chat", "done", "unsure", "word"),
    [
        (KEPT, 6, 0, None),
        (KEPT, 7, 0, "noted as sent"),
        (KEPT, 4, 1, "noted as sent"),
        (Chat(("A",), 2, ("A", "A"), 0, ("A",)), 2, 0, "2 times the draft"),
        (Chat(("A",), 1, ("A",), 0, ("A", "A")), 1, 0, "2 times the lead"),
        (Chat(("A", "B"), 2, ("B", "A"), 0, ("A", "B")), 2, 0, "out of order"),
        (Chat(("A",), 1, ("A",), 0, ()), 1, 0, "without its row"),
        (Chat(("A",), 0, (), 0, ("A",)), 0, 0, "without their draft"),
        (Chat(("A",), 0, (), 0, ()), 0, 0, "unanswered"),
    ],
)
def test_the_audit_names_every_broken_promise(chat: Chat, done: int, unsure: int, word: str | None) -> None:
    """Each way to break a promise is told, and a chat in order passes."""
    broken = broken_chat("rep", chat, done, unsure)
    assert any(word in one for one in broken) if word else not broken


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        ("", None),
        ("delete from inbox where number = 1", "1 prospects are not handled"),
        ("update inbox set state = 'new' where number = 1", "1 updates new at the end"),
        ("update inbox set state = 'dead' where number = 2", "ends without a reason"),
        ("update inbox set state = 'dead', reason = 'malformed' where number = 1", "1 prospects are not handled"),
        ("update outbox set state = 'pending' where lane = 'message'", "1 messages pending at the end"),
        ("update outbox set state = 'sending' where lane = 'message'", "1 messages sending at the end"),
        ("update outbox set state = 'uncertain' where lane = 'message'", "ends without a reason"),
        ("update outbox set state = 'dead', detail = 'refused' where lane = 'record'", "1 rows given up"),
    ],
)
def test_the_audit_names_what_the_journal_must_not_hold(spoil: str, word: str | None) -> None:
    """An update lost or left over, an effect under way or given up, an end without its reason."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as journal:
        journal.executescript(SCHEMA)
        for number in (1, 2):
            journal.execute(
                "insert into inbox (source, number, actor_key, received_at, raw, state)"
                " values ('telegram/1', ?, 'session/1', 0, x'', 'done')",
                (number,),
            )
        for lane in ("message", "record"):
            journal.execute(
                "insert into outbox (id, lane, order_key, payload, state, created_at)"
                " values (?, ?, '1', x'', 'done', 0)",
                (lane, lane),
            )
        journal.execute(spoil or "select 1")
        broken = Books(journal).broken_updates(Ran({"Bakara": 1}, {}, 0, 0, 0.0))
    assert any(word in one for one in broken) if word else not broken


def test_the_audit_names_rows_that_do_not_stand_together() -> None:
    """A lead without its activity or session, of whichever rep."""
    whole = {table: {"1": 2, "2": 1} for table in ("lead_registry", "lead_activity_log", "support_sessions")}
    assert broken_rows(whole) == []
    assert broken_rows({**whole, "support_sessions": {"1": 2}}) == ["support_sessions does not match the leads"]
