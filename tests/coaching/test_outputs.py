from coaching.agents import AGENTS
from coaching.outputs import OUTPUTS
from tests.coaching.samples import ROOT


def test_every_agent_has_its_prompt_and_output() -> None:
    """No agent points to a file or an output that is not there."""
    for agent in AGENTS.values():
        assert agent.output is None or agent.output in OUTPUTS
        assert (ROOT / "prompts" / agent.prompt).is_file()
