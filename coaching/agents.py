"""The agents: which prompt each one reads, what it must answer, and what it may spend."""

from typing import Literal

import msgspec


class AgentDefinition(msgspec.Struct, frozen=True):
    """One agent. `prompt` is a file under prompts/, `output` a name in `OUTPUTS`, the deadline covers every retry.

    `sees` agents are given the job's pictures. One without an `output` searches the web and answers `Research`.
    """

    name: str
    prompt: str
    output: str | None
    effort: Literal["low", "medium", "high"]
    max_tokens: int
    deadline_s: float
    sees: bool = False


_DEFINITIONS = (
    AgentDefinition("strategist", "strategist.md", "strategist", effort="medium", max_tokens=8192, deadline_s=180.0),
    AgentDefinition(
        "extraction", "extraction.md", "extraction", effort="low", max_tokens=6144, deadline_s=120.0, sees=True
    ),
    AgentDefinition("reviser", "reviser.md", "draft", effort="low", max_tokens=4096, deadline_s=120.0),
    AgentDefinition("trainer", "trainer.md", "trainer", effort="low", max_tokens=6144, deadline_s=150.0),
    AgentDefinition(
        "scenario_writer", "scenario_writer.md", "scenario_writer", effort="medium", max_tokens=8192, deadline_s=300.0
    ),
    AgentDefinition("planner", "planner.md", "plan", effort="medium", max_tokens=6144, deadline_s=150.0),
    AgentDefinition("advisor", "advisor.md", "advice", effort="medium", max_tokens=4096, deadline_s=120.0),
    AgentDefinition("commenter", "commenter.md", "comments", effort="low", max_tokens=3072, deadline_s=120.0),
    AgentDefinition("researcher", "researcher.md", None, effort="low", max_tokens=4096, deadline_s=180.0),
    AgentDefinition("memory", "memory.md", "memory", effort="low", max_tokens=4096, deadline_s=300.0),
)

AGENTS: dict[str, AgentDefinition] = {agent.name: agent for agent in _DEFINITIONS}
