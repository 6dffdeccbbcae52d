"""/admin: every view for admins alone; letting in and shutting out reaches the rep's own session."""

import msgspec
import pytest

from actors.journal import JournalDescribed
from actors.providers.messages import ModelInfo, Provider, ProvidersDescribed
from actors.session import admin, admin_users, conversation
from actors.session.messages import Letter
from actors.session.questions import HealthAnswered, ModelsAnswered
from actors.session.state import SessionState
from actors.session.turn import AskHealth, ShelfState, Tap, Turn, World
from actors.session.waiting import ChoosingAgentModel, Idle, InvitingUser
from actors.telegram.parsing import Sender, TextMessage
from storage import Row, to_text
from tests.actors.session.world import NOW, PROSPECT, book, keyboard, ready, said, shown, world

TRACE = "00000000-0000-4000-8000-0000000000aa"
BEN: Row = {
    "id": "u8",
    "telegram_id": 8,
    "username": "ben",
    "first_name": "Ben",
    "total_xp": 30,
    "access": "granted",
    "last_active_at": to_text(NOW),
    "created_at": to_text(NOW),
}
ANNA: Row = {**BEN, "id": "u7", "telegram_id": 7, "username": "anna", "first_name": "Anna"}
CLARA: Row = {**BEN, "id": "u9", "telegram_id": 9, "username": None, "first_name": "Clara", "access": "revoked"}
ATTEMPT: Row = {
    "id": "a1",
    "telegram_id": 8,
    "scenario_id": "price",
    "mode": "train",
    "score": 71,
    "created_at": to_text(NOW),
}
RUN: Row = {
    "id": TRACE,
    "trace_id": TRACE,
    "pipeline_name": "support",
    "start_time": to_text(NOW),
    "duration_ms": 4200.0,
    "success": False,
    "error": "strategist: deadline",
}
SPANS: tuple[Row, ...] = tuple(
    {
        "id": f"s{number}",
        "trace_id": TRACE,
        "span_name": name,
        "start_time": to_text(NOW + number),
        "duration_ms": ms,
        "success": True,
    }
    for number, (name, ms) in enumerate((("agent:strategist", 4000.0), ("agent:memory", 1000.0)))
)


def here(**tables: tuple[Row, ...]) -> World:
    filled: dict[str, tuple[Row, ...]] = {
        "team_users": (ANNA, BEN, CLARA),
        "team_attempts": (ATTEMPT,),
        "team_support_sessions": ({"id": "x", "created_at": to_text(NOW)},),
        "team_lead_registry": ({"id": "l", "status": "closed_won"},),
        "team_invitations": ({"id": "i1", "username": "dora"},),
        "team_pipeline_traces": (RUN,),
        "team_pipeline_spans": SPANS,
        "team_agent_models": (),
    }
    return world(book(**(filled | tables)), ADMIN_USERNAMES="anna")


def press(*words: str, state: SessionState | None = None, at: World | None = None) -> Turn | None:
    return admin.pressed(state or ready(), Tap(words, 5), at or here())


def pressed(*words: str, at: World) -> Turn:
    turn = press(*words, at=at)
    assert turn is not None
    return turn


def view(*words: str) -> str:
    turn = press(*words)
    assert turn is not None
    return shown(turn)


def test_the_team_is_the_admins_business() -> None:
    """Anyone else is told where their own numbers are, and a forwarded button is stale."""
    there = world(ADMIN_USERNAMES="boss")
    assert said(admin.open_(ready(), "", there)) == [there.texts("admin-refused")]
    assert press("stats", at=there) is None


def test_every_button_of_the_menu_and_below_leads_somewhere() -> None:
    """From the menu every view opens, and every button in it answers."""
    opened = keyboard(admin.open_(ready(), "", here()))
    for data in opened:
        turn = press(*data.split(":")[1:])
        assert turn is not None, data
        for below in keyboard(turn):
            assert press(*below.split(":")[1:]) is not None, below


def test_the_numbers_are_those_of_the_rows() -> None:
    """Totals with the week's share, the leaderboard, the scenarios and the trend of the week."""
    assert "Prospects: 1 (1)" in view("stats")
    assert "closed won 1" in view("stats")
    assert view("board").splitlines()[2].startswith("1. @ben: 71 in one attempt")
    assert "price: 1 attempts, average 71" in view("scenarios")
    assert "train: 1 attempts, average 71; before 0, average -" in view("trends")


def test_a_run_shows_where_its_time_went() -> None:
    """The longest step has the longest bar; a failed run says why."""
    turn = press("traces", TRACE)
    assert turn is not None
    lines = shown(turn).splitlines()
    assert lines[1] == "Failed: strategist: deadline"
    assert lines[3].count("█") == 12
    assert lines[4].count("█") == 3


def test_people_are_listed_with_what_can_be_done() -> None:
    """Nobody can shut out themselves; who was shut out can be let in; an invitation can be withdrawn."""
    turn = press("users")
    assert turn is not None
    assert keyboard(turn) == [
        "admin:users:revoke:8",
        "admin:users:restore:9",
        "admin:users:uninvite:i1",
        "admin:users:invite",
        "admin:menu",
    ]


def test_many_people_come_in_pages() -> None:
    """Each page but the last leads on, each but the first back; a page that is gone shows the last."""
    crowd = tuple({**BEN, "id": f"u{n}", "telegram_id": n, "username": f"rep{n}"} for n in range(100, 120))
    there = here(team_users=crowd, team_invitations=())
    first, last = press("users", at=there), press("users", "page", "99", at=there)
    assert first is not None
    assert last is not None
    assert "admin:users:page:1" in keyboard(first)
    assert "admin:users:page:1" in keyboard(last)
    assert "page 3 of 3" in shown(last)


