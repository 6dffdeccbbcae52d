"""Points for wins: one person once, a few a week, whatever becomes of the lead that was won."""

import msgspec
import pytest

from coaching.leads import Lead, lead_of
from coaching.wins import MOST_A_WEEK, earns, person
from tests.actors.session.leading import LEAD, lead

AGO = "2027-01-08T00:00:00.000000Z"
LATER = "2027-01-12T00:00:00.000000Z"
EARLIER = "2027-01-02T00:00:00.000000Z"


def made(lead_id: str = LEAD, **changes: object) -> Lead:
    return lead_of(lead(lead_id) | changes)


def reward(who: str = "somebody", lead_id: str = "other", at: str = LATER) -> dict[str, object]:
    return {"person": who, "lead_id": lead_id, "created_at": at}


def test_a_first_win_earns_and_the_same_person_never_again() -> None:
    """A new lead of the same name, written otherwise, is the same person; the first one's row is not needed."""
    first, anew = made(), made(lead_id="new", prospect_name="maria  KELLER", prospect_company=None)
    assert earns(first, person(first, 7), [], AGO)
    assert not earns(anew, person(anew, 7), [reward(person(first, 7), at=EARLIER)], AGO)


@pytest.mark.parametrize("rewards", [[reward(lead_id=LEAD)], [reward(str(n)) for n in range(MOST_A_WEEK)]])
def test_a_renamed_lead_or_too_many_in_a_week_earn_nothing(rewards: list[dict[str, object]]) -> None:
    """The lead is known by its id; beyond the week's number nobody earns."""
    renamed = made(prospect_name="Tom Fisher")
    assert not earns(renamed, person(renamed, 7), rewards, AGO)


def test_old_wins_do_not_fill_the_week() -> None:
    """Only the last seven days count."""
    assert earns(made(), person(made(), 7), [reward(str(n), at=EARLIER) for n in range(9)], AGO)


def test_the_hash_is_one_reps_own_and_shows_nothing() -> None:
    """Two reps' hashes of one person differ; people without a name are told apart by their material."""
    maria = made()
    assert person(maria, 7) != person(maria, 8)
    assert "keller" not in person(maria, 7)
    nameless = msgspec.structs.replace(maria, name=None, company=None)
    other = msgspec.structs.replace(nameless, context="somebody else")
    assert person(nameless, 7) != person(other, 7)
