"""What OpenRouter refuses before a model is asked, and the error bodies it refuses with."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from sandbox.models.catalogue import RouterModel, router_model
from sandbox.models.coach import Question, Turn
from sandbox.models.pictures import BadPicture, Picture, from_data_url
from sandbox.models.schema_rules import strict_problem
from sandbox.models.simulation import count_tokens

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ROLES = {"system", "developer", "user", "assistant", "tool"}


class Refusal(Exception):
    """The request is answered with this status and body."""

    def __init__(
        self,
        status: int,
        message: str,
        error_type: str,
        *,
        availability: str = "",
        headers: Mapping[str, str] | None = None,
        **metadata: object,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error_type = error_type
        self.headers = dict(headers or {})
        self.error: dict[str, Any] = {
            "code": status,
            "message": message,
            "metadata": {"error_type": error_type, **metadata},
        }
        if availability:
            self.error["availability"] = {"code": availability, "retryable": False, "requested_models": []}

    @property
    def body(self) -> dict[str, Any]:
        """The JSON body."""
        return {"error": self.error}


class ChatCall(msgspec.Struct, frozen=True):
    """A chat completion call that passed every rule."""

    model: RouterModel
    question: Question
    stream: bool
    max_tokens: int


def read_call(body: object, extra_models: tuple[str, ...], seed: int) -> ChatCall:
    """Check a request body and read it; raises Refusal as OpenRouter would."""
    if not isinstance(body, dict):
        raise _invalid("Input should be a JSON object")
    _check_fields(body)
    model = _model(body, extra_models)
    system, turns = _conversation(body.get("messages"))
    searches = _searches(body.get("tools"))
    if any(turn.pictures for turn in turns) and not model.images:
        raise _unservable(404, "No endpoints found that support image input", "not_found", "no_endpoints", [model.id])
    schema = _schema(body.get("response_format"))
    if schema is not None and not model.schemas and body["response_format"].get("type") == "json_schema":
        raise _unservable(
            404, "No endpoints found that can handle the requested parameters.", "not_found", "no_endpoints", [model.id]
        )
    question = Question(system=system, turns=turns, schema=schema, seed=seed, searches=searches)
    tokens = count_tokens(system + "".join(turn.text for turn in turns))
    if tokens > model.context_length:
        raise Refusal(
            400,
            f"This endpoint's maximum context length is {model.context_length} tokens. However, you requested about "
            f"{tokens} tokens of text input.",
            "context_length_exceeded",
        )
    wanted = body.get("max_completion_tokens") or body.get("max_tokens") or model.context_length
    return ChatCall(model, question, bool(body.get("stream", False)), int(wanted))


def _invalid(message: str) -> Refusal:
    return Refusal(400, message, "invalid_request")


def _check_fields(body: dict[str, Any]) -> None:
    for name in ("max_tokens", "max_completion_tokens"):
        value = body.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            raise _invalid(f"{name}: Number must be greater than or equal to 1")
    temperature = body.get("temperature")
    if temperature is not None and (not isinstance(temperature, int | float) or not 0 <= temperature <= 2):
        raise _invalid("temperature: Number must be between 0 and 2")
    if len(str(body.get("session_id") or "")) > 256:
        raise _invalid("session_id: String must contain at most 256 character(s)")
    if not isinstance(body.get("stream", False), bool):
        raise _invalid("stream: Expected boolean")


def _model(body: dict[str, Any], extra: tuple[str, ...]) -> RouterModel:
    fallbacks = body.get("models") or []
    if not isinstance(fallbacks, list) or len(fallbacks) > 3:
        raise _invalid("'models' array must have 3 items or fewer.")
    names = list(dict.fromkeys([name for name in [body.get("model"), *fallbacks] if name]))
    if not names:
        raise _invalid("No models provided")
    known = [(str(name), router_model(str(name), extra)) for name in names]
    servable = next((model for _, model in known if model is not None and not model.ended), None)
    if servable is not None:
        return servable
    name, model = known[0]
    if model is None:
        raise _unservable(400, f"{name} is not a valid model ID", "invalid_request", "model_not_found", names)
    raise _unservable(404, f"No endpoints found for {name}.", "not_found", model.ended, names)


def _unservable(status: int, message: str, error_type: str, code: str, names: list[Any]) -> Refusal:
    refusal = Refusal(status, message, error_type, availability=code)
    refusal.error["availability"]["requested_models"] = [str(name) for name in names]
    return refusal


def _conversation(messages: object) -> tuple[str, tuple[Turn, ...]]:
    if not isinstance(messages, list) or not messages:
        raise _invalid("Input must have at least 1 message.")
    system: list[str] = []
    turns: list[Turn] = []
    for number, message in enumerate(messages):
        if not isinstance(message, dict) or message.get("role") not in _ROLES:
            raise _invalid(f"messages.{number}.role: Invalid discriminator value")
        text, pictures = _content(message.get("content"), number)
        if message["role"] in ("system", "developer"):
            system.append(text)
        else:
            turns.append(Turn(message["role"], text, pictures))
    return "\n\n".join(system), tuple(turns)


def _content(content: object, number: int) -> tuple[str, tuple[Picture, ...]]:
    if isinstance(content, str):
        return content, ()
    if isinstance(content, list) and all(isinstance(part, dict) and "type" in part for part in content):
        text = "\n".join(str(part.get("text", "")) for part in content if part["type"] == "text")
        return text, tuple(_picture(part, number) for part in content if part["type"] == "image_url")
    raise _invalid(f"messages.{number}.content: Invalid input")


def _picture(part: dict[str, Any], number: int) -> Picture:
    address = part.get("image_url")
    if not isinstance(address, dict) or not isinstance(address.get("url"), str):
        raise _invalid(f"messages.{number}.content.image_url.url: Required")
    if not address["url"].startswith("data:"):
        raise Refusal(400, "The image could not be downloaded", "image_download_failed")
    try:
        declared, picture = from_data_url(address["url"])
    except BadPicture as bad:
        raise Refusal(400, f"Invalid image: {bad}", "invalid_image") from None
    if declared != picture.media_type:
        raise Refusal(400, f"The image is {picture.media_type}, not {declared}", "unsupported_image_format")
    return picture


def _searches(tools: object) -> bool:
    """Whether the model may search the web; functions are not for the practice model."""
    if tools is None:
        return False
    if not isinstance(tools, list) or not all(isinstance(tool, dict) for tool in tools):
        raise _invalid("tools: Expected array")
    for tool in tools:
        if tool.get("type") not in ("function", "openrouter:web_search"):
            raise _invalid("tools.0.type: Invalid discriminator value")
        most = (tool.get("parameters") or {}).get("max_results", 5)
        if tool["type"] != "function" and (not isinstance(most, int) or not 1 <= most <= 25):
            raise _invalid("tools.0.parameters.max_results: Number must be between 1 and 25")
    return any(tool["type"] == "openrouter:web_search" for tool in tools)


def _schema(response_format: object) -> dict[str, Any] | None:
    if response_format is None:
        return None
    if not isinstance(response_format, dict):
        raise _invalid("response_format: Expected object")
    match response_format.get("type"):
        case "text":
            return None
        case "json_object":
            return {"type": "object"}
        case "json_schema":
            return _named_schema(response_format.get("json_schema"))
    raise _invalid("response_format.type: Invalid discriminator value. Expected 'text' | 'json_object' | 'json_schema'")


def _named_schema(named: object) -> dict[str, Any]:
    if not isinstance(named, dict):
        raise _invalid("response_format.json_schema: Required")
    name = named.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _invalid("response_format.json_schema.name: String must match pattern '^[a-zA-Z0-9_-]{1,64}$'")
    strict = named.get("strict")
    if strict is not None and not isinstance(strict, bool):
        raise _invalid("response_format.json_schema.strict: Expected boolean")
    schema = named.get("schema")
    if not isinstance(schema, dict):
        raise _invalid("response_format.json_schema.schema: Required")
    problem = strict_problem(schema) if strict else None
    if problem:
        raise _invalid(f"Invalid schema for response_format '{name}': {problem}")
    return schema
