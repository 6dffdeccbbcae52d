"""Messages understood and sent by the journal.

Every request comes by `ask` and is answered once, after the transaction that holds it is on disk, or by
`JournalFailed`, and then nothing of it was written. Requests take effect in the order they arrived.
"""

from typing import Literal

import msgspec

OutboxState = Literal["pending", "sending", "done", "uncertain", "dead"]
"""pending and sending are unsettled; uncertain may have reached the other side and is never repeated by itself."""


class NewInboxEntry(msgspec.Struct, frozen=True):
    """Something received from outside, known by its number within its source."""

    source: str
    number: int
    actor_key: str
    raw: bytes


class Accept(msgspec.Struct, frozen=True):
    """Keep these entries until they are settled; answered by `Accepted`."""

    entries: tuple[NewInboxEntry, ...]


class Accepted(msgspec.Struct, frozen=True):
    """The entries are durable; `fresh` are those never seen before, in the order given."""

    fresh: tuple[NewInboxEntry, ...]


class NewOutboxEntry(msgspec.Struct, frozen=True):
    """An effect to bring outside; `id` is its idempotency key, a known id is ignored."""

    id: str
    lane: str
    order_key: str
    payload: bytes


class DeadEntry(msgspec.Struct, frozen=True):
    """An inbox entry given up; `reason` is for operators and holds no content."""

    source: str
    number: int
    reason: str


class Commit(msgspec.Struct, frozen=True):
    """The whole effect of one turn, all of it or nothing; answered by `Committed`.

    `snapshot` None keeps the old one. `wake` says whether the actor has unfinished work to resume at the next
    start. `done` and `dead` settle inbox entries by (source, number); done ones lose their content at once.
    """

    actor_key: str
    snapshot: bytes | None
    wake: bool
    outbox: tuple[NewOutboxEntry, ...] = ()
    done: tuple[tuple[str, int], ...] = ()
    dead: tuple[DeadEntry, ...] = ()


class Committed(msgspec.Struct, frozen=True):
    """The turn is on disk."""


class Load(msgspec.Struct, frozen=True):
    """Ask for what an actor left behind, and for what is unsettled in a lane under an order key; see `Loaded`."""

    actor_key: str
    lane: str = ""
    order_key: str = ""


class Loaded(msgspec.Struct, frozen=True):
    """The last snapshot, if any, the unsettled inbox entries in number order, and the lane's payloads in sequence."""

    snapshot: bytes | None
    pending: tuple[NewInboxEntry, ...]
    unsettled: tuple[bytes, ...] = ()


class Forget(msgspec.Struct, frozen=True):
    """Drop an actor's snapshot and the content of all its settled entries; answered by `Committed`.

    What is not settled yet goes on and loses its content when it is done.
    """

    actor_key: str
    order_key: str


class Unfinished(msgspec.Struct, frozen=True):
    """Ask which actors have unsettled entries or asked to be woken; answered by `UnfinishedKeys`."""


class UnfinishedKeys(msgspec.Struct, frozen=True):
    """The keys of every actor to resume, sorted."""

    actor_keys: tuple[str, ...]


class Subscribe(msgspec.Struct, frozen=True):
    """Send me `OutboxAppended` now and after each commit that adds to this lane; once is enough."""

    lane: str


class OutboxAppended(msgspec.Struct, frozen=True):
    """The lane may hold new entries; one notice may stand for many commits."""

    lane: str


class TakeOutbox(msgspec.Struct, frozen=True):
    """Ask for the lane's unsettled entries with a sequence above `after`, and below `before` where it is given.

    Answered by `OutboxBatch`.
    """

    lane: str
    after: int
    limit: int
    before: int | None = None


class OutboxEntry(msgspec.Struct, frozen=True):
    """An effect as it lies in the outbox; `created_at` is UTC epoch seconds, `attempts` counts "sending" marks."""

    sequence: int
    id: str
    order_key: str
    payload: bytes
    state: OutboxState
    attempts: int
    created_at: float


class OutboxBatch(msgspec.Struct, frozen=True):
    """Unsettled entries in sequence order; taking them does not change them."""

    entries: tuple[OutboxEntry, ...]


class OutboxMark(msgspec.Struct, frozen=True):
    """The new state of one entry; a done entry has lost its payload and stays done. `detail` holds no content."""

    sequence: int
    state: OutboxState
    detail: str = ""


class MarkOutbox(msgspec.Struct, frozen=True):
    """Write these states down together; answered by `Marked`."""

    marks: tuple[OutboxMark, ...]


class Marked(msgspec.Struct, frozen=True):
    """The states are on disk."""


class TrimOutbox(msgspec.Struct, frozen=True):
    """Delete the oldest unsettled entries of a lane beyond the newest `keep`; answered by `Trimmed`."""

    lane: str
    keep: int


class Trimmed(msgspec.Struct, frozen=True):
    """How many entries went."""

    dropped: int


class DescribeJournal(msgspec.Struct, frozen=True):
    """Ask what the journal holds; answered by `JournalDescribed`, also while nothing can be written."""


class JournalDescribed(msgspec.Struct, frozen=True):
    """Counts of what is unsettled, per lane where there are lanes; `last_problem` is None once writing works again."""

    inbox_pending: int
    outbox_pending: dict[str, int]
    uncertain: int
    dead: int
    oldest_age_s: dict[str, float]
    last_problem: str | None


class ListGivenUp(msgspec.Struct, frozen=True):
    """Ask for the newest entries that are dead or uncertain; answered by `GivenUpListed`."""

    limit: int = 100


class GivenUpEntry(msgspec.Struct, frozen=True):
    """An update or effect that nothing more is done about; `lane` is "inbox" for updates. It names no actor."""

    id: str
    lane: str
    state: Literal["dead", "uncertain"]
    reason: str
    since: float


class GivenUpListed(msgspec.Struct, frozen=True):
    """Those entries, the newest first; `since` is UTC epoch seconds."""

    entries: tuple[GivenUpEntry, ...]


class ResolveGivenUp(msgspec.Struct, frozen=True):
    """Try the entry again from the start, or wipe it and call it done; answered by `GivenUpResolved`."""

    id: str
    replay: bool


class GivenUpResolved(msgspec.Struct, frozen=True):
    """Whether there was such an entry with its content; `actor_key` is whom to resume after the replay of an update."""

    found: bool
    actor_key: str | None = None


class JournalFailed(msgspec.Struct, frozen=True):
    """Nothing of the request was written; `reason` is one sentence for operators."""

    reason: str


class Prune(msgspec.Struct, frozen=True):
    """Delete settled entries past their age; answered by `Pruned`. The journal sends it to itself."""


class Pruned(msgspec.Struct, frozen=True):
    """How many entries went; `more` says the pass was full and another one is due."""

    deleted: int
    more: bool


JournalRequest = (
    Accept
    | Commit
    | Load
    | Forget
    | Unfinished
    | TakeOutbox
    | MarkOutbox
    | TrimOutbox
    | DescribeJournal
    | ListGivenUp
    | ResolveGivenUp
    | Prune
)
JournalReply = (
    Accepted
    | Committed
    | Loaded
    | UnfinishedKeys
    | OutboxBatch
    | Marked
    | Trimmed
    | JournalDescribed
    | GivenUpListed
    | GivenUpResolved
    | Pruned
    | JournalFailed
)
