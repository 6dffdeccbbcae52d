"""LaneJob: one request in a lane, from acceptance to its one answer."""

import msgspec

from actors.providers.answers import Undecodable, repair_turn
from actors.providers.completion_call import CallAnswered, CallMetered, CallOrder
from actors.providers.failures import Failure
from actors.providers.lane_messages import CallAccounted, CallEnded, LaneName, LaneSettings, Outcome, RunCompletion
from actors.providers.lane_tools import LaneTools
from actors.providers.messages import ChatMessage, Complete, Completed, CompletionQueued, Priority, Provider, Usage
from actors.providers.model_call import ModelCall
from actors.providers.models import shape_for
from actors.providers.told_wait import is_as_told
from runtime import Address, Timer

_CHARACTERS_PER_TOKEN = 3.5
_TOKENS_PER_IMAGE = 1_600
_TOKENS_PER_TURN = 20_000
_MOST_TURNS = 8.0
_QUOTED_CHARACTERS = 20_000
"""How much of an undecodable answer is shown to the model again."""


class LaneJob(msgspec.Struct, eq=False, kw_only=True):
    """The state of a request. `models` shrinks as the lane gives up on some; `attempts` counts HTTP calls.

    `metered` is the last word of what the newest of them has used.
    """

    number: int
    request: Complete
    reply_to: Address
    models: tuple[str, ...]
    messages: tuple[ChatMessage, ...]
    accepted_at: float
    deadline: Timer
    last: bool = True
    started_at: float = 0.0
    started_time: float = 0.0
    attempts: int = 0
    retries: int = 0
    repaired: bool = False
    queued: bool = False
    told_wait_s: float = 0.0
    call: Address | None = None
    metered: CallMetered | None = None
    backoff: Timer | None = None

    @property
    def deadline_at(self) -> float:
        """The clock's reading at which the request must be over."""
        return self.accepted_at + self.request.deadline_s

    @property
    def place(self) -> tuple[Priority, int]:
        """Where the request waits: its class and its rep."""
        return self.request.priority, self.request.telegram_id

    @property
    def tokens(self) -> float:
        """An estimate of what the request puts in."""
        texts = sum(map(len, self.request.system)) + sum(len(message.content) for message in self.messages)
        images = sum(len(message.images) for message in self.messages)
        return texts / _CHARACTERS_PER_TOKEN + images * _TOKENS_PER_IMAGE

    @property
    def cost(self) -> float:
        """Turns that the request costs its rep: one, and more where it is much longer than others."""
        return min(max(1.0, self.tokens / _TOKENS_PER_TURN), _MOST_TURNS)


def new_job(order: RunCompletion, deadline: Timer) -> LaneJob:
    """The state in which a request begins."""
    return LaneJob(
        number=order.number,
        request=order.request,
        reply_to=order.reply_to,
        models=order.models,
        messages=order.request.messages,
        accepted_at=order.accepted_at,
        deadline=deadline,
        last=order.last,
    )


def model_call(job: LaneJob, tools: LaneTools) -> ModelCall:
    """What to ask for this job now; models that are held to a schema in another way than the first are left out."""
    request = job.request
    shape = shape_for(tools.known(job.models[0]))
    return ModelCall(
        models=tuple(model for model in job.models if shape_for(tools.known(model)) == shape),
        system=request.system,
        messages=job.messages,
        max_tokens=request.max_tokens,
        effort=request.effort,
        pseudonym=tools.pseudonym(request.telegram_id),
        output_name=request.output,
        schema=tools.schemas[request.output] if request.output else None,
        shape=shape,
        web_search=request.web_search,
        data_collection=tools.data_collection,
    )


def wait_notice(job: LaneJob, position: int, wait_s: float, beyond_s: float) -> CompletionQueued | None:
    """The notice of a wait beyond so many seconds, None where it is about what was told last: each shows as an edit."""
    if wait_s <= beyond_s or is_as_told(wait_s, job.told_wait_s):
        return None
    job.told_wait_s = wait_s
    return CompletionQueued(job.request.request_id, position, round(wait_s, 1))


def completed(job: LaneJob, provider: Provider, answer: CallAnswered, text: str, now: float) -> Completed:
    """The message that ends a request well."""
    return Completed(
        request_id=job.request.request_id,
        text=text,
        provider=provider,
        model=answer.model or job.models[0],
        usage=answer.usage,
        first_token_s=job.started_at - job.accepted_at + answer.first_token_s,
        total_s=now - job.accepted_at,
        citations=answer.citations,
        truncated=answer.truncated,
    )


def call_order(job: LaneJob, tools: LaneTools, settings: LaneSettings, *, free: bool) -> CallOrder:
    """The next attempt at this job."""
    return CallOrder(
        number=job.number,
        request_id=job.request.request_id,
        call=model_call(job, tools),
        first_token_s=settings.first_token_free_s if free else settings.first_token_paid_s,
        idle_s=settings.idle_s,
        coalesce_s=settings.coalesce_s,
    )


def repair_messages(job: LaneJob, answer: CallAnswered, error: Undecodable) -> tuple[ChatMessage, ...]:
    """The request once more, with the answer that did not fit and what is wrong with it."""
    return (
        *job.request.messages,
        ChatMessage("assistant", answer.text[:_QUOTED_CHARACTERS]),
        ChatMessage("user", repair_turn(error, truncated=answer.truncated)),
    )


def call_ended(
    job: LaneJob, provider: Provider, now: float, answer: CallAnswered | None, outcome: Outcome
) -> CallEnded:
    """What is measured of an attempt: the model asked for, since that is the one an operator knows."""
    told = answer or job.metered
    return CallEnded(provider, job.models[0], outcome, now - job.started_at, told.usage if told is not None else None)


def accounted(
    job: LaneJob, lane: LaneName, answer: CallAnswered | None = None, failure: Failure | None = None
) -> CallAccounted:
    """What the ledger is told of a call that reached the provider, however it ended; without a failure it was stopped.

    Where the provider said nothing of what it used it may bill all the same, unless an error was its first word.
    """
    told = answer or job.metered
    refused = failure is not None and failure.status is not None
    return CallAccounted(
        lane=lane.name,
        free=lane.free,
        telegram_id=job.request.telegram_id,
        agent=job.request.agent,
        provider=lane.provider,
        model=(told.model if told is not None else "") or job.models[0],
        paid_by=lane.paid_by,
        usage=told.usage if told is not None else None if refused else Usage(),
        answered=answer is not None,
    )
