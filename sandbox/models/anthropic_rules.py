"""What Anthropic's Messages API refuses before a model is asked, and the error bodies it refuses with."""

from collections.abc import Mapping
from typing import Any

import msgspec

from sandbox.models.catalogue import ClaudeModel, claude_model
from sandbox.models.coach import Question, Turn
from sandbox.models.pictures import BadPicture, Picture, from_base64
from sandbox.models.schema_rules import anthropic_problem
from sandbox.models.simulation import count_tokens

VERSIONS = ("2023-06-01", "2026-10-21")
_FIELDS_TEXT = """
model max_tokens system messages output_config thinking tools tool_choice stream cache_control metadata
stop_sequences service_tier temperature top_p top_k container inference_geo
"""
_FIELDS = frozenset(_FIELDS_TEXT.split())
_SAMPLING = {"temperature": 1.0, "top_p": 1.0, "top_k": None}
_EFFORTS = ("low", "medium", "high", "xhigh", "max")
_MOST_BREAKPOINTS = 4
_SEARCH_TOOLS = ("web_search_20250305", "web_search_20260209")
_LARGEST_IMAGE = 10 * 1024 * 1024
_LONGEST_EDGE = 8_000


class Refusal(Exception):
    """The request is answered with this status and error type."""

    def __init__(
        self, status: int, error_type: str, message: str, *, headers: Mapping[str, str] | None = None, code: str = ""
    ) -> None:
        super().__init__(message)
        self.status, self.error_type, self.message = status, error_type, message
        self.headers = dict(headers or {})
        self.code = code

    def body(self, request_id: str) -> dict[str, Any]:
        """The JSON body."""
        error: dict[str, Any] = {"type": self.error_type, "message": self.message}
        if self.code:
            error["details"] = {"error_code": self.code}
        return {"type": "error", "error": error, "request_id": request_id}


class MessagesCall(msgspec.Struct, frozen=True):
    """A Messages call that passed every rule; `prefixes` are the system texts up to each cache breakpoint."""

    model: ClaudeModel
    question: Question
    stream: bool
    max_tokens: int
    prefixes: tuple[str, ...]


def invalid(message: str) -> Refusal:
    """A 400 about the request itself."""
    return Refusal(400, "invalid_request_error", message)


def check_version(version: str | None) -> str:
    """The `anthropic-version` header, which must be there and known."""
    if version is None:
        raise invalid("anthropic-version: header is required")
    if version not in VERSIONS:
        raise invalid(f'anthropic-version: "{version}" is not a valid version')
    return version


def read_call(
    body: object, version: str, extra_models: tuple[str, ...], seed: int, *, counting: bool = False
) -> MessagesCall:
    """Check a request body and read it; raises Refusal as Anthropic would. `counting` needs no `max_tokens`."""
    if not isinstance(body, dict):
        raise invalid("The request body is not valid JSON")
    for name in body:
        if name not in _FIELDS:
            raise invalid(f"{name}: Extra inputs are not permitted")
    model = _model(body, extra_models)
    max_tokens = 0 if counting else _max_tokens(body, model)
    system, prefixes = _system(body.get("system"))
    turns = _turns(body.get("messages"))
    _check_breakpoints(body)
    _check_sampling(body, model, version)
    _check_generation(body, model, turns)
    schema, searches = _schema(body.get("output_config")), _searches(body.get("tools"))
    if schema is not None and searches:
        raise invalid("output_config.format: citations are not supported together with structured outputs")
    question = Question(system=system, turns=turns, schema=schema, seed=seed, searches=searches)
    if count_tokens(system + "".join(turn.text for turn in turns)) > model.max_input_tokens:
        raise invalid(f"prompt is too long: more than {model.max_input_tokens} tokens maximum")
    return MessagesCall(model, question, bool(body.get("stream", False)), max_tokens, prefixes)


def _model(body: dict[str, Any], extra: tuple[str, ...]) -> ClaudeModel:
    name = body.get("model")
    if not isinstance(name, str):
        raise invalid("model: Field required")
    model = claude_model(name, extra)
    if model is None or model.lifecycle == "retired":
        raise Refusal(404, "not_found_error", f"model: {name}")
    return model


def _max_tokens(body: dict[str, Any], model: ClaudeModel) -> int:
    value = body.get("max_tokens")
    if value is None:
        raise invalid("max_tokens: Field required")
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise invalid("max_tokens: Input should be a valid integer, greater than or equal to 0")
    if value == 0 and body.get("stream"):
        raise invalid("max_tokens: 0 is not supported with stream")
    if value > model.max_tokens:
        raise invalid(
            f"max_tokens: {value} > {model.max_tokens}, which is the maximum allowed number of output "
            f"tokens for {model.id}"
        )
    return value


def _system(system: object) -> tuple[str, tuple[str, ...]]:
    if system is None:
        return "", ()
    if isinstance(system, str):
        return system, ()
    if not isinstance(system, list):
        raise invalid("system: Input should be a valid string or list of blocks")
    texts: list[str] = []
    prefixes: list[str] = []
    for number, block in enumerate(system):
        if not isinstance(block, dict) or block.get("type") != "text" or not isinstance(block.get("text"), str):
            raise invalid(f"system.{number}: Input should be a text block")
        if not block["text"]:
            raise invalid(f"system.{number}: text content blocks must be non-empty")
        texts.append(block["text"])
        if block.get("cache_control"):
            prefixes.append("\n\n".join(texts))
    return "\n\n".join(texts), tuple(prefixes)


