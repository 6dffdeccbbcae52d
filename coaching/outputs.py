"""The answers agents may give, by name."""

import msgspec

from coaching.advice import AdviceOutput, CommentsOutput
from coaching.extraction import ExtractionOutput
from coaching.generated import ScenarioWriterOutput
from coaching.memory import MemoryOutput
from coaching.plans import PlanOutput
from coaching.strategist import Draft, StrategistOutput
from coaching.trainer import TrainerOutput

OUTPUTS: dict[str, type[msgspec.Struct]] = {
    "advice": AdviceOutput,
    "comments": CommentsOutput,
    "draft": Draft,
    "extraction": ExtractionOutput,
    "memory": MemoryOutput,
    "plan": PlanOutput,
    "scenario_writer": ScenarioWriterOutput,
    "strategist": StrategistOutput,
    "trainer": TrainerOutput,
}
"""What each answer must decode into; the router makes the JSON Schema for each provider from it."""
