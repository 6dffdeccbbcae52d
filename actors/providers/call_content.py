"""What was asked of a model and answered, as far as it may be kept in a trace: shortened and without what names people.

Struck out are secrets by their shape, addresses, telephone numbers and links, and the prospect's names where the answer
itself says what they are. A name that only the pasted text knows stays: code cannot tell it from a word, which is why
content is kept on request only.
"""

import re

from actors.logs import mask
from actors.providers.messages import Complete
from coaching.names import nameless

LONGEST = 20_000
_NAMED = re.compile(r'"(?:first_name|last_name|company)"\s*:\s*"([^"\\]{2,80})"')


def asked_and_answered(request: Complete, answer: str) -> tuple[dict[str, str], dict[str, str]]:
    """The content of a call under OpenTelemetry's GenAI attribute names."""
    names = sorted(set(_NAMED.findall(answer)), key=len, reverse=True)

    def kept(text: str) -> str:
        return mask(nameless(text, names))[:LONGEST]

    asked = {
        "gen_ai.system_instructions": kept("\n\n".join(request.system)),
        "gen_ai.input.messages": kept("\n\n".join(f"{said.role}: {said.content}" for said in request.messages)),
    }
    return asked, {"gen_ai.output.messages": kept(answer)}