def _turns(messages: object) -> tuple[Turn, ...]:
    if not isinstance(messages, list):
        raise invalid("messages: Field required")
    if not messages:
        raise invalid("messages: at least one message is required")
    turns = []
    for number, message in enumerate(messages):
        role = message.get("role") if isinstance(message, dict) else None
        if role not in ("user", "assistant"):
            raise invalid(f"messages.{number}.role: Input should be 'user' or 'assistant'")
        turns.append(Turn(role, *_content(message.get("content"), number)))
    if turns[0].role != "user":
        raise invalid('messages: first message must use the "user" role')
    return tuple(turns)


def _content(content: object, number: int) -> tuple[str, tuple[Picture, ...]]:
    pictures: tuple[Picture, ...] = ()
    if isinstance(content, list):
        if not all(isinstance(block, dict) and "type" in block for block in content):
            raise invalid(f"messages.{number}.content: every block needs a type")
        pictures = tuple(_picture(block, number) for block in content if block["type"] == "image")
        content = "\n".join(str(block.get("text", "")) for block in content if block["type"] == "text") or " "
    if not isinstance(content, str):
        raise invalid(f"messages.{number}.content: Input should be a valid string or list")
    if not content:
        raise invalid(f"messages.{number}: user messages must have non-empty content")
    return content, pictures


def _picture(block: dict[str, Any], number: int) -> Picture:
    source = block.get("source")
    if not isinstance(source, dict) or source.get("type") != "base64":
        raise invalid(f"messages.{number}.content.image.source: only base64 is emulated")
    data = str(source.get("data", ""))
    if len(data) > _LARGEST_IMAGE:
        raise invalid(f"messages.{number}.content.image.source.base64: image exceeds 10 MB maximum")
    try:
        picture = from_base64(data)
    except BadPicture:
        raise invalid("Could not process image") from None
    if source.get("media_type") != picture.media_type:
        raise invalid(
            f"messages.{number}.content.image.source.base64.media_type: Image does not match the provided media type "
            f"{source.get('media_type')}"
        )
    if max(picture.width, picture.height) > _LONGEST_EDGE:
        raise invalid("At least one of the image dimensions exceed max allowed size: 8000 pixels")
    return picture


def _searches(tools: object) -> bool:
    """Whether the model may search the web."""
    if tools is None:
        return False
    if not isinstance(tools, list) or not all(isinstance(tool, dict) for tool in tools):
        raise invalid("tools: Input should be a valid list")
    for number, tool in enumerate(tools):
        kind = str(tool.get("type", "custom"))
        if kind.startswith("web_search") and (kind not in _SEARCH_TOOLS or tool.get("name") != "web_search"):
            raise invalid(
                f"tools.{number}: Input tag '{kind}' found using 'type' does not match any of the expected tags"
            )
    return any(str(tool.get("type")) in _SEARCH_TOOLS for tool in tools)


def _check_breakpoints(body: dict[str, Any]) -> None:
    blocks = [block for block in _blocks(body) if block.get("cache_control")]
    if len(blocks) > _MOST_BREAKPOINTS:
        raise invalid(f"A maximum of 4 blocks with cache_control may be provided. Found {len(blocks)}.")
    for block in blocks:
        if not isinstance(block["cache_control"], dict) or block["cache_control"].get("type") != "ephemeral":
            raise invalid("cache_control.type: Input should be 'ephemeral'")


def _blocks(body: dict[str, Any]) -> list[dict[str, Any]]:
    lists = [body.get("system"), body.get("tools"), *(message.get("content") for message in body["messages"])]
    return [block for each in lists if isinstance(each, list) for block in each if isinstance(block, dict)]


def _check_sampling(body: dict[str, Any], model: ClaudeModel, version: str) -> None:
    for name, default in _SAMPLING.items():
        if name not in body:
            continue
        if version == VERSIONS[-1]:
            raise invalid(f"{name}: sampling parameters are not supported with anthropic-version {version}")
        if model.refuses_sampling and body[name] != default:
            raise invalid(f"{name}: non-default values are not supported by {model.id}")


def _check_generation(body: dict[str, Any], model: ClaudeModel, turns: tuple[Turn, ...]) -> None:
    forced = (body.get("tool_choice") or {}).get("type") in ("any", "tool")
    thinking = (body.get("thinking") or {}).get("type")
    if model.strict_generation and forced:
        raise invalid(f"tool_choice: forced tool use is not supported by {model.id}")
    if model.strict_generation and thinking in ("enabled", "disabled"):
        raise invalid(f'thinking.type: "{thinking}" is not supported by {model.id}; thinking is adaptive')
    if model.refuses_prefill and turns[-1].role == "assistant":
        raise invalid(
            "This model does not support assistant message prefill. The conversation must end with a user message."
        )


def _schema(config: object) -> dict[str, Any] | None:
    if config is None:
        return None
    if not isinstance(config, dict):
        raise invalid("output_config: Input should be an object")
    if config.get("effort") is not None and config["effort"] not in _EFFORTS:
        raise invalid("output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'")
    form = config.get("format")
    if form is None:
        return None
    if not isinstance(form, dict) or form.get("type") != "json_schema":
        raise invalid("output_config.format.type: Input should be 'json_schema'")
    problem = anthropic_problem(form.get("schema"))
    if problem:
        raise invalid(problem)
    schema: dict[str, Any] = form["schema"]
    return schema
