"""What the flow tests share: a world without clocks or keys of its own, a set-up rep, and a strategist's answer."""

from collections.abc import Iterator
from itertools import count

import msgspec

from actors.providers.messages import FailureKind, Provider, SealedKey
from actors.session import conversation
from actors.session.book import Book
from actors.session.messages import RunFinished, StepFailed, StepFinished
from actors.session.state import Profile, Rep, SessionState
from actors.session.turn import Turn, World
from actors.settings import read_settings
from actors.texts import Texts
from coaching.strategist import (
    Analysis,
    CasebookMatch,
    Draft,
    EngagementTactics,
    ProspectInfo,
    StrategistOutput,
    Strategy,
    StrategyStep,
)
from storage import Row, user_id
from tests.coaching.samples import shipped

NOW = 1_800_000_000.0
REP = Rep(telegram_id=7, username="anna", first_name="Anna")
PROSPECT = "Maria Keller, plant manager at Nordwerk, says the price is too high for this year."


def book(**tables: tuple[Row, ...]) -> Book:
    """A book in which these tables were read, and an empty casebook; `team_x` names the team's rows of table x."""
    read = Book()
    for name, rows in {"team_casebook": (), "team_agent_models": (), "lead_registry": (), **tables}.items():
        read.fill(name.removeprefix("team_"), rows, team=name.startswith("team_"), at=NOW)
    return read


def world(known: Book | None = None, **settings: str) -> World:
    """A world in the sandbox, at a fixed time, whose ids count up from 1."""
    ids: Iterator[int] = count(1)
    return World(
        settings=read_settings(settings, {}),
        texts=Texts(),
        now=NOW,
        new_id=lambda: f"00000000-0000-4000-8000-{next(ids):012d}",
        seal=lambda telegram_id, provider, key: SealedKey(provider, telegram_id, f"sealed{len(key)}"),
        cited=lambda reference: reference,
        practice=frozenset({Provider.OPENROUTER}),
        book=known or book(),
        scenarios=shipped(),
    )


def fresh() -> SessionState:
    """The state of somebody who has never written."""
    return SessionState(rep=REP)


def ready() -> SessionState:
    """The state of a rep set up with the team's key."""
    profile = Profile(
        user_id=user_id(REP.telegram_id),
        provider=Provider.OPENROUTER,
        key=None,
        openrouter_model="openai/gpt-oss-120b:free",
        anthropic_model="claude-sonnet-5-5",
        created_at=NOW,
    )
    return msgspec.structs.replace(fresh(), profile=profile)


def finished(
    state: SessionState, run_id: str, agent: str, output: bytes, here: World, *, last: bool = True, model: str = "m"
) -> Turn:
    """The turn that a finished step of a run makes."""
    return conversation.work_done(state, StepFinished(run_id, agent, output, model, last), here)


def failed(state: SessionState, run_id: str, kind: FailureKind, here: World, after: float | None = None) -> Turn:
    """The turn that a failed step of a run makes."""
    return conversation.work_done(state, StepFailed(run_id, "any", kind, after), here)


def over(state: SessionState, run_id: str, here: World) -> Turn:
    """The turn that the end of a run makes."""
    return conversation.work_done(state, RunFinished(run_id), here)


def shown(turn: Turn) -> str:
    """The text of the one message a turn sends or puts in place of another."""
    (call,) = turn.calls
    return str(call.parameters["text"])


def keyboard(turn: Turn) -> list[str]:
    """The data of the buttons under the last message of a turn, row by row."""
    rows = msgspec.convert(turn.calls[-1].parameters["reply_markup"], dict[str, list[list[dict[str, object]]]])
    return [
        str(button["callback_data"]) for row in rows["inline_keyboard"] for button in row if "callback_data" in button
    ]


def said(turn: Turn) -> list[str]:
    """The texts a turn sends, in order."""
    return [str(call.parameters["text"]) for call in turn.calls if "text" in call.parameters]


def answer(message: str = "Hello Maria, may I show you the numbers?") -> StrategistOutput:
    """A strategist's answer about Maria Keller."""
    return StrategistOutput(
        prospect_info=ProspectInfo("Maria", "Keller", "Nordwerk", None),
        analysis=Analysis(
            prospect_type="economic buyer",
            seniority="Plant manager",
            background_leverage="Runs the plant",
            company_context="Mid-size manufacturer",
            stage="Negotiation",
            key_concern="The price",
            buying_signal="moderate",
            buying_signal_reason="She talks about this year",
        ),
        strategy=Strategy(
            steps=(StrategyStep("Anchor on value", "Show what an hour of standstill costs"),),
            anticipated_objection="No budget",
            objection_response="Start with one line",
        ),
        engagement_tactics=EngagementTactics(linkedin_actions=(), timing="Tomorrow morning"),
        draft=Draft(platform="Email", message=message, word_count=0, playbook_reference="Price objections"),
        casebook_match=CasebookMatch(found=False),
    )
