"""A house of actors that describe themselves at once, with a rep's data planted wherever it could leak from."""

import msgspec

from actors.journal import DescribeJournal, GivenUpListed, JournalDescribed, ListGivenUp
from actors.providers.messages import (
    DescribeDurations,
    DescribeProviders,
    DurationsDescribed,
    Provider,
    ProviderCalls,
    ProvidersDescribed,
    ProviderStatus,
    TeamSpent,
)
from actors.providers.record_writer import DescribeWriter, WriterDescribed
from actors.providers.tracer import DescribeTracer, TracerDescribed
from actors.providers.transcription import DescribeTranscriber, TranscriberDescribed
from actors.scheduler import DescribeScheduler, SchedulerDescribed
from actors.session.messages import DescribeSessions, SessionsDescribed
from actors.telegram.messages import DescribeTelegram, TelegramDescribed
from runtime import Actor, ActorSystem, Address, ChildSpec, Restart

REP = "7654321987"
TEXT = "Maria Keller of Nordwerk wants a discount"
KEY = "sk-or-v1-planted-key-of-a-rep"
PLANTED = (REP, "Maria", "Nordwerk", KEY)

LANE = ProviderStatus(
    "openrouter-team-free", Provider.OPENROUTER, "closed", "", 0.0, 2, 1, 30, 1, "practice", 0.4, 20, 50, 6
)
CALLS = ProviderCalls(Provider.OPENROUTER, 31, 0.75, 1.5, 42.0, 4321, 765, 0.37, 1.0, "rate_limited")
DESCRIBED: dict[type, object] = {
    DescribeJournal: JournalDescribed(0, {"message": 2}, 1, 0, {"message": 3.0}, None),
    DescribeProviders: ProvidersDescribed((LANE,), team=TeamSpent(1.0, 1000, 5.0, 10_000), by_provider=(CALLS,)),
    DescribeDurations: DurationsDescribed({}),
    DescribeWriter: WriterDescribed(0, 0.0, None, 12, 0, 0.25, 1.0),
    ListGivenUp: GivenUpListed(()),
    DescribeTracer: TracerDescribed(0, 4, 0),
    DescribeScheduler: SchedulerDescribed(0.0),
    DescribeTranscriber: TranscriberDescribed("closed", "", 0.0, 1, 0, 3, 0, 0, 0, None),
    DescribeTelegram: TelegramDescribed(
        connected=True, last_contact_age_s=1.0, last_problem=None, received=9, sent=8, kinds={"message": 9}
    ),
    DescribeSessions: SessionsDescribed(3, 5, 7),
}
NAMES = (
    "journal",
    "llm_router",
    "record_writer",
    "trace_writer",
    "tracer",
    "transcriber",
    "scheduler",
    "update_receiver",
    "message_sender",
)


class Told(msgspec.Struct, frozen=True):
    """A message with a rep's words in it."""

    text: str = TEXT


class Describing(Actor):
    """Answers every question about itself."""

    async def receive(self, message: object, sender: Address) -> None:
        if type(message) in DESCRIBED:
            self.send(sender, DESCRIBED[type(message)])


class Session(Actor):
    """Fails at what a rep says, and tells the rep's words in the error."""

    async def receive(self, message: object, sender: Address) -> None:
        if message == Told():
            raise ValueError(TEXT, KEY)


class Sessions(Actor):
    """Makes a session for each id."""

    async def receive(self, message: object, sender: Address) -> None:
        if isinstance(message, DescribeSessions):
            self.send(sender, DESCRIBED[DescribeSessions])
        elif isinstance(message, str):
            rep = self.spawn(ChildSpec(f"telegram/{message}", Session, restart=Restart.PERMANENT))
            self.send(rep, Told())


async def furnish(system: ActorSystem) -> None:
    """Start everybody a status asks."""
    for name in NAMES:
        await system.start(ChildSpec(name, Describing, well_known=True))
    await system.start(ChildSpec("sessions", Sessions, well_known=True))


async def plant(system: ActorSystem) -> None:
    """A session of a rep that has failed on the rep's words, and dead letters with them."""
    sessions = system.find("sessions")
    system.send(sessions, REP)
    gone = await system.start(ChildSpec(f"telegram/{REP}", Session, restart=Restart.TEMPORARY))
    system.send(gone, Told())
    system.send(gone, Told())
