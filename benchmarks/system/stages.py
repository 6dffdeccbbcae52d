# ruff: noqa: SLF001  # looks into what it measures, so that the product need not know of it
"""Where a turn's time goes: stamps in the coach's process, and the differences between them.

`stamp` wraps the few methods that a support turn passes, so the product knows nothing of it. Every stamp is a line of
its own: the rep, the stage, and when it was reached in epoch seconds.
"""

import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import Any, TextIO

import msgspec

STAGES = (
    "written",
    "received",
    "journalled",
    "taken up",
    "decided",
    "committed",
    "asked",
    "posted",
    "provider began",
    "provider ended",
    "read",
    "handed to the run",
    "answer decided",
    "answer committed",
    "handed to the sender",
    "marked as sending",
    "arrived at Telegram",
)
"""In order. The first is the rep's side, the provider's two are its own, and so is the last."""


class Stamps:
    """Writes them down; whole lines reach the file with the last one of each turn."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._reps: dict[str, int] = {}

    def put(self, rep: int, stage: str) -> None:
        """Note that the rep's turn got here now."""
        self._file.write(f"{rep}\t{stage}\t{time.time():.6f}\n")
        if stage == "marked as sending":
            self._file.flush()

    def run_of(self, rep: int, run_id: str) -> None:
        """Remember whose run it is."""
        self._reps[run_id] = rep

    def put_run(self, request_id: str, stage: str) -> None:
        """Note a stage of the strategist's call; other agents' calls are not waited for."""
        run_id, _, agent = request_id.rpartition("/")
        if agent == "strategist" and run_id in self._reps:
            self.put(self._reps[run_id], stage)


def stamp(path: Path) -> None:
    """Wrap what a turn passes; to be called before anything runs."""
    from actors.providers.completion_call import CompletionCall
    from actors.session.pipeline_run import PipelineRun
    from actors.session.session import Session
    from actors.session.session_journal import SessionJournal
    from actors.telegram.chat_sender import ChatSender
    from actors.telegram.intake import Keeper

    stamps = Stamps(path.open("a", encoding="utf-8"))

    def arrived(entries: Any, stage: str) -> None:
        for entry in entries:
            stamps.put(_rep(entry.actor_key), stage)

    def begun(run: Any, step: Any) -> None:
        stamps.run_of(run._order.telegram_id, run._order.run_id)
        stamps.put_run(f"{run._order.run_id}/{step.agent}", "asked")

    def committing(journal: Any, origin: str, stage: str) -> None:
        if origin.startswith("telegram/"):
            stamps.put(_rep(journal._key), stage)
        elif origin.endswith("/strategist"):
            stamps.put(_rep(journal._key), f"answer {stage}")

    _around(
        Keeper,
        "keep",
        before=lambda _, all_: arrived(all_, "received"),
        after=lambda _, all_: arrived(all_, "journalled"),
    )
    _around(Session, "_handle", before=lambda one, *_: stamps.put(one._state.rep.telegram_id, "taken up"))
    _around(
        SessionJournal,
        "commit",
        before=lambda one, _, origin, **__: committing(one, origin, "decided"),
        after=lambda one, _, origin, **__: committing(one, origin, "committed"),
    )
    _around(ChatSender, "_deliver", before=lambda one, *_: stamps.put(int(one._order_key), "handed to the sender"))
    _around(ChatSender, "_perform", before=lambda one, *_: stamps.put(int(one._order_key), "marked as sending"))
    _around(CompletionCall, "_open", before=lambda one: stamps.put_run(one._order.request_id, "posted"))
    _before(CompletionCall, "_finish", lambda one, *_, **__: stamps.put_run(one._order.request_id, "read"))
    _before(PipelineRun, "_begin", lambda one, step, **_: begun(one, step))
    _before(PipelineRun, "_completed", lambda _, answer: stamps.put_run(answer.request_id, "handed to the run"))


def _rep(actor_key: str) -> int:
    return int(actor_key.rpartition("/")[2])


def _nothing(*_: Any, **__: Any) -> None:
    pass


def _around(
    owner: type, name: str, before: Callable[..., None] = _nothing, after: Callable[..., None] = _nothing
) -> None:
    wrapped = getattr(owner, name)

    async def stamped(*arguments: Any, **named: Any) -> Any:
        before(*arguments, **named)
        result = await wrapped(*arguments, **named)
        after(*arguments, **named)
        return result

    setattr(owner, name, stamped)


def _before(owner: type, name: str, note: Callable[..., None]) -> None:
    wrapped = getattr(owner, name)

    def stamped(*arguments: Any, **named: Any) -> Any:
        note(*arguments, **named)
        return wrapped(*arguments, **named)

    setattr(owner, name, stamped)


class Step(msgspec.Struct, frozen=True):
    """The time from one stage to the next, in milliseconds over all turns."""

    name: str
    median_ms: float
    p99_ms: float


def read(path: Path) -> dict[int, dict[str, float]]:
    """The first time each rep's turn reached each stage; a line that is still being written is left out."""
    turns: dict[int, dict[str, float]] = {}
    lines = path.read_text(encoding="utf-8").rpartition("\n")[0].splitlines()
    for line in lines:
        rep, stage, at = line.split("\t")
        turns.setdefault(int(rep), {}).setdefault(stage, float(at))
    return turns


def steps(turns: list[dict[str, float]]) -> list[Step]:
    """What lay between neighbouring stages, of the turns that have both; the provider's own time is left out."""
    found = []
    for earlier, later in pairwise(STAGES):
        times = [(turn[later] - turn[earlier]) * 1000 for turn in turns if earlier in turn and later in turn]
        if len(times) > 1 and later != "provider ended":
            found.append(Step(later, median(times), quantiles(times, n=100)[98]))
    return found
