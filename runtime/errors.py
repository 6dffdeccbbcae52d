"""The runtime's errors, split by whose fault it is.

    RuntimeFault
    ├── ActorError           the other side of an `ask`: it ends without an answer
    │   ├── ActorFailed        its handler raised, or does not know the message
    │   ├── ActorDead          it has ended, or ended before it answered
    │   ├── AskTimeout         the deadline passed
    │   └── MailboxFull        its mailbox refused or dropped the request
    ├── MisuseError          the caller's own mistake
    │   ├── NameTaken          a living sibling or well-known actor has the name
    │   ├── NotAnActor         the object cannot be addressed or supervised
    │   └── SourcesRefused     code would be loaded at run time
    ├── StartFailed          a top-level actor was given up before it had started
    └── WorkCancelled        work given to `pipe` was cancelled by somebody else

No error carries a message's content or another error's text: both may be personal data.
"""

from thespian.actors import ActorSystemException


class RuntimeFault(Exception):
    """Anything the runtime itself raises."""


class ActorError(RuntimeFault):
    """An `ask` ended without an answer."""


class ActorFailed(ActorError):
    """The handler raised; only the names of the types are kept."""

    def __init__(self, actor_type: str, error_type: str) -> None:
        super().__init__(f"{actor_type} failed with {error_type}")
        self.actor_type = actor_type
        self.error_type = error_type


class ActorDead(ActorError):
    """The actor has ended or ended before it answered."""

    def __init__(self, actor_type: str) -> None:
        super().__init__(f"{actor_type} is not alive")
        self.actor_type = actor_type


class AskTimeout(ActorError):
    """No answer came before the deadline."""

    def __init__(self, actor_type: str, message_type: str, deadline_s: float) -> None:
        super().__init__(f"{actor_type} did not answer {message_type} within {deadline_s:g} s")
        self.actor_type = actor_type
        self.message_type = message_type
        self.deadline_s = deadline_s


class MailboxFull(ActorError):
    """The mailbox refused the request or dropped it for a newer one."""

    def __init__(self, actor_type: str) -> None:
        super().__init__(f"the mailbox of {actor_type} is full")
        self.actor_type = actor_type


class MisuseError(RuntimeFault):
    """The caller's own mistake; trying again does not help."""


class NameTaken(MisuseError):
    """A living actor has the name already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the name {name!r} is taken")
        self.name = name


class NotAnActor(MisuseError):
    """The object is no actor or no address of this runtime."""

    def __init__(self, what: object) -> None:
        super().__init__(f"{type(what).__name__} cannot be used as an actor here")


class SourcesRefused(MisuseError, ActorSystemException, PermissionError):  # type: ignore[misc]  # thespian has no types
    """Code comes with a release; this system loads none at run time. An OSError like that of a file that is missing."""

    def __init__(self, what: object) -> None:
        super().__init__(f"this system does not load code at run time ({type(what).__name__} given)")


class StartFailed(RuntimeFault):
    """A top-level actor was given up before it had started."""

    def __init__(self, name: str, error_type: str) -> None:
        super().__init__(f"{name} did not start: {error_type}")
        self.name = name
        self.error_type = error_type


class WorkCancelled(RuntimeFault):
    """Work given to `pipe` was cancelled, and not because its actor ended."""
