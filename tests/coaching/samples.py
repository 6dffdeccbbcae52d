"""Answers and files that the tests of this folder start from."""

from functools import cache
from pathlib import Path

from coaching.scenarios import Scenarios, parse_scenarios
from coaching.strategist import (
    Analysis,
    CasebookMatch,
    Draft,
    EngagementTactics,
    ProspectInfo,
    StrategistOutput,
    Strategy,
    StrategyStep,
)

ROOT = Path(__file__).parents[2]


def content(path: str) -> str:
    """The text of a shipped file."""
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def shipped() -> Scenarios:
    """The scenarios that ship."""
    return parse_scenarios(content("data/scenarios.yaml"), "data/scenarios.yaml")


def output(
    first: str | None = "Marit", last: str | None = "Oberlin", company: str | None = "Castellan Forge"
) -> StrategistOutput:
    """A plausible answer about this prospect."""
    return StrategistOutput(
        prospect_info=ProspectInfo(first, last, company, "Lyon"),
        analysis=Analysis(
            prospect_type="champion",
            seniority="Head of maintenance",
            background_leverage="Twelve years on site",
            company_context="Adds a weekend shift",
            stage="first contact",
            key_concern="Weekend overtime",
            buying_signal="moderate",
            buying_signal_reason="Asked how long setting up takes",
        ),
        strategy=Strategy(
            steps=(StrategyStep("Their number", "Ask what March cost"),),
            anticipated_objection="Too expensive",
            objection_response="Compared with what?",
        ),
        engagement_tactics=EngagementTactics(linkedin_actions=("Connect with a note",), timing="Tuesday morning"),
        draft=Draft("Email", "Hello Ms Oberlin, how many jobs waited?", 3, "Objection: the price"),
        casebook_match=CasebookMatch(found=False),
    )
