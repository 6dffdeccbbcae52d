"""What a session takes the rep's next message for: one small frozen Struct per place in a conversation.

A flow adds its own here and handles it in the `texts` or `files` of its `Flow`. None of them outlives a command.
"""

import msgspec

from actors.providers.messages import Provider, SealedKey


class Idle(msgspec.Struct, frozen=True, tag="idle"):
    """Nothing was asked: a text is offered as a prospect."""


class ChoosingProvider(msgspec.Struct, frozen=True, tag="choosing_provider"):
    """The buttons with the providers are shown."""


class EnteringKey(msgspec.Struct, frozen=True, tag="entering_key"):
    """The next text is the rep's key of this provider."""

    provider: Provider


class CheckingKey(msgspec.Struct, frozen=True, tag="checking_key"):
    """The provider is being asked about this key."""

    key: SealedKey


class AwaitingProspect(msgspec.Struct, frozen=True, tag="awaiting_prospect"):
    """The next message is a prospect."""


class EnteringTimeZone(msgspec.Struct, frozen=True, tag="entering_time_zone"):
    """The next text is the rep's time zone."""


class SearchingModel(msgspec.Struct, frozen=True, tag="searching_model"):
    """The next text is part of a model's name; `offered` are the models whose buttons were shown last."""

    offered: tuple[str, ...] = ()


class ChoosingAgentModel(msgspec.Struct, frozen=True, tag="choosing_agent_model"):
    """The next text is part of the name of a model for this agent."""

    agent: str


class InvitingUser(msgspec.Struct, frozen=True, tag="inviting_user"):
    """The next text is the username of somebody to invite."""


class TellingWish(msgspec.Struct, frozen=True, tag="telling_wish"):
    """The next text says how the draft of this run is to be changed."""

    run_id: str


class AnsweringScenario(msgspec.Struct, frozen=True, tag="answering_scenario"):
    """The next text is the answer to this scenario.

    `difficulty` is the one chosen, 0 for any; `asked_by` is the message whose button opened it, so that a second tap
    opens no second one.
    """

    scenario_id: str
    shown_at: float
    difficulty: int = 0
    level_id: str = ""
    asked_by: int | None = None


class SearchingCasebook(msgspec.Struct, frozen=True, tag="searching_casebook"):
    """The next text is what to look for in the casebook."""


class RewordingMemory(msgspec.Struct, frozen=True, tag="rewording_memory"):
    """The next text is how this remembered item shall read."""

    item_id: str


class SearchingLeads(msgspec.Struct, frozen=True, tag="searching_leads"):
    """The next text is what to look for among the leads."""


class NotingLead(msgspec.Struct, frozen=True, tag="noting_lead"):
    """The next text is a note on this lead."""

    lead_id: str


class EditingLead(msgspec.Struct, frozen=True, tag="editing_lead"):
    """The next text sets fields of this lead, one a line."""

    lead_id: str


class TellingOutcome(msgspec.Struct, frozen=True, tag="telling_outcome"):
    """The next text says what decided this lead."""

    lead_id: str


class UpdatingLead(msgspec.Struct, frozen=True, tag="updating_lead"):
    """The next messages, texts or pictures, are news of this lead."""

    lead_id: str


class ShowingPost(msgspec.Struct, frozen=True, tag="showing_post"):
    """The next picture or text is a post to comment on, of this lead or, where it is empty, of anybody."""

    lead_id: str = ""


class TellingCommentWish(msgspec.Struct, frozen=True, tag="telling_comment_wish"):
    """The next text says how the comments of this run are to be changed."""

    run_id: str


Waiting = (
    Idle
    | ChoosingProvider
    | EnteringKey
    | CheckingKey
    | AwaitingProspect
    | EnteringTimeZone
    | SearchingModel
    | ChoosingAgentModel
    | InvitingUser
    | TellingWish
    | AnsweringScenario
    | SearchingCasebook
    | RewordingMemory
    | SearchingLeads
    | NotingLead
    | EditingLead
    | TellingOutcome
    | UpdatingLead
    | ShowingPost
    | TellingCommentWish
)
"""Everything a session may wait for."""
