"""What a new analysis of a lead changed, found by comparing the two, not by asking a model."""

import msgspec

from coaching.strategist import Analysis, Strategy


class Change(msgspec.Struct, frozen=True):
    """One field that reads differently; `was` is empty where nothing stood before."""

    field: str
    was: str
    now: str


def changes(
    before: Analysis | None, before_strategy: Strategy | None, after: Analysis, after_strategy: Strategy
) -> tuple[Change, ...]:
    """The fields of the reading and the strategy that differ, in the order they are read."""
    told = ("stage", "key_concern", "buying_signal", "prospect_type")
    pairs = [(name, str(getattr(before, name, "")), str(getattr(after, name))) for name in told]
    pairs.append(("steps", _steps(before_strategy), _steps(after_strategy)))
    objection = before_strategy.anticipated_objection if before_strategy else ""
    pairs.append(("objection", objection, after_strategy.anticipated_objection))
    return tuple(Change(name, was, now) for name, was, now in pairs if _folded(was) != _folded(now))


def _steps(strategy: Strategy | None) -> str:
    return "; ".join(step.principle for step in strategy.steps) if strategy else ""


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
