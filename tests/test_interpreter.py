"""The collector's pace: what is new is looked at ten times a second, and nothing else by itself."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from cornerman.interpreter import EVERY_S, OLDER_EACH, PacedCollector
from runtime.testing import ManualClock


class _Knot:
    """Refers to itself, so that only the collector frees it."""

    def __init__(self) -> None:
        self.own = self


@pytest.fixture(autouse=True)
def _collected_by_nobody_else() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(0)
    gc.collect()
    yield
    gc.set_threshold(*before)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def collector(clock: ManualClock) -> Iterator[PacedCollector]:
    collector = PacedCollector(clock)
    yield collector
    collector.stop()


async def test_new_garbage_is_gone_at_the_next_look(clock: ManualClock, collector: PacedCollector) -> None:
    """However few objects were made since."""
    left = weakref.ref(_Knot())
    await clock.advance(EVERY_S * 0.9)
    assert left() is not None
    await clock.advance(EVERY_S * 0.1)
    assert left() is None


async def test_what_outlived_a_look_is_looked_at_again_with_a_later_one(
    clock: ManualClock, collector: PacedCollector
) -> None:
    """Each so many looks take in what the ones before had passed."""
    knot = _Knot()
    left = weakref.ref(knot)
    await clock.advance(EVERY_S)
    del knot
    await clock.advance(EVERY_S * (OLDER_EACH - 2))
    assert left() is not None
    await clock.advance(EVERY_S)
    assert left() is None


async def test_nothing_is_looked_at_while_the_collector_is_off(clock: ManualClock, collector: PacedCollector) -> None:
    """Whoever has turned it off for a while is heeded, and the pace goes on afterwards."""
    left = weakref.ref(_Knot())
    gc.disable()
    try:
        await clock.advance(EVERY_S)
        assert left() is not None
    finally:
        gc.enable()
    await clock.advance(EVERY_S)
    assert left() is None


async def test_stopped_it_looks_no_more(clock: ManualClock, collector: PacedCollector) -> None:
    """No timer is left behind."""
    collector.stop()
    assert clock.pending == 0
