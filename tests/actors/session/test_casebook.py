"""The casebook in the chat: saved when used, once, browsed, searched, shown to the next answer and cited."""

import msgspec
import pytest

from actors.session.state import SessionState
from actors.session.turn import Turn, World
from actors.session.waiting import Idle, SearchingCasebook
from coaching.casebook import case_row
from coaching.rows import row_id
from coaching.strategist import CasebookMatch
from storage import Row
from tests.actors.session.practising import rows_of, tap, write
from tests.actors.session.world import NOW, PROSPECT, answer, book, finished, fresh, keyboard, ready, said, world

RUN = "00000000-0000-4000-8000-000000000099"
SESSION: Row = {
    "id": row_id(RUN, "support_sessions"),
    "input_text": PROSPECT,
    "output_json": msgspec.to_builtins(answer()),
    "telegram_id": 7,
    "created_at": "2026-11-23T10:00:00.000000Z",
}
SIMILAR = "Tom Fisher, plant manager: the price is too high for this year, it is a mid-size manufacturer of plates."


def case(number: int, author: int = 8, message: str = "Shall we look at one line?") -> Row:
    """A case in the team's book."""
    return case_row(f"other-{number}", author, answer(message), f"2026-11-{number:02}T10:00:00.000000Z")


def here(*cases: Row, sessions: tuple[Row, ...] = (SESSION,)) -> World:
    """A world with a stored answer and the team's cases."""
    return world(book(team_casebook=cases, support_sessions=sessions))


def used(at: World, state: SessionState | None = None) -> Turn:
    """The turn of "I used this"."""
    return tap(state or ready(), f"casebook:used:{RUN}", at)


def test_a_used_draft_is_saved_with_one_tap_and_names_nobody() -> None:
    """One row, without the prospect."""
    turn = used(here())
    (row,) = rows_of(turn, "casebook")
    assert row["created_from_user"] == 7
    assert "Maria" not in str(row)
    assert "Keller" not in str(row)
    assert "Saved to the casebook" in said(turn)[0]


def test_it_is_saved_once() -> None:
    """A second tap says so and writes nothing; so does a case that says nearly the same."""
    at = here()
    at.book.apply(used(at).rows)
    again = used(at)
    assert again.rows == ()
    assert "already" in said(again)[0]
    same = here(case_row("another", 8, answer(), "2026-11-01T10:00:00.000000Z"))
    assert used(same).rows == ()
    assert "nearly the same" in said(used(same))[0]


@pytest.mark.parametrize("data", [f"casebook:used:{RUN[:-1]}1", "casebook:used:", "casebook:view:x", "casebook:page:x"])
def test_stale_buttons_change_nothing(data: str) -> None:
    """A run of somebody else, or none: one sentence."""
    turn = tap(ready(), data, here())
    assert (turn.state, turn.calls, turn.rows) == (ready(), (), ())


def test_links_save_the_answer_they_name() -> None:
    """save_casebook saves the newest, or the one of the run; without any there is a sentence."""
    assert rows_of(write(ready(), "/start save_casebook", here()), "casebook") != []
    assert rows_of(write(ready(), f"/start save_casebook_{RUN}", here()), "casebook") != []
    nothing = write(ready(), "/start save_casebook", here(sessions=()))
    assert nothing.rows == ()
    assert "no stored answer" in said(nothing)[0]


def test_the_list_has_pages_and_opens_cases() -> None:
    """Newest first, five on a page; a case shows what was done and its draft."""
    at = here(*(case(number) for number in range(1, 8)))
    first = write(ready(), "/casebook", at)
    assert "7 cases. Page 1 of 2" in said(first)[0]
    assert keyboard(first)[-2:] == ["casebook:page:1", "casebook:search"]
    second = tap(ready(), "casebook:page:1", at)
    assert len([data for data in keyboard(second) if "view" in data]) == 2
    opened = tap(ready(), keyboard(first)[0], at)
    assert "Shall we look at one line?" in said(opened)[0]
    assert "2026-11-07" in said(opened)[0]


def test_only_the_author_takes_a_case_out() -> None:
    """Somebody else's case has no such button, and a forged one does nothing."""
    mine, other = case(1, author=7), case(2, author=8)
    at = here(mine, other)
    assert f"casebook:drop:{mine['id']}" in keyboard(tap(ready(), f"casebook:view:{mine['id']}", at))
    assert f"casebook:drop:{other['id']}" not in keyboard(tap(ready(), f"casebook:view:{other['id']}", at))
    assert tap(ready(), f"casebook:drop:{other['id']}", at).rows == ()
    (write_,) = tap(ready(), f"casebook:drop:{mine['id']}", at).rows
    assert write_.where == {"id": mine["id"], "created_from_user": 7}


def test_search_by_command_and_by_text() -> None:
    """Words after the command, or asked for; too many are refused and the question stays."""
    at = here(case(1, message="The works council should join us."), case(2))
    assert len(keyboard(write(ready(), "/casebook council", at))) == 1
    asked = tap(ready(), "casebook:search", at)
    assert asked.state.waiting_for == SearchingCasebook()
    found = write(asked.state, "works council", at)
    assert 'One case fits "works council".' in said(found)[0]
    assert found.state.waiting_for == Idle()
    long = write(asked.state, "x" * 201, at)
    assert long.state == asked.state
    assert "Nothing in the casebook fits" in said(write(asked.state, "zebra", at))[0]


def test_a_similar_case_is_shown_to_the_model_and_cited_to_the_rep() -> None:
    """The run carries the case without names; the answer says which case it resembles."""
    row = case(1)
    at = here(row)
    asked = write(ready(), f"/support {SIMILAR}", at)
    shown = msgspec.convert(asked.state.jobs[0].inputs["casebook"], list[dict[str, object]])
    assert [one["case_id"] for one in shown] == [row["id"]]
    match = CasebookMatch(found=True, similarity=0.7, case_id=str(row["id"]))
    output = msgspec.structs.replace(answer(), casebook_match=match)
    turn = finished(asked.state, asked.state.jobs[0].run_id, "strategist", msgspec.json.encode(output), at)
    assert "This resembles an earlier case of the team: economic buyer, Negotiation." in said(turn)[0]


def test_an_invented_case_is_not_cited() -> None:
    """A reference to a case nobody showed is taken out of the answer and of what is stored."""
    at = here()
    asked = write(ready(), f"/support {SIMILAR}", at)
    match = CasebookMatch(found=True, similarity=0.9, case_id="invented")
    output = msgspec.structs.replace(answer(), casebook_match=match)
    turn = finished(asked.state, asked.state.jobs[0].run_id, "strategist", msgspec.json.encode(output), at)
    assert "resembles" not in said(turn)[0]
    assert "invented" not in str(rows_of(turn, "support_sessions"))


def test_prospects_are_worked_while_the_casebook_is_out_of_reach() -> None:
    """Support goes on without cases."""
    at = here()
    at.book.give_up("casebook", team=True, at=NOW)
    assert write(ready(), f"/support {SIMILAR}", at).state.jobs[0].inputs["casebook"] == []


def test_somebody_without_a_set_up_is_asked_for_it() -> None:
    """The team's cases are for the team."""
    assert "setup:quick" in keyboard(write(fresh(), "/casebook", here()))
    assert used(here(), fresh()).rows == ()
