"""The message catalogue is complete: no text is missing and none stands unused."""

import re
from pathlib import Path

import msgspec
import pytest

from actors.providers.messages import FailureKind, KeyVerdict
from actors.providers.transcription import SpeechProblem
from actors.session.flows import COMMANDS
from actors.session.plan import SETTLING
from actors.texts import MissingText, Texts
from coaching.advice import Tone
from coaching.badges import BADGES
from coaching.generated import CATEGORIES
from coaching.leads import LeadStatus
from coaching.plans import ActionType
from coaching.progress import RANKS, Earned
from coaching.remembered import PREFERENCES
from coaching.reminders import SNOOZES
from coaching.sections import Layout, support_sections
from coaching.strategist import EngagementTactics
from tests.actors.session.world import answer

ACTORS = Path(__file__).parents[2] / "actors"
ENGLISH = sorted((ACTORS / "locales" / "en").glob("*.ftl"))


def _titles() -> set[str]:
    """The names of every title that a laid out answer can have."""
    tactics = EngagementTactics(linkedin_actions=("Follow",), timing="Now", comment_suggestion="Well said")
    sections = support_sections(msgspec.structs.replace(answer(), engagement_tactics=tactics)).sections
    parts = [part for section in sections for part in section.parts if part.title]
    return {f"answer-{section.id}" for section in sections} | {
        f"{'field' if part.layout is Layout.FACT else 'answer'}-{part.title}" for part in parts
    }


BUILT_FROM_VALUES = (
    {f"failed-{kind}" for kind in FailureKind}
    | {f"voice-failed-{problem}" for problem in SpeechProblem}
    | {f"key-{verdict}" for verdict in KeyVerdict if verdict is not KeyVerdict.ACCEPTED}
    | {f"{stem}-{provider}" for stem in ("enter-key", "key-shape") for provider in ("openrouter", "anthropic")}
    | {f"command-{name}" for name in COMMANDS}
    | {"admin-revoked", "admin-restored"}
    | {f"button-reminders-{state}" for state in ("on", "off")}
    | {f"memory-{kind}" for kind in ("weak_area", "pattern", *PREFERENCES)}
    | {f"status-{status.value}" for status in LeadStatus}
    | {"leads-open", "leads-all", "lead-title", "lead-place", "lead-outcome"}
    | {f"button-lead-{name}" for name in ("status", "draft", "note", "edit", "log", "delete")}
    | {f"button-lead-{name}" for name in ("plan", "make-plan", "news", "comment", "research")}
    | {"button-merge-yes", "button-merge-no"}
    | {f"action-{action.value}" for action in ActionType}
    | {f"plan-{wish}" for wish in SETTLING}
    | {f"button-step-{name}" for name in ("done", "skip", "draft")}
    | {f"button-snooze-{name}" for name in SNOOZES}
    | {f"button-copy-{tone.value}" for tone in Tone}
    | {f"change-{name}" for name in ("stage", "key_concern", "buying_signal", "prospect_type", "steps", "objection")}
    | {f"button-{name}" for name in ("advise", "reanalyse", "news-done", "versions")}
    | {f"rank-{rank}" for rank in RANKS}
    | {f"badge-{badge.id}" for badge in BADGES}
    | {f"rarity-{badge.rarity}" for badge in BADGES}
    | {f"category-{name}" for name in (*CATEGORIES, "next_step")}
    | {f"button-difficulty-{difficulty}" for difficulty in range(4)}
    | {f"score-reason-{name}" for name in Earned.__struct_fields__ if name != "improvement"}
    | {f"score-{name}" for name in ("strengths", "improvements", "ideal")}
    | _titles()
)


def defined() -> set[str]:
    return set(named())


def named() -> list[str]:
    return re.findall(
        r"^([a-z][\w-]*) =", "\n".join(file.read_text(encoding="utf-8") for file in ENGLISH), re.MULTILINE
    )


def quoted_in_code() -> set[str]:
    code = "\n".join(path.read_text(encoding="utf-8") for path in ACTORS.rglob("*.py"))
    return set(re.findall(r"\"([a-z][a-z_]*(?:-[a-z_]+)*)\"", code))


def test_every_text_built_from_a_value_exists() -> None:
    """Each failure, verdict, provider and command has its text."""
    assert defined() >= BUILT_FROM_VALUES


def test_no_text_is_written_twice() -> None:
    """Two files of one language never define the same text: the first would silently win."""
    assert len(named()) == len(defined())


def test_no_text_stands_unused() -> None:
    """A text that no code names is removed rather than translated for nothing."""
    assert defined() - BUILT_FROM_VALUES - quoted_in_code() == set()


def test_an_unknown_text_is_our_mistake_and_says_so() -> None:
    """Asking for a text that is not there, or leaving out a value it mentions, raises MissingText."""
    texts = Texts()
    with pytest.raises(MissingText):
        texts("no-such-text")
    with pytest.raises(MissingText):
        texts("welcome")
    assert "Ada" in texts("welcome", name="Ada")


def test_values_of_any_length_fit() -> None:
    """What a rep says or a model writes is never too long for its sentence, beside short values too."""
    speech = "word " * 4_000
    assert Texts()("voice-heard", text=speech) == f"🎙 I heard: {speech}"
    told = Texts()("advice", lead="Maria", assessment=speech, moves=speech.upper())
    assert told.count("word ") == told.count("WORD ") == 4_000
