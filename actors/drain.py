"""Draining: no new work is taken, and what is under way has a while to end before everything stops.

What does not end in that time lies in the journal and is taken up at the next start.
"""

import structlog

from actors.journal import DescribeJournal, JournalDescribed
from actors.telegram.messages import BULK_LANE, MESSAGE_LANE, StopIntake
from runtime import ActorError, ActorSystem

_LOOK_EVERY_S = 0.1
_ANSWER_S = 1.0
_RUNS = ("PipelineRun", "CompletionCall", "Recording")
_LOG = structlog.get_logger(__name__)


async def drain(system: ActorSystem, within_s: float) -> bool:
    """Stop the intake and wait until nothing is under way; whether that was so within the time."""
    system.send(system.find("update_receiver"), StopIntake())
    ends = system.clock.now() + within_s
    while not await _is_idle(system):
        if system.clock.now() >= ends:
            _LOG.warning("drain_incomplete", within_s=within_s, kept_for="the next start")
            return False
        await system.clock.sleep(_LOOK_EVERY_S)
    _LOG.info("drained")
    return True


async def _is_idle(system: ActorSystem) -> bool:
    if any(stats.alive for stats in system.snapshot().types if stats.type in _RUNS):
        return False
    try:
        answer = await system.ask(system.find("journal"), DescribeJournal(), deadline_s=_ANSWER_S)
    except ActorError:
        return False
    if not isinstance(answer, JournalDescribed):
        return False
    unsent = any(answer.outbox_pending.get(lane) for lane in (MESSAGE_LANE, BULK_LANE))
    return not answer.inbox_pending and not unsent
