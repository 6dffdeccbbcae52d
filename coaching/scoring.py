"""Scores: an answer's points, computed from the signs of an open rubric that its own words show.

The model only says which sign it saw and quotes it. A quote that does not stand in the answer is no evidence, a sign
the rubric does not name counts nothing, and lengths are counted here. So the same evidence always gives the same
points, whoever asks for more.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from coaching.orders import spoken
from coaching.quotes import comparable, stands_in
from coaching.scenarios import Criterion, Scenario
from coaching.trainer import TrainerOutput

PASS_SCORE = 60
"""The gate of a lesson, in points of 100."""
MAXIMUM_ANSWER = 3_000
"""Characters of an answer; more than anybody says in two minutes."""
FIRST_SIGN = 0.6
"""The share of a criterion that the first of several good signs earns; the others share the rest."""
BAD_SIGN = 0.4
"""The share of a criterion that each bad sign costs."""
_MOST_USES = 3  # one passage may show several things, but not everything
_LONGEST_QUOTE = 60  # words; more is the answer, not a passage of it
_SHORTEST_QUOTE = 4  # characters of words


class Sign(msgspec.Struct, frozen=True):
    """One sign of a rubric: its id, whether it speaks for or against, and its wording."""

    id: str
    good: bool
    text: str


class Evidence(msgspec.Struct, frozen=True):
    """A sign that shows, with the rep's own words; a sign that code counts has none."""

    sign: Sign
    quote: str


class CriterionScore(msgspec.Struct, frozen=True):
    """One criterion's points, what they rest on, and what was missed."""

    criterion: str
    description: str
    points: int
    maximum: int
    evidence: tuple[Evidence, ...] = ()
    missed: tuple[str, ...] = ()
    feedback: str = ""
    suggestion: str = ""


class Score(msgspec.Struct, frozen=True):
    """An answer's score of 100; `unproven` counts quotes that did not hold, `left_out` sentences to the examiner."""

    total: int
    criteria: tuple[CriterionScore, ...]
    rubric: str
    unproven: int = 0
    left_out: int = 0
    strengths: tuple[str, ...] = ()
    improvements: tuple[str, ...] = ()
    ideal_differs: tuple[str, ...] = ()
    playbook_section: str | None = None

    @property
    def passed(self) -> bool:
        """Whether the score opens the gate."""
        return self.total >= PASS_SCORE


def signs(name: str, criterion: Criterion) -> tuple[Sign, ...]:
    """The signs of a criterion that a model has to look for; their ids are the rubric's own."""
    good = (Sign(f"{name}+{n}", True, text) for n, text in enumerate(criterion.positive_signals, start=1))
    bad = (Sign(f"{name}-{n}", False, text) for n, text in enumerate(criterion.negative_signals, start=1))
    return (*good, *bad)


def sheet(scenario: Scenario) -> dict[str, object]:
    """The scenario as the trainer gets it: everything but the weights, each sign with its id."""
    criteria = [
        {
            "criterion": name,
            "description": criterion.description,
            "signs": [{"id": sign.id, "good": sign.good, "sign": sign.text} for sign in signs(name, criterion)],
        }
        for name, criterion in scenario.scoring_rubric.items()
    ]
    return {
        "id": scenario.id,
        "persona": msgspec.to_builtins(scenario.persona),
        "situation": scenario.situation,
        "criteria": criteria,
        "model_answer": scenario.ideal_response,
        "common_mistakes": list(scenario.common_mistakes),
    }


def rubric_version(scenario: Scenario) -> str:
    """A word that changes with the rubric or the situation it belongs to."""
    told = msgspec.json.encode((scenario.situation, scenario.scoring_rubric), order="deterministic")
    return hashlib.sha256(told).hexdigest()[:12]


def score(scenario: Scenario, answer: str, output: TrainerOutput, section: str | None = None) -> Score:
    """The score of an answer, from the evidence that holds; `section` is the playbook's, checked by the caller."""
    said = spoken(answer)
    proven, unproven = _proven(scenario, said.text, output)
    remarks = {remark.criterion: remark for remark in output.remarks}
    words = len(said.text.split())
    criteria = []
    for name, criterion in scenario.scoring_rubric.items():
        scored = _criterion(name, criterion, proven, words)
        if remark := remarks.get(name):
            scored = msgspec.structs.replace(scored, feedback=remark.feedback, suggestion=remark.suggestion)
        criteria.append(scored)
    return Score(
        total=sum(criterion.points for criterion in criteria),
        criteria=tuple(criteria),
        rubric=rubric_version(scenario),
        unproven=unproven,
        left_out=said.left_out,
        strengths=output.strengths[:3],
        improvements=output.improvements[:3],
        ideal_differs=output.ideal_differs[:3],
        playbook_section=section,
    )


def same_answer(one: str, other: str) -> bool:
    """Whether two answers say the same in the same words; such an answer is not scored twice."""
    return comparable(one) == comparable(other)


def _proven(scenario: Scenario, said: str, output: TrainerOutput) -> tuple[dict[str, str], int]:
    """The quotes that hold by the id of their sign, and how many did not."""
    known = {sign.id: sign for name, one in scenario.scoring_rubric.items() for sign in signs(name, one)}
    held: dict[str, str] = {}
    uses: Counter[str] = Counter()
    unproven = 0
    for sighting in output.sightings:
        words = comparable(sighting.quote)
        fits = len(words) >= _SHORTEST_QUOTE and len(words.split()) <= _LONGEST_QUOTE
        if sighting.sign not in known or not fits or not stands_in(sighting.quote, said) or uses[words] >= _MOST_USES:
            unproven += 1
        elif sighting.sign not in held:
            held[sighting.sign] = sighting.quote
            uses[words] += known[sighting.sign].good
    return held, unproven


def _criterion(name: str, criterion: Criterion, proven: Mapping[str, str], words: int) -> CriterionScore:
    seen = [Evidence(sign, proven[sign.id]) for sign in signs(name, criterion) if sign.id in proven]
    missed = [sign.text for sign in signs(name, criterion) if sign.good and sign.id not in proven]
    possible = len(criterion.positive_signals)
    if criterion.max_words is not None:
        possible += 1
        within = words <= criterion.max_words
        seen.append(Evidence(Sign(f"{name}={criterion.max_words}", within, f"{words}/{criterion.max_words}"), ""))
    return CriterionScore(
        criterion=name,
        description=criterion.description,
        points=_points(criterion.weight, seen, possible),
        maximum=criterion.weight,
        evidence=tuple(seen),
        missed=tuple(missed),
    )


def _points(weight: int, seen: Iterable[Evidence], possible: int) -> int:
    found = [evidence.sign.good for evidence in seen]
    good, bad = found.count(True), found.count(False)
    if not any(evidence.sign.good and evidence.quote for evidence in seen):
        return 0  # being short alone is no merit
    share = 1.0 if possible == 1 else FIRST_SIGN + (1 - FIRST_SIGN) * (good - 1) / (possible - 1)
    return int(weight * max(0.0, share - BAD_SIGN * bad) + 0.5)
