"""Scenarios, scores and model answers as messages."""

from collections.abc import Iterable

from actors.session.scoring import Result
from actors.session.turn import World
from actors.telegram.rendering import Rendered, bold, italic, join, markdown, plain
from actors.texts import MissingText
from coaching.badges import BADGES
from coaching.practice import Rehearsal
from coaching.scenarios import Scenario
from coaching.scoring import CriterionScore, Score

_CELLS = 10


def scenario_card(scenario: Scenario, world: World) -> Rendered:
    """Whom the rep talks to, what was said, how the answer is scored, and how long to think."""
    texts, persona = world.texts, scenario.persona
    who = [plain(f"{'★' * scenario.difficulty} {category(scenario.category, world)}")]
    who.append(bold(texts("practice-who", name=persona.name, role=persona.role)))
    who += [plain(line) for line in (persona.company, persona.background, persona.context) if line]
    rubric = [bold(texts("practice-how"))]
    rubric += [
        _bullet(texts("practice-criterion", weight=criterion.weight, description=criterion.description))
        for criterion in scenario.scoring_rubric.values()
    ]
    go = texts("practice-go", name=persona.name, time=clock(scenario.time_limit_seconds))
    return _blocks(join(who, "\n"), plain(scenario.situation), join(rubric, "\n"), italic(go))


def score_card(rehearsal: Rehearsal, score: Score, world: World) -> list[Rendered]:
    """The blocks that tell a score: the total, every criterion with the rep's own words, and what to do next."""
    texts = world.texts
    title = texts("score-title", total=score.total, passed="yes" if score.passed else "no")
    blocks = [join((bold(title), plain(_bar(score.total))), "\n")]
    if rehearsal.seconds > rehearsal.scenario.time_limit_seconds:
        limit = clock(rehearsal.scenario.time_limit_seconds)
        blocks.append(italic(texts("score-time", took=clock(rehearsal.seconds), limit=limit)))
    if score.left_out:
        blocks.append(italic(texts("score-left-out", count=score.left_out)))
    blocks += [_criterion(criterion, world) for criterion in score.criteria]
    told = {"strengths": score.strengths, "improvements": score.improvements, "ideal": score.ideal_differs}
    blocks += [_listed(texts(f"score-{name}"), lines) for name, lines in told.items() if lines]
    if score.playbook_section:
        blocks.append(italic(texts("score-read", section=score.playbook_section)))
    return blocks


def gain_card(result: Result, world: World, *, ideal_known: bool) -> Rendered:
    """What the score earned: points, streak, level, badges, and how it compares with the best before."""
    texts, after = world.texts, result.outcome
    lines = []
    if after.best_before is not None:
        total, best = result.score.total, after.best_before
        change = "up" if total > best else "same" if total == best else "down"
        lines.append(texts("score-before", best=best, change=change))
    lines.append(_xp(result, world, ideal_known=ideal_known))
    lines.append(texts("score-streak", days=after.streak_days))
    if after.level_up:
        rank = texts(f"rank-{after.standing.rank}")
        lines.append(texts("score-level-up", level=after.standing.level, rank=rank))
    rarities = {badge.id: badge.rarity for badge in BADGES}
    lines += [
        texts("score-badge", badge=texts(f"badge-{badge}"), rarity=texts(f"rarity-{rarities[badge]}"))
        for badge in after.badges
    ]
    return plain("\n".join(lines))


def ideal_card(scenario: Scenario, world: World) -> Rendered:
    """The model answer and what often goes wrong."""
    texts = world.texts
    return _blocks(
        join((bold(texts("ideal-title")), plain(scenario.ideal_response)), "\n"),
        _listed(texts("ideal-mistakes"), scenario.common_mistakes),
        italic(texts("ideal-note")),
    )


def category(name: str, world: World) -> str:
    """The name of a category as reps read it; one that a model made up reads as it is."""
    try:
        return world.texts(f"category-{name}")
    except MissingText:
        return world.texts("category-other", name=name.replace("_", " "))


def clock(seconds: int) -> str:
    """Seconds as minutes:seconds."""
    return f"{seconds // 60}:{seconds % 60:02}"


def _criterion(scored: CriterionScore, world: World) -> Rendered:
    texts = world.texts
    description = scored.description.rstrip(".")
    lines = [bold(texts("score-criterion", description=description, points=scored.points, maximum=scored.maximum))]
    for evidence in scored.evidence:
        if evidence.quote:
            name = "score-quote" if evidence.sign.good else "score-cost"
            lines.append(_bullet(texts(name, quote=evidence.quote, sign=evidence.sign.text)))
        else:
            words, _, limit = evidence.sign.text.partition("/")
            within = "yes" if evidence.sign.good else "no"
            lines.append(_bullet(texts("score-words", words=words, limit=limit, within=within)))
    if scored.missed:
        lines.append(_bullet(texts("score-missed", signs="; ".join(scored.missed))))
    if scored.suggestion and scored.points < scored.maximum:
        lines.append(italic(texts("score-try", line=scored.suggestion)))
    return join(lines, "\n")


def _xp(result: Result, world: World, *, ideal_known: bool) -> str:
    texts, earned = world.texts, result.outcome.earned
    if ideal_known and not earned.total:
        return texts("score-xp-ideal")
    if not result.score.total:
        return texts("score-xp-nothing")
    named = {"first_try": earned.first_try, "leap": earned.leap, "streak": earned.streak, "track": earned.track}
    reasons = [texts(f"score-reason-{name}", days=result.outcome.streak_days) for name, xp in named.items() if xp]
    return texts("score-xp", xp=earned.total, reasons=f" ({', '.join(reasons)})" if reasons else "")


def _listed(title: str, lines: Iterable[str]) -> Rendered:
    return join((bold(title), *(join((plain("• "), markdown(line))) for line in lines)), "\n")


def _bullet(text: str) -> Rendered:
    return plain(f"• {text}")


def _blocks(*blocks: Rendered) -> Rendered:
    return join(blocks, "\n\n")


def _bar(total: int) -> str:
    done = round(total / 100 * _CELLS)
    return "▰" * done + "▱" * (_CELLS - done)
