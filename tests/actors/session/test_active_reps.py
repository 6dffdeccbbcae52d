"""Reps at work are counted, and forgotten after a day."""

from actors.session.active_reps import DAY_S, HOUR_S, ActiveReps


def test_each_rep_counts_once_for_as_long_as_it_is_recent() -> None:
    """By their last sign, within the window that is asked for."""
    active = ActiveReps()
    active.heard("a", 0.0)
    active.heard("b", 100.0)
    active.heard("b", 4000.0)
    assert (active.within(HOUR_S, 4000.0), active.within(DAY_S, 4000.0)) == (1, 2)
    assert (active.within(HOUR_S, DAY_S), active.within(DAY_S, DAY_S)) == (0, 1)


def test_a_year_of_reps_is_no_year_in_memory() -> None:
    """Who was silent for a day makes room for the next who comes."""
    active = ActiveReps()
    for number in range(10_000):
        active.heard(str(number), number * DAY_S / 10)
    assert len(active._heard) <= 11
