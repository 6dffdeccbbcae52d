"""What was given up can be seen without its content, tried again once, or let go for good."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.journal_file import JournalFile
from storage.journal_messages import (
    Accept,
    Commit,
    DeadEntry,
    GivenUpListed,
    GivenUpResolved,
    JournalReply,
    JournalRequest,
    ListGivenUp,
    Load,
    Loaded,
    MarkOutbox,
    NewInboxEntry,
    NewOutboxEntry,
    OutboxBatch,
    OutboxMark,
    ResolveGivenUp,
    TakeOutbox,
)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[JournalFile]:
    """One dead update, one dead effect, one uncertain and one done."""
    journal = JournalFile(tmp_path / "journal.sqlite", time=lambda: 1000.0)
    journal.open()
    does(journal, Accept((NewInboxEntry("telegram", 7, "session/42", b"words of a rep"),)))
    effects = tuple(NewOutboxEntry(f"e{n}", "message", "42", b"words to a rep") for n in range(3))
    does(journal, Commit("session/42", None, wake=False, dead=(DeadEntry("telegram", 7, "malformed"),), outbox=effects))
    marks = (OutboxMark(1, "dead", "400"), OutboxMark(2, "sending"), OutboxMark(2, "uncertain", "timeout"))
    does(journal, MarkOutbox((*marks, OutboxMark(3, "done"))))
    yield journal
    journal.close()


def does(journal: JournalFile, request: JournalRequest) -> JournalReply:
    """The journal's reply to one request."""
    (reply,) = journal.apply([request]).replies
    return reply


def given_up(journal: JournalFile) -> dict[str, tuple[str, str, str]]:
    """What is listed, by id."""
    reply = does(journal, ListGivenUp())
    assert isinstance(reply, GivenUpListed)
    return {entry.id: (entry.lane, entry.state, entry.reason) for entry in reply.entries}


def waiting(journal: JournalFile) -> list[tuple[int, str, bytes]]:
    """The lane's unsettled entries."""
    reply = does(journal, TakeOutbox("message", 0, 10))
    assert isinstance(reply, OutboxBatch)
    return [(entry.sequence, entry.id, entry.payload) for entry in reply.entries]


def test_the_list_names_kinds_and_reasons_and_nobody(journal: JournalFile) -> None:
    """Lane, state and reason; neither actor nor content."""
    assert given_up(journal) == {
        "i1": ("inbox", "dead", "malformed"),
        "o1": ("message", "dead", "400"),
        "o2": ("message", "uncertain", "timeout"),
    }
    assert "42" not in repr(does(journal, ListGivenUp()))


@pytest.mark.parametrize("sequence", [1, 2])
def test_a_replayed_effect_is_due_once_more_behind_all_others(journal: JournalFile, sequence: int) -> None:
    """It keeps its id and content and gets a new sequence, as whoever drains the lane is past the old one."""
    applied = journal.apply([ResolveGivenUp(f"o{sequence}", replay=True)])
    assert applied.replies == (GivenUpResolved(found=True),)
    assert applied.lanes == {"message"}
    assert waiting(journal) == [(4, f"e{sequence - 1}", b"words to a rep")]
    assert does(journal, ResolveGivenUp(f"o{sequence}", replay=True)) == GivenUpResolved(found=False)


def test_a_replayed_turn_still_appends_its_effects_once(journal: JournalFile) -> None:
    """The id outlives the replay, so a turn that is repeated adds nothing."""
    does(journal, ResolveGivenUp("o1", replay=True))
    does(journal, Commit("session/42", None, wake=False, outbox=(NewOutboxEntry("e0", "message", "42", b"again"),)))
    assert [payload for _, _, payload in waiting(journal)] == [b"words to a rep"]


def test_a_replayed_update_waits_for_its_actor(journal: JournalFile) -> None:
    """The reply names the actor to resume, which then finds the update as if it had just come."""
    assert does(journal, ResolveGivenUp("i1", replay=True)) == GivenUpResolved(found=True, actor_key="session/42")
    loaded = does(journal, Load("session/42"))
    assert isinstance(loaded, Loaded)
    assert [entry.raw for entry in loaded.pending] == [b"words of a rep"]


@pytest.mark.parametrize("entry", ["i1", "o1", "o2"])
def test_what_is_discarded_is_gone_with_its_content(journal: JournalFile, entry: str) -> None:
    """It is listed no more, can not be replayed, and is not done again."""
    assert does(journal, ResolveGivenUp(entry, replay=False)) == GivenUpResolved(found=True)
    assert entry not in given_up(journal)
    assert does(journal, ResolveGivenUp(entry, replay=True)) == GivenUpResolved(found=False)
    assert waiting(journal) == []


@pytest.mark.parametrize("entry", ["o3", "o9", "i9", "x1", "o", "o1; drop table outbox", "o-1", ""])
def test_nothing_else_is_touched(journal: JournalFile, entry: str) -> None:
    """What is done, unknown or no id at all is not found."""
    assert does(journal, ResolveGivenUp(entry, replay=True)) == GivenUpResolved(found=False)
    assert does(journal, ResolveGivenUp(entry, replay=False)) == GivenUpResolved(found=False)
    assert len(given_up(journal)) == 3
