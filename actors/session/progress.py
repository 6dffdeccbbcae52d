"""What a rep reads while an answer is being written: the phase the run is really in, and the text so far."""

from actors.session.messages import StepProgressed, StepQueued, StepStarted
from actors.texts import Texts
from coaching.partial import readable

_PHASES = (
    ("draft", "progress-finishing"),
    ("engagement_tactics", "progress-draft"),
    ("strategy", "progress-tactics"),
    ("analysis", "progress-strategy"),
)
_PREVIEW_LIMIT = 3_000


class Progress:
    """Turns a run's news into the words under the growing draft.

    The phases are told where a strategist writes (`phased`); of any other work the text so far is shown.
    """

    def __init__(self, texts: Texts, *, phased: bool) -> None:
        self._texts = texts
        self._phased = phased

    def after(self, news: StepStarted | StepQueued | StepProgressed) -> str:
        """Return the whole text to show after this piece of news."""
        match news:
            case StepStarted():
                return self._texts("progress-reading" if self._phased else "progress-working")
            case StepQueued(position=position, expected_wait_s=wait):
                return self._texts("progress-waiting", position=position, seconds=round(wait))
            case StepProgressed(text=text):
                return self._written(text)

    def _written(self, text: str) -> str:
        complete, preview = readable(text)
        if not preview:
            return self._texts("progress-thinking")
        if not self._phased:
            return f"{self._texts('progress-working')}\n\n{preview[-_PREVIEW_LIMIT:]}"
        phase = next((name for section, name in _PHASES if section in complete), "progress-analysis")
        return f"{self._texts(phase)}\n\n{preview[-_PREVIEW_LIMIT:]}"
