"""What is left to say when a flow breaks on what a rep sent: the rep hears it, and operators read where."""

import traceback

import msgspec
import structlog

from actors.session.turn import Turn, say
from actors.texts import Texts

_LOG = structlog.get_logger(__name__)


def broken(turn: Turn, origin: str, error: Exception, texts: Texts) -> Turn:
    """The turn, with the words that something broke on our side; the log has files and lines and not a single value."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames)
    _LOG.error("update_failed", origin=origin, error=type(error).__name__, frames=places)
    return msgspec.structs.replace(turn, calls=say(turn.state, texts("broken-update")))