@pytest.mark.parametrize(("kind", "revoked", "access"), [("revoke", True, "revoked"), ("restore", False, "granted")])
def test_a_decision_goes_to_the_reps_own_session(kind: str, revoked: bool, access: str) -> None:
    """The admin's turn sends a letter; the rep's session changes its state and row and tells the rep."""
    turn = press("users", kind, "8")
    assert turn is not None
    assert turn.letters == (Letter(8, kind, ""),)
    assert turn.rows == ()
    before = msgspec.structs.replace(ready(), revoked=not revoked)
    received = conversation.time_come(before, kind, "", here())
    assert received.state.revoked is revoked
    assert received.rows[0].values == {"access": access}
    assert len(said(received)) == 1


def test_someone_shut_out_hears_nothing_more() -> None:
    """No reminder, no digest, nothing that a time brings, until they are let in."""
    out = msgspec.structs.replace(ready(), revoked=True)
    assert conversation.time_come(out, "revoke", "", here()).calls == ()


@pytest.mark.parametrize("words", ["@Dora_K", "dora_k", "  @dora_k "])
def test_an_invitation_is_a_row(words: str) -> None:
    """The username is kept in lower case, the same one twice is one row."""
    state = ready().at(InvitingUser())
    message = TextMessage(7, Sender(7, "anna", "Anna"), 9, words, 0)
    turn = admin_users.take_invitation(state, message, here())
    assert turn.state.waiting_for == Idle()
    assert turn.rows[0].rows[0]["username"] == "dora_k"
    assert turn.rows == admin_users.take_invitation(state, message, here()).rows


@pytest.mark.parametrize("words", ["dora", "two words", "@1abcde", "", "x" * 40])
def test_what_is_no_username_changes_nothing(words: str) -> None:
    """One sentence shows the shape, and the next text is taken again."""
    state = ready().at(InvitingUser())
    turn = admin_users.take_invitation(state, TextMessage(7, Sender(7, "anna", "Anna"), 9, words, 0), here())
    assert (turn.state, turn.rows) == (state, ())


@pytest.mark.parametrize(
    "words",
    [
        ("users", "revoke", "7"),
        ("users", "revoke", "404"),
        ("users", "uninvite", "gone"),
        ("traces", "gone"),
        ("x",),
        (),
    ],
)
def test_buttons_of_what_is_not_there_are_stale(words: tuple[str, ...]) -> None:
    """Oneself, a stranger, a withdrawn invitation, a run long gone."""
    assert press(*words) is None


def test_an_agents_model_is_chosen_and_counts_at_once() -> None:
    """The chain is shown; the list holds what fits; the next job of a rep carries the choice; it can be taken back."""
    at = here(team_agent_models=())
    listing = pressed("models", at=at)
    assert "strategist: the rep's own model" in shown(listing)
    asking = pressed("models", "of", "strategist", at=at)
    assert asking.state.waiting_for == ChoosingAgentModel("strategist")
    models = tuple(ModelInfo(provider=Provider.OPENROUTER, id=name, name=name) for name in ("a/good", "b/other"))
    offered = conversation.provider_answered(asking.state, ModelsAnswered("good", models), at)
    assert keyboard(offered)[0] == "admin:models:use:a/good"
    taken = admin.pressed(asking.state, Tap(("models", "use", "a/good"), 5), at)
    assert taken is not None
    assert "strategist is asked on a/good" in shown(taken)
    at.book.apply(taken.rows)
    job = conversation.handle(
        ready(),
        TextMessage(7, Sender(telegram_id=7, username="anna", first_name="Anna"), 9, f"/support {PROSPECT}", 0),
        at,
    ).state.jobs[0]
    assert job.models == {"strategist": "a/good"}
    back = pressed("models", "none", "strategist", at=at)
    at.book.apply(back.rows)
    assert at.book.rows("agent_models", team=True) == {}


def test_only_a_model_that_sees_looks_at_pictures() -> None:
    """The list for the agent that reads pictures leaves the others out."""
    at = here(team_agent_models=())
    asking = pressed("models", "of", "extraction", at=at)
    blind = ModelInfo(provider=Provider.OPENROUTER, id="a/blind", name="blind")
    seeing = ModelInfo(provider=Provider.OPENROUTER, id="a/seeing", name="seeing", sees_images=True)
    offered = conversation.provider_answered(asking.state, ModelsAnswered("", (blind, seeing)), at)
    assert keyboard(offered) == ["admin:models:use:a/seeing", "admin:models"]


def test_health_says_who_gives_no_answer_and_what_the_others_say() -> None:
    """The parts' own words in the place of the menu."""
    at = here()
    asked = pressed("health", at=at)
    assert asked.commands == (AskHealth(5),)
    journal = JournalDescribed(1, {"telegram": 2}, 0, 3, {}, None)
    told = conversation.provider_answered(asked.state, HealthAnswered(5, journal, None, ProvidersDescribed(())), at)
    assert "Journal: 1 to handle, 2 to send or write, 3 given up." in shown(told)
    assert "records: gives no answer" in shown(told)


def test_knowledge_says_what_is_broken() -> None:
    """A changed file that cannot be read is named, with its problem."""
    at = msgspec.structs.replace(here(), shelf=ShelfState(12, 30, ("data/playbook.md:3: no heading",)))
    assert "data/playbook.md:3: no heading" in shown(pressed("knowledge", at=at))
