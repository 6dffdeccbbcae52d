"""The two lanes of a chat, on paper."""

import msgspec

from actors.journal import OutboxEntry
from actors.telegram.lanes import Lanes, first_of_each_lane, waiting_call
from actors.telegram.messages import TelegramCall
from actors.telegram.rendering import edit_text, plain, send_calls


def _entry(sequence: int, call: TelegramCall, *, bulk: bool = False) -> OutboxEntry:
    payload = msgspec.json.encode(msgspec.structs.replace(call, bulk=bulk))
    return OutboxEntry(sequence, str(sequence), "7", payload, "pending", 0, 0.0)


def _message(sequence: int, *, bulk: bool = False) -> OutboxEntry:
    return _entry(sequence, send_calls(7, plain("x"))[0], bulk=bulk)


def test_each_lane_keeps_its_order_and_bulk_comes_last() -> None:
    """Also before what came later; what cannot be read keeps its place among the answers."""
    lanes = Lanes()
    unreadable = msgspec.structs.replace(_message(3), payload=b"not json")
    for entry in (_message(1, bulk=True), _message(2), unreadable, _message(4, bulk=True), _message(5)):
        lanes.add(waiting_call(entry))
    order: list[int] = []
    while (first := lanes.first) is not None:
        order.append(first.entry.sequence)
        lanes.take()
    assert order == [2, 3, 5, 1, 4]


def test_only_a_later_edit_of_the_same_message_overtakes() -> None:
    """Neither an earlier one that waits in the other lane, nor another message's, nor a send."""
    lanes = Lanes()
    old, new, other = (edit_text(7, at, plain(text)) for at, text in ((1, "old"), (1, "new"), (2, "other")))
    for entry in (_entry(1, old), _entry(2, other), _entry(3, new, bulk=True), _message(4)):
        lanes.add(waiting_call(entry))
    assert lanes.overtakes(waiting_call(_entry(1, old)))
    assert not any(lanes.overtakes(waiting_call(entry)) for entry in (_entry(2, other), _entry(3, new), _message(4)))


def test_either_lanes_first_may_be_under_way() -> None:
    """When a chat's actor dies, both are in doubt, for one of the two may have been sent."""
    entries = (_message(3), _message(4, bulk=True), _message(5), _message(6, bulk=True))
    assert first_of_each_lane(entries) == {3, 4}
    assert first_of_each_lane(()) == frozenset()
