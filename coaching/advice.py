"""What agents answer about a lead beside the strategist: advice on what is new, comments on a post, web research."""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from coaching.strategist import Line, Passage


class AdviceOutput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the advisor answers."""

    assessment: Annotated[Passage, Meta(description="What the news means for this deal, in one to three sentences")]
    moves: Annotated[tuple[Line, ...], Meta(min_length=1, max_length=4, description="What to do next, in order")]
    message: Annotated[str, Meta(max_length=3000, description="The next message, ready to send; null for none")] | None


class Tone(StrEnum):
    """How a comment sounds."""

    PROFESSIONAL = "professional"
    CASUAL = "casual"
    QUESTION = "question"


class Comment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One comment that could stand under a post."""

    tone: Tone
    text: Annotated[str, Meta(min_length=1, max_length=1000)]


class CommentsOutput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the comment writer answers."""

    post: Annotated[Line, Meta(description="What the post says, in one sentence")]
    options: Annotated[tuple[Comment, ...], Meta(min_length=3, max_length=3, description="One of each tone")]


class Page(msgspec.Struct, frozen=True):
    """A page that a search cited."""

    url: str
    title: str


class Research(msgspec.Struct, frozen=True):
    """What a search found, and the pages it says so from; `truncated` where the text is not whole."""

    text: str
    pages: tuple[Page, ...]
    truncated: bool = False
