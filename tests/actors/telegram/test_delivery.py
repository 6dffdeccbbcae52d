"""One call on its way: what is tried again, what never."""

import pytest

from actors.telegram.delivery import Delivery, Verdict
from actors.telegram.messages import TelegramCall
from actors.telegram.outcome import Came, Outcome, is_repeatable
from actors.telegram.rendering import bold, delete_message, send_calls

_SEND = send_calls(5, bold("x"))[0]
_DELETE = delete_message(5, 6)


async def _deliver(call: TelegramCall, *outcomes: Outcome) -> tuple[Verdict, list[TelegramCall], list[float]]:
    verdict, made, pauses, _ = await _deliver_with_states(call, *outcomes)
    return verdict, made, pauses


async def _deliver_with_states(
    call: TelegramCall, *outcomes: Outcome
) -> tuple[Verdict, list[TelegramCall], list[float], list[str]]:
    made: list[TelegramCall] = []
    states: list[str] = []
    pauses: list[float] = []
    answers = iter(outcomes)

    async def mark(state: str) -> None:
        states.append(state)

    async def perform(one: TelegramCall) -> Outcome:
        made.append(one)
        states.append("made")
        return next(answers)

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        states.append("waited")

    return await Delivery(call, mark, perform, sleep).run(), made, pauses, states


async def test_success_is_done() -> None:
    """One call, no pause."""
    assert await _deliver(_SEND, Outcome(Came.DONE)) == (Verdict("done"), [_SEND], [])


async def test_too_many_requests_waits_exactly_as_long_as_asked() -> None:
    """As often as Telegram asks, without giving up."""
    waits = [Outcome(Came.TOO_MANY, "429", seconds) for seconds in (3.0, 137.0)]
    verdict, made, pauses = await _deliver(_SEND, *waits, Outcome(Came.DONE))
    assert (verdict.state, len(made), pauses) == ("done", 3, [3.0, 137.0])


@pytest.mark.parametrize("came", [Came.TOO_MANY, Came.NEVER_LEFT, Came.UNAUTHORIZED])
async def test_what_telegram_surely_never_had_is_not_in_doubt_while_it_waits(came: Came) -> None:
    """A stop during the wait loses no message: the next start sends it."""
    *_, states = await _deliver_with_states(_SEND, Outcome(came, "", 3.0), Outcome(Came.DONE))
    assert states == ["sending", "made", "pending", "waited", "sending", "made"]


async def test_what_telegram_may_have_had_stays_in_doubt_while_it_waits() -> None:
    """After a failure of Telegram's own the message may be there, whatever the next try says."""
    outcomes = Outcome(Came.SERVER_ERROR, "500"), Outcome(Came.NEVER_LEFT), Outcome(Came.DONE)
    *_, states = await _deliver_with_states(_SEND, *outcomes)
    assert states == ["sending", "made", "waited", "made", "waited", "made"]


async def test_without_a_connection_it_is_tried_until_there_is_one() -> None:
    """Nothing was sent, so nothing can be sent twice."""
    verdict, made, pauses = await _deliver(_SEND, *[Outcome(Came.NEVER_LEFT)] * 20, Outcome(Came.DONE))
    assert (verdict.state, len(made)) == ("done", 21)
    assert all(0 < pause <= 30.0 for pause in pauses)


async def test_a_send_without_an_answer_is_uncertain() -> None:
    """Telegram may have it: it is not sent a second time."""
    verdict, made, _ = await _deliver(_SEND, Outcome(Came.NO_ANSWER, "ServerDisconnectedError"))
    assert (verdict.state, len(made)) == ("uncertain", 1)
    assert verdict.detail == "sendMessage: no answer (ServerDisconnectedError)"


async def test_a_repeatable_call_without_an_answer_is_made_again() -> None:
    """Deleting twice deletes once."""
    verdict, made, _ = await _deliver(_DELETE, Outcome(Came.NO_ANSWER), Outcome(Came.SERVER_ERROR), Outcome(Came.DONE))
    assert (verdict.state, len(made)) == ("done", 3)


async def test_a_failing_telegram_gets_a_send_once_more() -> None:
    """After the second failure it is uncertain."""
    verdict, made, pauses = await _deliver(_SEND, *[Outcome(Came.SERVER_ERROR, "500")] * 2)
    assert (verdict.state, len(made), len(pauses)) == ("uncertain", 2, 1)


async def test_refused_formatting_is_sent_as_plain_text_once() -> None:
    """The words arrive, and it is told that they arrived bare."""
    refused = Outcome(Came.FORMATTING, "entities")
    verdict, made, pauses = await _deliver(_SEND, refused, Outcome(Came.DONE))
    assert verdict == Verdict("done", "", unformatted=True)
    assert [("entities" in call.parameters) for call in made] == [True, False]
    assert pauses == []
    verdict, made, _ = await _deliver(_SEND, refused, refused)
    assert (verdict.state, len(made)) == ("dead", 2)


@pytest.mark.parametrize(
    ("outcome", "detail"),
    [
        (Outcome(Came.BLOCKED, "Forbidden: bot was blocked by the user"), "blocked"),
        (Outcome(Came.REFUSED, "Bad Request: chat not found"), "sendMessage: Bad Request: chat not found"),
    ],
)
async def test_a_refusal_is_final(outcome: Outcome, detail: str) -> None:
    """It is recorded with its reason and not tried again."""
    verdict, made, _ = await _deliver(_SEND, outcome)
    assert (verdict, len(made)) == (Verdict("dead", detail), 1)


async def test_a_refused_token_keeps_the_message_waiting() -> None:
    """The operator corrects the token; no message is lost meanwhile."""
    verdict, _, pauses = await _deliver(_SEND, Outcome(Came.UNAUTHORIZED), Outcome(Came.DONE))
    assert (verdict.state, pauses) == ("done", [60.0])


def test_which_calls_may_be_repeated() -> None:
    """Sends never, what sets a state always."""
    once = (
        "sendMessage",
        "sendPhoto",
        "copyMessage",
        "forwardMessage",
        "createForumTopic",
        "answerWebAppQuery",
    )
    again = ("editMessageText", "deleteMessage", "setMyCommands", "answerCallbackQuery", "sendChatAction")
    assert not any(is_repeatable(method) for method in once)
    assert all(is_repeatable(method) for method in again)
