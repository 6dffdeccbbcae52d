import msgspec

from coaching.sections import Layout, support_sections
from coaching.strategist import EngagementTactics
from tests.coaching.samples import output


def test_sections_stand_in_the_order_of_reading() -> None:
    """Analysis, strategy, tactics; the draft apart and whole."""
    answer = support_sections(output())
    assert [section.id for section in answer.sections] == ["analysis", "strategy", "engagement_tactics"]
    assert answer.draft == output().draft


def test_nothing_of_the_answer_is_lost() -> None:
    """Every text of analysis, strategy and tactics appears in some entry."""
    answer = support_sections(output())
    shown = " ".join(
        f"{entry.heading} {entry.text}" for s in answer.sections for part in s.parts for entry in part.entries
    )
    built = msgspec.to_builtins(output())
    texts = [
        *built["analysis"].values(),
        built["strategy"]["anticipated_objection"],
        "Their number",
        "Ask what",
        "Tuesday",
    ]
    assert all(text in shown for text in texts)
    assert "Marit Oberlin, Castellan Forge, Lyon" in shown


def test_parts_without_content_are_left_out() -> None:
    """No empty list and no label without a value."""
    bare = msgspec.structs.replace(
        output(first=None, last=None, company=None), engagement_tactics=EngagementTactics((), "Now")
    )
    bare = msgspec.structs.replace(bare, prospect_info=msgspec.structs.replace(bare.prospect_info, geography=None))
    analysis, strategy, tactics = support_sections(bare).sections
    assert "prospect" not in [part.title for part in analysis.parts]
    assert [part.title for part in tactics.parts] == ["timing"]
    assert strategy.parts[0].layout is Layout.NUMBERED
