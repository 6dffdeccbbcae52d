"""The rep's profile on the page: numbers, badges and history, what is remembered, and all that is stored."""

from typing import Any, Literal

import msgspec

from actors.session import memory, own_data
from actors.session.cards import category
from actors.session.flow import Flow
from actors.session.page import Action, NoBody, NotNow, NotThere, Parameters, View
from actors.session.page_words import Words
from actors.session.pool import find
from actors.session.pressing import press, say_to
from actors.session.state import Profile, SessionState
from actors.session.stats import stats_of
from actors.session.turn import Turn, World
from actors.session.waiting import RewordingMemory
from coaching import remembered
from coaching.progress import Standing
from coaching.remembered import Item
from coaching.stats import DrillStats, TrackStats
from storage import from_text

MOST_HISTORY = 50


class Badge(msgspec.Struct, frozen=True):
    """A badge; `day` is when it was earned, null before."""

    id: str
    name: str
    day: str | None


class Answered(msgspec.Struct, frozen=True):
    """An answer in the history of practice."""

    scenario_id: str
    category: str | None
    mode: str
    score: int
    at: float


class ProfileView(msgspec.Struct, frozen=True):
    """The rep in numbers; `history` is newest first."""

    standing: Standing
    streak_days: int
    answers: int
    last_average: int | None
    best: int | None
    tracks: tuple[TrackStats, ...]
    drills: tuple[DrillStats, ...]
    weak: tuple[str, ...]
    badges: tuple[Badge, ...]
    history: tuple[Answered, ...]
    leads: dict[str, int]


class Memory(msgspec.Struct, frozen=True):
    """What is remembered of the rep, and from how many conversations."""

    items: tuple[Item, ...]
    conversations: int


class Export(msgspec.Struct, frozen=True):
    """Everything stored of the rep, table by table."""

    exported_at: str
    telegram_id: int
    tables: dict[str, list[dict[str, Any]]]


class Deletion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The word that says it is meant."""

    confirm: Literal["delete everything"]


def profile(state: SessionState, parameters: Parameters, world: World) -> ProfileView:
    """The rep's numbers."""
    stats = stats_of(_profile(state, world), world)
    names = (*((id_, day) for id_, day in stats.badges), *((id_, None) for id_ in stats.badges_open))
    return ProfileView(
        standing=stats.standing,
        streak_days=stats.streak_days,
        answers=stats.answers,
        last_average=stats.last_average,
        best=stats.best,
        tracks=stats.tracks,
        drills=stats.drills,
        weak=tuple(category(name, world) for name in stats.weak),
        badges=tuple(Badge(id_, world.texts(f"badge-{id_}"), day) for id_, day in names),
        history=_history(world),
        leads=dict(stats.leads),
    )


def shown_memory(state: SessionState, parameters: Parameters, world: World) -> Memory:
    """What is remembered."""
    return Memory(remembered.items(state.memory), state.memory.total_sessions)


def export(state: SessionState, parameters: Parameters, world: World) -> Export:
    """All that is stored."""
    _profile(state, world)
    return msgspec.convert(own_data.exported(state, world), Export)


def reword(state: SessionState, parameters: Parameters, words: Words, world: World) -> Turn:
    """Put an item into the rep's own words."""
    return say_to(memory.take_words, state, RewordingMemory(_item(state, parameters)), words.text, world)


def forget(state: SessionState, parameters: Parameters, body: NoBody, world: World) -> Turn:
    """Forget an item."""
    return press(memory.pressed, state, ("forget", _item(state, parameters)), world)


def forget_all(state: SessionState, parameters: Parameters, body: NoBody, world: World) -> Turn:
    """Forget everything that was remembered."""
    return press(memory.pressed, state, ("clear", "yes"), world)


def delete(state: SessionState, parameters: Parameters, deletion: Deletion, world: World) -> Turn:
    """Delete everything that is stored of the rep."""
    return press(own_data.pressed, state, ("yes",), world)


def _profile(state: SessionState, world: World) -> Profile:
    if state.profile is None:
        raise NotNow(world.texts("setup-first"))
    return state.profile


def _item(state: SessionState, parameters: Parameters) -> str:
    item = remembered.find(state.memory, parameters["item_id"])
    if item is None:
        raise NotThere
    return item.id


def _history(world: World) -> tuple[Answered, ...]:
    rows = sorted(world.book.rows("attempts").values(), key=lambda row: str(row["created_at"]), reverse=True)
    return tuple(_answered(row, world) for row in rows[:MOST_HISTORY])


def _answered(row: dict[str, object], world: World) -> Answered:
    found = find(world, str(row["scenario_id"]))
    return Answered(
        scenario_id=str(row["scenario_id"]),
        category=category(found.category, world) if found else None,
        mode=str(row["mode"]),
        score=int(str(row["score"])),
        at=from_text(str(row["created_at"])),
    )


FLOW = Flow(
    views={
        "profile": View(profile, ProfileView),
        "memory": View(shown_memory, Memory),
        "export": View(export, Export),
    },
    actions={
        "memory/{item_id}/reword": Action(reword, then="memory", body=Words),
        "memory/{item_id}/forget": Action(forget, then="memory"),
        "memory/clear": Action(forget_all, then="memory"),
        "me/delete": Action(delete, then="me", body=Deletion),
    },
)
