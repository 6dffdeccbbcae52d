"""What a trace keeps of a call's content."""

from actors.providers.call_content import LONGEST, asked_and_answered
from actors.providers.messages import ChatMessage, Complete, Provider, TeamKey

ANSWER = (
    '{"prospect_info": {"first_name": "Marielle", "company": "Nordwerk"}, "draft": "Hi Marielle, as Nordwerk asked"}'
)


def request(text: str) -> Complete:
    """A request with this message."""
    return Complete(
        request_id="1",
        credential=TeamKey(Provider.OPENROUTER),
        agent="strategist",
        model="m",
        system=("You coach.", "The playbook."),
        messages=(ChatMessage("user", text),),
        deadline_s=60.0,
        telegram_id=7,
    )


def test_names_addresses_and_secrets_are_struck_out() -> None:
    """On both sides of the call, and the rest stays readable."""
    text = "marielle from NORDWERK, m.k@nordwerk.example, +49 40 1234567: too expensive. sk-or-v1-planted0123456789"
    asked, answered = asked_and_answered(request(text), ANSWER)
    whole = str(asked | answered)
    for planted in ("arielle", "ORDWERK", "ordwerk", "1234567", "planted"):
        assert planted not in whole
    assert "too expensive" in asked["gen_ai.input.messages"]
    assert asked["gen_ai.system_instructions"] == "You coach.\n\nThe playbook."
    assert '"draft": "Hi [prospect], as [prospect] asked"' in answered["gen_ai.output.messages"]


def test_content_is_cut_to_a_length() -> None:
    """A pasted book does not fill the records."""
    asked, _ = asked_and_answered(request("word " * LONGEST), "")
    assert len(asked["gen_ai.input.messages"]) == LONGEST
