import pytest

from coaching.agents import AGENTS
from coaching.errors import PipelineError
from coaching.pipelines import Mode, Source, groups, parse_pipeline
from coaching.prompts import parse_prompt
from tests.coaching.samples import content

NAMES = ["a", "b", "c", "d"]


def steps(*lines: str) -> str:
    """A pipeline file with steps written as "agent mode target=source"; the n-th step begins on line 3n."""
    text = "name: x\nsteps:\n"
    for line in lines:
        agent, mode, *inputs = line.split()
        mapping = ", ".join(pair.replace("=", ": ") for pair in inputs)
        text += f"- agent: {agent}\n  mode: {mode}\n  input_mapping: {{{mapping}}}\n"
    return text


def refusal(text: str) -> str:
    """What the parser says against this text."""
    with pytest.raises(PipelineError) as refused:
        parse_pipeline(text, "p.yaml", NAMES)
    return str(refused.value)


def test_shipped_pipeline_fits_the_shipped_prompts() -> None:
    """support.yaml maps exactly what the prompts of its agents ask for."""
    prompts = {name: parse_prompt(content(f"prompts/{agent.prompt}"), agent.prompt) for name, agent in AGENTS.items()}
    inputs = {name: prompt.inputs for name, prompt in prompts.items()}
    pipeline = parse_pipeline(content("pipelines/support.yaml"), "pipelines/support.yaml", AGENTS, inputs=inputs)
    assert pipeline.name == "support"
    assert [(step.agent, step.mode) for step in pipeline.steps] == [
        ("strategist", Mode.SEQUENTIAL),
        ("memory", Mode.BACKGROUND),
    ]
    assert pipeline.steps[1].inputs["coaching"] == Source("result", "strategist")


def test_groups_are_the_order_of_work() -> None:
    """Neighbouring parallel steps form one group; every other step stands alone."""
    pipeline = parse_pipeline(steps("a parallel", "b parallel", "c background", "d parallel"), "p.yaml", NAMES)
    plan = [([step.agent for step in group.steps], group.background) for group in groups(pipeline)]
    assert plan == [(["a", "b"], False), (["c"], True), (["d"], False)]


def test_two_background_steps_are_two_groups() -> None:
    """Background steps are started one after the other, each for itself."""
    pipeline = parse_pipeline(steps("a background", "b background"), "p.yaml", NAMES)
    assert [len(group.steps) for group in groups(pipeline)] == [1, 1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "p.yaml:1: the file is empty"),
        ("name: x\nsteps: ]", "p.yaml:2: not valid YAML"),
        ("- a", "p.yaml:1: Expected `object`, got `array`"),
        ("name: x", "p.yaml:1: Object missing required field `steps`"),
        ("name: 3\nsteps: []", "p.yaml:1: Expected `str`, got `int` (at name)"),
        ("name: x\nsteps: 3", "p.yaml:2: Expected `array`, got `int`"),
        ("name: x\nsteps: []", "p.yaml:2: a pipeline needs at least one step"),
        ("name: x\nname: y\nsteps: []", "p.yaml:2: key `name` stands here twice"),
        ("name: x\nsteps: []\nretries: 3", "p.yaml:3: unknown key `retries`"),
        ("name: x\nsteps:\n- agent: a\n  input_mapping: {}\n  wait: 1", "p.yaml:5: unknown key `wait`"),
        ("name: x\nsteps:\n- agent: a", "p.yaml:3: Object missing required field `input_mapping`"),
        ("name: x\nsteps:\n- agent: a\n  input_mapping: {k: 1}", "p.yaml:4: Expected `str`, got `int`"),
        (steps("z sequential"), "p.yaml:3: unknown agent `z`; known: a, b, c, d"),
        (steps("a sometimes"), "p.yaml:4: unknown mode `sometimes`; known: background, parallel, sequential"),
        (steps("a sequential", "a sequential"), "p.yaml:6: agent `a` stands here twice"),
        (steps("a sequential x=ctx.weather"), "p.yaml:5: unknown source `ctx.weather`"),
        (steps("a sequential x='@b'"), "p.yaml:5: unknown source `@b`"),
        (steps("a sequential x=plain"), "p.yaml:5: unknown source `plain`; write `ctx.<name>`"),
        (steps("a sequential x=result.z"), "p.yaml:5: unknown source `result.z`"),
        (steps("a sequential x=result.b"), "p.yaml:5: `result.b`: no step of this pipeline runs `b`"),
        (steps("a sequential x=result.b", "b sequential"), "p.yaml:5: `result.b`: `b` runs only after this step"),
        (steps("a parallel", "b parallel x=result.a"), "p.yaml:8: `result.a`: `a` runs in the same parallel group"),
        (steps("a background", "b sequential x=result.a"), "p.yaml:8: `result.a`: `a` runs in the background"),
        (steps("a sequential x=result.a"), "p.yaml:5: cycle: a needs a"),
        (steps("a sequential x=result.b", "b sequential x=result.a"), "p.yaml:5: cycle: a needs b needs a"),
    ],
)
def test_bad_file_is_refused_with_file_line_and_reason(text: str, said: str) -> None:
    """Whatever is wrong with a pipeline file, the operator reads where and why."""
    assert refusal(text).startswith(said)


def test_first_bad_source_of_several_is_found_on_its_own_line() -> None:
    """The line is that of the input, not of the step."""
    text = "name: x\nsteps:\n- agent: a\n  input_mapping:\n    k: ctx.knowledge\n    l: ctx.nothing\n"
    assert refusal(text).startswith("p.yaml:6:")


def test_inputs_must_be_exactly_what_the_prompt_asks_for() -> None:
    """A missing and a surplus input stop the start."""
    text = steps("a sequential x=ctx.knowledge")
    with pytest.raises(PipelineError, match=r"p\.yaml:5: the prompt of `a` has no place for `x`"):
        parse_pipeline(text, "p.yaml", NAMES, inputs={"a": {"y"}})
    with pytest.raises(PipelineError, match=r"p\.yaml:5: the prompt of `a` also asks for y"):
        parse_pipeline(text, "p.yaml", NAMES, inputs={"a": {"x", "y"}})


def test_results_of_a_finished_parallel_group_can_be_used() -> None:
    """A step after a parallel group may take what every member answered."""
    text = steps("a parallel", "b parallel", "c sequential x=result.a y=result.b")
    assert len(parse_pipeline(text, "p.yaml", NAMES).steps) == 3
