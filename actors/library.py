"""The library: prompts, pipelines and the company's knowledge, read from disk once at the start and checked whole."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from coaching.agents import AGENTS
from coaching.company import Company, parse_company
from coaching.errors import ContentError
from coaching.knowledge import knowledge
from coaching.pipelines import Pipeline, parse_pipeline
from coaching.playbook import Playbook, parse_playbook
from coaching.prompts import Prompt, parse_prompt
from coaching.scenarios import Scenarios, parse_scenarios

_T = TypeVar("_T")


class LibraryError(Exception):
    """The start stops: `problems` name each file, line and reason."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Library(msgspec.Struct, frozen=True):
    """Everything the coach works from that is written by people and not by reps."""

    prompts: dict[str, Prompt]
    pipelines: dict[str, Pipeline]
    playbook: Playbook
    company: Company
    scenarios: Scenarios
    knowledge: str


def load_library(home: Path) -> Library:
    """Read `prompts/`, `pipelines/` and `data/` under `home`; raises LibraryError with every problem found."""
    reader = _Reader(home)
    playbook = reader.file("data/playbook.md", parse_playbook)
    company = reader.file("data/company.md", parse_company)
    scenarios = reader.file("data/scenarios.yaml", parse_scenarios)
    read = {name: reader.file(f"prompts/{agent.prompt}", parse_prompt) for name, agent in AGENTS.items()}
    prompts = {name: prompt for name, prompt in read.items() if prompt is not None}
    pipelines = reader.pipelines({name: prompt.inputs for name, prompt in prompts.items()})
    if reader.problems or playbook is None or company is None or scenarios is None:
        raise LibraryError(reader.problems)
    return Library(
        prompts=prompts,
        pipelines={pipeline.name: pipeline for pipeline in pipelines},
        playbook=playbook,
        company=company,
        scenarios=scenarios,
        knowledge=knowledge(playbook, company),
    )


class _Reader:
    def __init__(self, home: Path) -> None:
        self._home = home
        self.problems: list[str] = []

    def file(self, name: str, parse: Callable[[str, str], _T]) -> _T | None:
        try:
            return parse((self._home / name).read_text(encoding="utf-8"), name)
        except FileNotFoundError:
            self.problems.append(f"{name} is missing.")
        except UnicodeDecodeError:
            self.problems.append(f"{name} is not UTF-8 text.")
        except ContentError as error:
            self.problems.append(str(error))
        return None

    def pipelines(self, inputs: Mapping[str, frozenset[str]]) -> list[Pipeline]:
        """Every pipeline, its steps checked against what their prompts ask for."""
        names = sorted(path.name for path in (self._home / "pipelines").glob("*.yaml"))
        if not names:
            self.problems.append("pipelines/ holds no pipeline.")

        def parse(text: str, filename: str) -> Pipeline:
            return parse_pipeline(text, filename, AGENTS, inputs=inputs)

        return [found for name in names if (found := self.file(f"pipelines/{name}", parse)) is not None]
