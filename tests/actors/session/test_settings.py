"""/settings: each change is stored, what cannot be understood changes nothing, starting over has real effect."""

import msgspec
import pytest

from actors.session import settings
from actors.session.state import SessionState
from actors.session.turn import Tap, Turn
from actors.session.waiting import EnteringTimeZone, Idle
from actors.telegram.parsing import Sender, TextMessage
from tests.actors.session.world import fresh, keyboard, ready, said, shown, world

ANNA = Sender(telegram_id=7, username="anna", first_name="Anna")


def press(state: SessionState, *words: str) -> Turn | None:
    return settings.pressed(state, Tap(words, 5), world())


def write(words: str) -> Turn:
    state = ready().at(EnteringTimeZone())
    return settings.take_time_zone(state, TextMessage(7, ANNA, 9, words, 0), world())


def test_every_button_of_the_menu_leads_somewhere() -> None:
    """No button under the settings is stale when it is shown."""
    for data in keyboard(settings.open_(ready(), "", world())):
        if not data.startswith("settings:"):
            continue  # the flow of that word answers it
        assert press(ready(), *data.split(":")[1:]) is not None, data


def test_settings_need_a_set_up() -> None:
    """A newcomer is asked to set up first, and a button from elsewhere does nothing."""
    assert said(settings.open_(fresh(), "", world())) == [world().texts("setup-first")]
    assert press(fresh(), "reminders", "off") is None


@pytest.mark.parametrize(
    ("words", "column", "value"),
    [
        (("reminders", "off"), "reminders_enabled", False),
        (("quiet", "22-7"), "quiet_from", 22),
        (("quiet", "0-0"), "quiet_to", 0),
    ],
)
def test_a_change_is_stored_and_shown_in_place(words: tuple[str, ...], column: str, value: object) -> None:
    """The message with the buttons changes, and so does the rep's row."""
    turn = press(ready(), *words)
    assert turn is not None
    assert turn.rows[0].rows[0][column] == value
    assert turn.calls[0].method == "editMessageText"


@pytest.mark.parametrize("words", [("quiet", "3-4"), ("quiet", "x", "y"), ("reminders", "maybe"), ("nothing",), ()])
def test_a_button_nobody_made_changes_nothing(words: tuple[str, ...]) -> None:
    """Data from an older version or from a forger is stale."""
    assert press(ready(), *words) is None


def test_a_time_zone_is_taken_by_city() -> None:
    """The zone is stored, and the rep's time is shown to check it."""
    turn = write("New York")
    assert turn.rows[0].rows[0]["time_zone"] == "America/New_York"
    assert turn.state.waiting_for == Idle()
    assert "America/New_York" in shown(turn)


def test_a_place_nobody_knows_changes_nothing() -> None:
    """One sentence says what to send instead, and the next text is taken again."""
    turn = write("Atlantis")
    assert turn.state == ready().at(EnteringTimeZone())
    assert turn.rows == ()


def test_starting_over_asks_first_and_then_deletes_the_practice() -> None:
    """The first tap deletes nothing; the second removes attempts, progress and points, and nothing else."""
    asked = press(ready(), "reset")
    assert asked is not None
    assert asked.rows == ()
    assert "settings:reset:yes" in keyboard(asked)
    done = press(ready(), "reset", "yes")
    assert done is not None
    deleted = {write.table for write in done.rows if write.action == "delete"}
    assert deleted == set(settings.PRACTICE_TABLES)
    assert done.rows[-1].values == {"total_xp": 0, "current_level": 1, "streak_days": 0}


def test_leaving_forgets_what_was_asked() -> None:
    """Back and Close leave the question about the time zone."""
    asking = msgspec.structs.replace(ready(), waiting_for=EnteringTimeZone())
    for word in ("back", "close"):
        turn = press(asking, word)
        assert turn is not None
        assert turn.state.waiting_for == Idle()
