"""The actor runtime: Thespian's actors on asyncio, supervised, bounded and observable."""

from runtime.actor import Actor, Supervisor
from runtime.address import Address
from runtime.clock import Cancellable, Clock, SystemClock
from runtime.dead_letters import DeadLetter
from runtime.errors import (
    ActorDead,
    ActorError,
    ActorFailed,
    AskTimeout,
    MailboxFull,
    MisuseError,
    NameTaken,
    NotAnActor,
    RuntimeFault,
    StartFailed,
    WorkCancelled,
)
from runtime.mailbox import Mailbox, Overflow
from runtime.owned import Timer
from runtime.supervision import Backoff, ChildSpec, EndReason, Restart, Strategy, Supervision, Terminated
from runtime.system import ActorSystem
from runtime.virtual import Idle, Retire, StillBusy, VirtualActors
from runtime.watching import CellSnapshot, Histogram, LoopSnapshot, Sketch, SystemSnapshot, Times, TypeSnapshot

__all__ = [
    "Actor",
    "ActorDead",
    "ActorError",
    "ActorFailed",
    "ActorSystem",
    "Address",
    "AskTimeout",
    "Backoff",
    "Cancellable",
    "CellSnapshot",
    "ChildSpec",
    "Clock",
    "DeadLetter",
    "EndReason",
    "Histogram",
    "Idle",
    "LoopSnapshot",
    "Mailbox",
    "MailboxFull",
    "MisuseError",
    "NameTaken",
    "NotAnActor",
    "Overflow",
    "Restart",
    "Retire",
    "RuntimeFault",
    "Sketch",
    "StartFailed",
    "StillBusy",
    "Strategy",
    "Supervision",
    "Supervisor",
    "SystemClock",
    "SystemSnapshot",
    "Terminated",
    "Timer",
    "Times",
    "TypeSnapshot",
    "VirtualActors",
    "WorkCancelled",
]
