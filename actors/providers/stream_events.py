"""What a model's stream says, in words common to all providers."""

import msgspec

from actors.providers.messages import Citation, Usage


class TextArrived(msgspec.Struct, frozen=True):
    """More text of the answer."""

    text: str


class ThoughtArrived(msgspec.Struct, frozen=True):
    """The model is thinking: a sign of life that is not part of the answer."""


class UsageArrived(msgspec.Struct, frozen=True):
    """What the answer has used so far; each one replaces the last."""

    usage: Usage


class ModelNamed(msgspec.Struct, frozen=True):
    """Which model answers, under which id of the provider."""

    model: str
    response_id: str


class PageCited(msgspec.Struct, frozen=True):
    """The answer refers to this page."""

    citation: Citation


class AnswerEnded(msgspec.Struct, frozen=True):
    """The answer is complete; `truncated` where it hit a token limit."""

    reason: str
    truncated: bool = False


StreamEvent = TextArrived | ThoughtArrived | UsageArrived | ModelNamed | PageCited | AnswerEnded
