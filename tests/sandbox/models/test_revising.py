"""The practice model's reviser: each wish has its own effect, and poor material breaks nothing."""

import pytest

from sandbox.models.revising import revise

MESSAGE = (
    "Hello Maria,\n\nThe price is a fair point. It must pay for itself.\n\nWhat does an hour cost?\n\nBest regards"
)
ANSWER = {"draft": {"platform": "Email", "message": MESSAGE, "word_count": 17, "playbook_reference": "Price"}}


def changed(wish: str) -> str:
    return str(revise({"strategist_output": ANSWER, "wish": wish}, "Who decides?")["message"])


def test_shorter_keeps_the_question() -> None:
    """Fewer words, the same question."""
    assert len(changed("much shorter, please").split()) < len(MESSAGE.split())
    assert "What does an hour cost?" in changed("much shorter, please")


def test_bolder_asks_for_the_next_step() -> None:
    """The old question makes room for a direct one."""
    assert "this week?" in changed("bolder")


def test_any_other_wish_changes_the_draft_too() -> None:
    """The channel and the heading stay."""
    revised = revise({"strategist_output": ANSWER, "wish": "mention the trial"}, "Who decides?")
    assert revised["message"] != MESSAGE
    assert (revised["platform"], revised["playbook_reference"]) == ("Email", "Price")


@pytest.mark.parametrize("sources", [{}, {"strategist_output": []}, {"strategist_output": {}, "wish": None}])
def test_without_a_draft_there_is_nothing_to_revise(sources: dict[str, object]) -> None:
    """An empty message, no failure."""
    assert revise(sources, "Who decides?")["message"] == ""
