"""Pipelines: which agents run on a case, in what order, and where each of their inputs comes from."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from itertools import groupby

import msgspec

from coaching.errors import PipelineError
from coaching.yaml_document import Document

CONTEXT = frozenset(
    {
        "assignment",
        "casebook",
        "cases",
        "knowledge",
        "lead",
        "scenario",
        "former_comments",
        "strategist_output",
        "user_memory",
        "user_message",
        "wish",
    }
)
"""What a step may take from the case itself, as `ctx.<name>`."""


class Mode(StrEnum):
    """How a step runs beside the others.

    `sequential` runs alone and is waited for; `parallel` steps that follow one another run together and are waited
    for together; `background` starts in its turn and nobody waits for it.
    """

    SEQUENTIAL = "sequential"
    PARALLEL = "parallel"
    BACKGROUND = "background"


class Source(msgspec.Struct, frozen=True):
    """Where an input comes from: `ctx` and a name in `CONTEXT`, or `result` and an agent."""

    kind: str
    name: str


class Step(msgspec.Struct, frozen=True):
    """One agent's work; `inputs` maps each placeholder of its prompt to a source."""

    agent: str
    mode: Mode
    inputs: dict[str, Source]


class Pipeline(msgspec.Struct, frozen=True):
    """A checked pipeline: every source of a step is there before the step starts."""

    name: str
    description: str
    steps: tuple[Step, ...]


class Group(msgspec.Struct, frozen=True):
    """Steps that start together. Unless `background`, the next group starts when all of them have ended."""

    steps: tuple[Step, ...]
    background: bool


class _StepFile(msgspec.Struct, forbid_unknown_fields=True):
    agent: str
    input_mapping: dict[str, str]
    mode: str = Mode.SEQUENTIAL.value


class _PipelineFile(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    steps: list[_StepFile]
    description: str = ""


def parse_pipeline(
    text: str, filename: str, agents: Collection[str], *, inputs: Mapping[str, Collection[str]] | None = None
) -> Pipeline:
    """The pipeline of a YAML file, checked as a whole.

    `inputs` names what each agent's prompt asks for; where given, every step must map exactly that.
    Raises PipelineError with file, line and reason for the first thing that is wrong.
    """
    document = Document(text, filename, PipelineError)
    file = document.decode(_PipelineFile)
    if not file.steps:
        raise document.refuse("a pipeline needs at least one step", ("steps",))
    steps = tuple(_step(step, ("steps", index), document, agents) for index, step in enumerate(file.steps))
    _refuse_repeated_agents(steps, document)
    _refuse_cycles(steps, document)
    _refuse_wrong_inputs(steps, inputs or {}, document)
    _refuse_absent_results(steps, document)
    return Pipeline(file.name, file.description, steps)


def groups(pipeline: Pipeline) -> tuple[Group, ...]:
    """The order of work: start each group in turn, wait for its steps unless it is a background one."""
    return tuple(Group(tuple(steps), background) for (_, background), steps in _grouped(pipeline.steps))


def _grouped(steps: tuple[Step, ...]) -> list[tuple[tuple[int, bool], list[Step]]]:
    # A parallel step joins the one before it; every other step begins a group of its own.
    numbered, number, before = [], 0, None
    for step in steps:
        if not (step.mode is Mode.PARALLEL and before is Mode.PARALLEL):
            number += 1
        before = step.mode
        numbered.append(((number, step.mode is Mode.BACKGROUND), step))
    return [(key, [step for _, step in members]) for key, members in groupby(numbered, key=lambda pair: pair[0])]


def _step(step: _StepFile, path: tuple[str | int, ...], document: Document, agents: Collection[str]) -> Step:
    if step.agent not in agents:
        raise document.refuse(f"unknown agent `{step.agent}`; known: {_listed(agents)}", (*path, "agent"))
    if step.mode not in set(Mode):
        raise document.refuse(f"unknown mode `{step.mode}`; known: {_listed(tuple(Mode))}", (*path, "mode"))
    inputs = {
        target: _source(source, (*path, "input_mapping", target), document, agents)
        for target, source in step.input_mapping.items()
    }
    return Step(step.agent, Mode(step.mode), inputs)


def _source(source: str, path: tuple[str | int, ...], document: Document, agents: Collection[str]) -> Source:
    kind, _, name = source.partition(".")
    if kind == "ctx" and name in CONTEXT:
        return Source(kind, name)
    if kind == "result" and name in agents:
        return Source(kind, name)
    if kind == "ctx":
        reason = f"unknown source `{source}`; the case has {_listed(CONTEXT)}"
    elif kind == "result":
        reason = f"unknown source `{source}`; known agents: {_listed(agents)}"
    else:
        reason = f"unknown source `{source}`; write `ctx.<name>` or `result.<agent>`"
    raise document.refuse(reason, path)


def _refuse_repeated_agents(steps: tuple[Step, ...], document: Document) -> None:
    seen: set[str] = set()
    for index, step in enumerate(steps):
        if step.agent in seen:
            raise document.refuse(f"agent `{step.agent}` stands here twice", ("steps", index, "agent"))
        seen.add(step.agent)


def _refuse_wrong_inputs(steps: tuple[Step, ...], inputs: Mapping[str, Collection[str]], document: Document) -> None:
    for index, step in enumerate(steps):
        asked = set(inputs.get(step.agent, step.inputs))
        for target in step.inputs:
            if target not in asked:
                reason = f"the prompt of `{step.agent}` has no place for `{target}`"
                raise document.refuse(reason, ("steps", index, "input_mapping", target))
        missing = asked - step.inputs.keys()
        if missing:
            reason = f"the prompt of `{step.agent}` also asks for {_listed(missing)}"
            raise document.refuse(reason, ("steps", index, "input_mapping"))


def _refuse_cycles(steps: tuple[Step, ...], document: Document) -> None:
    needs = {step.agent: [s.name for s in step.inputs.values() if s.kind == "result"] for step in steps}
    for index, step in enumerate(steps):
        cycle = _way_back(step.agent, needs)
        if cycle:
            raise document.refuse(f"cycle: {' needs '.join(cycle)}", ("steps", index, "input_mapping"))


def _way_back(start: str, needs: dict[str, list[str]]) -> list[str] | None:
    ways, seen = [[start, need] for need in needs[start]], set[str]()
    while ways:
        way = ways.pop()
        if way[-1] == start:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [[*way, need] for need in needs.get(way[-1], [])]
    return None


def _refuse_absent_results(steps: tuple[Step, ...], document: Document) -> None:
    index, ready = 0, dict[str, str]()
    in_file = {step.agent for step in steps}
    for (_, background), members in _grouped(steps):
        for step in members:
            for target, source in step.inputs.items():
                if source.kind == "result" and ready.get(source.name) != "ended":
                    reason = _why_absent(source.name, ready, {member.agent for member in members}, in_file)
                    raise document.refuse(reason, ("steps", index, "input_mapping", target))
            index += 1
        ready |= {step.agent: "background" if background else "ended" for step in members}


def _why_absent(agent: str, ready: dict[str, str], group: set[str], in_file: set[str]) -> str:
    if agent not in in_file:
        return f"`result.{agent}`: no step of this pipeline runs `{agent}`"
    if ready.get(agent) == "background":
        return f"`result.{agent}`: `{agent}` runs in the background, nobody waits for its result"
    if agent in group:
        return f"`result.{agent}`: `{agent}` runs in the same parallel group"
    return f"`result.{agent}`: `{agent}` runs only after this step"


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(str(name) for name in names))
