"""What every session shares and none of them owns."""

from typing import Protocol

import msgspec

from actors.session.book import Book
from actors.session.turn import World
from actors.shelf import Shelf
from storage import Store


class MakeWorld(Protocol):
    """Builds what flows may know, at the given time."""

    def __call__(self, now: float, book: Book) -> World: ...


class Services(msgspec.Struct, frozen=True):
    """What every session shares and none of them owns."""

    make_world: MakeWorld
    shelf: Shelf
    store: Store
    idle_s: float = 900.0
