"""Promises of FairQueue."""

from hypothesis import given
from hypothesis import strategies as st

from actors.providers.fair_queue import FairQueue
from actors.providers.messages import Priority

INTERACTIVE, BACKGROUND = Priority.INTERACTIVE, Priority.BACKGROUND


def queue(interactive: int = 1000, background: int = 1000) -> FairQueue[str]:
    return FairQueue({INTERACTIVE: interactive, BACKGROUND: background})


def drained(line: FairQueue[str]) -> list[str]:
    return list(iter(line.pop, None))


def test_a_flood_waits_behind_itself() -> None:
    """Three reps take turns however many one of them has lined up."""
    line = queue()
    for number in range(4):
        line.push(INTERACTIVE, 1, f"flood{number}")
    line.push(INTERACTIVE, 2, "b0")
    line.push(INTERACTIVE, 3, "c0")
    line.push(INTERACTIVE, 2, "b1")
    assert drained(line) == ["flood0", "b0", "c0", "flood1", "b1", "flood2", "flood3"]


def test_interactive_goes_first_and_background_does_not_starve() -> None:
    """Background gets every fifth turn while others wait."""
    line = queue()
    for number in range(2):
        line.push(BACKGROUND, 9, f"back{number}")
    for number in range(8):
        line.push(INTERACTIVE, number, f"now{number}")
    order = drained(line)
    assert [order.index("back0"), order.index("back1")] == [4, 9]


def test_a_rep_has_no_more_under_way_than_allowed() -> None:
    """The third request of a rep waits until one of the two is released."""
    line = queue(interactive=2)
    for number in range(3):
        line.push(INTERACTIVE, 1, f"a{number}")
    assert drained(line) == ["a0", "a1"]
    line.release(INTERACTIVE, 1)
    assert drained(line) == ["a2"]


def test_positions_are_the_turns_that_come() -> None:
    """What a waiting rep is told is the turn they get."""
    line = queue()
    for rep, count in ((1, 3), (2, 1), (3, 2)):
        for number in range(count):
            line.push(INTERACTIVE, rep, f"{rep}.{number}")
    assert line.position(INTERACTIVE, 2, "2.0") <= 3
    assert line.position(INTERACTIVE, 1, "1.2") == 6
    assert drained(line)[5] == "1.2"


def test_removed_items_never_come_and_a_returning_one_goes_first() -> None:
    """Cancelled requests leave no trace; a retried one keeps its place at the head."""
    line = queue()
    line.push(INTERACTIVE, 1, "gone")
    line.push(INTERACTIVE, 2, "stays")
    assert line.remove(INTERACTIVE, 1, "gone")
    assert not line.remove(INTERACTIVE, 1, "gone")
    line.push(INTERACTIVE, 3, "again", first=True)
    assert len(line) == 2
    assert drained(line) == ["again", "stays"]


def test_a_dear_request_waits_its_price_in_turns() -> None:
    """Who asks for three times as much is served a third as often."""
    line = queue()
    for number in range(2):
        line.push(INTERACTIVE, 1, f"dear{number}", cost=3.0)
    for number in range(6):
        line.push(INTERACTIVE, 2, f"cheap{number}")
    positions = {item: line.position(INTERACTIVE, int(rep), item) for rep, item in (("1", "dear1"), ("2", "cheap5"))}
    order = drained(line)
    assert [order.index("dear0"), order.index("dear1")] == [2, 6]
    assert (positions["dear1"], positions["cheap5"]) == (7, 8)
    line.push(INTERACTIVE, 1, "alone", cost=8.0)
    assert line.pop() == "alone"


def test_what_is_not_ready_keeps_its_place() -> None:
    """Those behind may go first, and nobody's order changes by waiting."""
    line = queue()
    for rep in range(4):
        line.push(INTERACTIVE, rep, f"{rep}")
    assert line.pop(lambda item: item != "0") == "1"
    assert line.pop(lambda item: item == "9") is None
    assert drained(line) == ["0", "2", "3"]


@given(st.lists(st.integers(min_value=1, max_value=30), min_size=2, max_size=12))
def test_nobody_is_ahead_of_another_by_more_than_a_turn(depths: list[int]) -> None:
    """However much each has lined up: while two wait, they have been served alike."""
    line, served = queue(), dict.fromkeys(range(len(depths)), 0)
    for rep, depth in enumerate(depths):
        for number in range(depth):
            line.push(INTERACTIVE, rep, f"{rep}/{number}")
    while (item := line.pop()) is not None:
        served[int(item.partition("/")[0])] += 1
        waiting = [count for rep, count in served.items() if count < depths[rep]]
        assert not waiting or max(waiting) - min(waiting) <= 1


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(1, 8)), min_size=1, max_size=40))
def test_what_is_foretold_comes(items: list[tuple[int, float]]) -> None:
    """The order told to those who wait is the order in which they are served when turns cost alike, and all come."""
    line = queue()
    for number, (rep, _) in enumerate(items):
        line.push(INTERACTIVE, rep, str(number))
    told = line.turns()
    assert [line.position(INTERACTIVE, items[int(item)][0], item) for item in told] == list(range(1, len(items) + 1))
    assert drained(line) == told
    for number, (rep, cost) in enumerate(items):
        line.push(INTERACTIVE, rep, str(number), cost=cost)
    assert sorted(drained(line)) == sorted(str(number) for number in range(len(items)))
    assert len(line) == 0
