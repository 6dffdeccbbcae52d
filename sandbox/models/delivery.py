"""One answer on its way out: what is sent, at which pace, and where a fault breaks it."""

import asyncio
import math
import re
from typing import Protocol

import msgspec

from sandbox.models.coach import Question, answer, cited
from sandbox.models.faults import Fault, Kind
from sandbox.models.searching import Page
from sandbox.models.simulation import Simulation, count_tokens

_PIECE = re.compile(r"\s*(?:\S+\s*){1,3}")
_PROSE = (
    "Sure! Here is what I think about this prospect: they look interesting, and I would reach out soon with a friendly "
    "note. Let me know if you would like me to turn this into JSON."
)
_REFUSAL = "I can't help with that."


class Delivery(msgspec.Struct, frozen=True):
    """An answer ready to be sent; `finish` is stop, length or refusal."""

    text: str
    finish: str
    prompt_tokens: int
    fault: Fault | None = None
    pages: tuple[Page, ...] = ()

    @property
    def kind(self) -> Kind | None:
        """The fault's kind, if the delivery has one."""
        return self.fault.kind if self.fault else None

    @property
    def completion_tokens(self) -> int:
        """Tokens of the answer."""
        return count_tokens(self.text)


class Wire(Protocol):
    """How one provider writes the parts of a stream."""

    async def open(self) -> None:
        """Send the headers and whatever precedes the text."""

    async def keep_alive(self) -> None:
        """Send what says the server is still there."""

    async def piece(self, text: str) -> None:
        """Send more text."""

    async def fail(self) -> None:
        """Send an error inside the stream."""

    async def close(self, delivery: Delivery) -> None:
        """Send the reason of the end, the usage and the last event."""


def prepare(question: Question, max_tokens: int, fault: Fault | None) -> Delivery:
    """Let the practice model answer and spoil the answer as the fault says."""
    text = answer(question)
    prompt_tokens = question_tokens(question)
    finish = "stop"
    match fault.kind if fault else None:
        case Kind.PROSE:
            text = _PROSE
        case Kind.INVALID_JSON:
            text = text[: len(text) * 2 // 3].rstrip('"}] ') + ",,]"
        case Kind.WRONG_SHAPE:
            text = '{"unexpected": true}'
        case Kind.TRUNCATED:
            text, finish = text[: len(text) // 2], "length"
        case Kind.REFUSAL:
            text, finish = _REFUSAL, "refusal"
        case Kind.EMPTY_CHOICES:
            text = ""
    if count_tokens(text) > max_tokens:
        text, finish = text[: max_tokens * 4], "length"
    return Delivery(text, finish, prompt_tokens, fault, cited(question))


def question_tokens(question: Question) -> int:
    """Tokens of a request: its text, and its pictures by their size in squares of 28 pixels."""
    pictures = [picture for turn in question.turns for picture in turn.pictures]
    squares = sum(math.ceil(one.width / 28) * math.ceil(one.height / 28) for one in pictures)
    return count_tokens(question.system + "".join(turn.text for turn in question.turns)) + squares


async def deliver(wire: Wire, delivery: Delivery, simulation: Simulation) -> str:
    """Stream the answer and return how it ended; returns early without the last event where a fault cuts it."""
    await wire.open()
    if delivery.kind is Kind.KEEP_ALIVE:
        await _keep_alive_for_ever(wire, simulation)
    await _first_token(wire, simulation)
    pieces = _PIECE.findall(delivery.text)
    breaks_at = _breaking_point(delivery, len(pieces))
    for number, piece in enumerate(pieces):
        if number == breaks_at:
            break
        await asyncio.sleep(_gap(delivery, simulation))
        await wire.piece(piece)
    match delivery.kind:
        case Kind.MID_STREAM_ERROR:
            await wire.fail()
        case Kind.STALL:
            await _keep_alive_for_ever(wire, simulation)
        case Kind.CUT:
            pass
        case _:
            await wire.close(delivery)
    return f"fault:{delivery.kind}" if delivery.kind else "answered"


def _breaking_point(delivery: Delivery, pieces: int) -> int | None:
    if delivery.fault is None or delivery.kind not in (Kind.MID_STREAM_ERROR, Kind.STALL, Kind.CUT):
        return None
    return min(delivery.fault.after_pieces, pieces)


def _gap(delivery: Delivery, simulation: Simulation) -> float:
    if delivery.fault is not None and delivery.kind is Kind.SLOW_DRIP:
        return delivery.fault.gap_s
    return simulation.gap_s()


async def _first_token(wire: Wire, simulation: Simulation) -> None:
    left = simulation.first_token_s()
    while left > 0:
        pause = min(left, simulation.options.keep_alive_s)
        await asyncio.sleep(pause)
        left -= pause
        if left > 0:
            await wire.keep_alive()


async def _keep_alive_for_ever(wire: Wire, simulation: Simulation) -> None:
    while True:
        await asyncio.sleep(simulation.options.keep_alive_s)
        await wire.keep_alive()


async def hang() -> None:
    """Wait until the client leaves."""
    await asyncio.Event().wait()
