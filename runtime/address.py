"""Address: how an actor is named in messages; it outlives restarts of its actor."""

import secrets
from itertools import count
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary, WeakValueDictionary

from thespian.actors import ActorAddress

from runtime.errors import NotAnActor

if TYPE_CHECKING:
    from runtime.kernel import Kernel


class Endpoint(Protocol):
    """What stands behind an address: an actor's cell or a waiting `ask`."""

    kernel: "Kernel"

    def deliver(self, message: object, sender: "Address") -> None:
        """Accept the message or make a dead letter of it; never raises."""

    @property
    def path(self) -> str:
        """Where it stands in the tree, for people."""
        ...


class Address(ActorAddress):  # type: ignore[misc]  # thespian ships no types
    """Opaque and hashable; two are equal when the same cell stands behind them, also after pickling."""

    __slots__ = ("endpoint",)

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint

    @property
    def addressDetails(self) -> str:
        """The path, under Thespian's name."""
        return self.endpoint.path

    actorAddressString = addressDetails  # pyright: ignore[reportIncompatibleMethodOverride]  # a property as there

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Address):
            return other.endpoint is self.endpoint
        return isinstance(other, ActorAddress) and bool(other.addressDetails == self.addressDetails)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return id(self.endpoint)

    def __copy__(self) -> "Address":
        return self

    def __deepcopy__(self, memo: object) -> "Address":
        return self

    def __reduce__(self) -> tuple[object, ...]:
        number = _numbers.setdefault(self, next(_next_number))
        _pickled[number] = self
        return _unpickled, (_PROCESS, number, self.endpoint.path)

    def __str__(self) -> str:
        return f"ActorAddr-{self.endpoint.path}"

    def __repr__(self) -> str:
        # A path may end in a person's id, and a repr may end in a log.
        return f"<Address {type(self.endpoint).__name__.lower()} {id(self.endpoint):x}>"


# A pickle names its process and a number, never an actor: only the process that has the actor finds it again.
_PROCESS = secrets.token_hex(8)
_next_number = count(1)
_numbers: WeakKeyDictionary[Address, int] = WeakKeyDictionary()
_pickled: WeakValueDictionary[int, Address] = WeakValueDictionary()


def _unpickled(process: str, number: int, path: str) -> ActorAddress:
    known = _pickled.get(number) if process == _PROCESS else None
    return ActorAddress(path) if known is None else known


def endpoint_of(address: object) -> Endpoint:
    """What stands behind the address; raises NotAnActor."""
    if not isinstance(address, Address):
        raise NotAnActor(address)
    return address.endpoint
