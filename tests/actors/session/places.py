"""Every place of a conversation at which something was asked, by what is awaited there."""

from actors.providers.messages import Provider, SealedKey
from actors.session.waiting import (
    AnsweringScenario,
    AwaitingProspect,
    CheckingKey,
    ChoosingAgentModel,
    ChoosingProvider,
    EditingLead,
    EnteringKey,
    EnteringTimeZone,
    InvitingUser,
    NotingLead,
    RewordingMemory,
    SearchingCasebook,
    SearchingLeads,
    SearchingModel,
    ShowingPost,
    TellingCommentWish,
    TellingOutcome,
    TellingWish,
    UpdatingLead,
    Waiting,
)
from tests.actors.session.leading import LEAD
from tests.actors.session.test_memory import WEAK
from tests.actors.session.test_revise import RUN
from tests.actors.session.world import NOW

PLACES: dict[str, Waiting] = {
    "set-up": ChoosingProvider(),
    "key": EnteringKey(Provider.OPENROUTER),
    "key under check": CheckingKey(SealedKey(Provider.OPENROUTER, 7, "sealed")),
    "prospect": AwaitingProspect(),
    "time zone": EnteringTimeZone(),
    "draft": TellingWish(RUN),
    "casebook": SearchingCasebook(),
    "memory": RewordingMemory(WEAK.id),
    "leads": SearchingLeads(),
    "note": NotingLead(LEAD),
    "edit": EditingLead(LEAD),
    "outcome": TellingOutcome(LEAD),
    "news": UpdatingLead(LEAD),
    "post": ShowingPost(LEAD),
    "comments": TellingCommentWish(RUN),
    "drill": AnsweringScenario("train_boss", NOW),
    "invitation": InvitingUser(),
    "model": SearchingModel(),
    "agent's model": ChoosingAgentModel("trainer"),
}
