"""Promises of the request bodies: golden for both providers, whole."""

import base64
import json
from typing import Any

import msgspec
import pytest

from actors.providers import anthropic, openrouter
from actors.providers.messages import ChatMessage, Image
from actors.providers.model_call import ModelCall

SCHEMA: dict[str, Any] = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
CALL = ModelCall(
    models=("openai/gpt-oss-120b:free", "openai/gpt-oss-20b:free"),
    system=("playbook", "task", "memory of this rep"),
    messages=(ChatMessage("user", "hello"),),
    max_tokens=4096,
    effort="low",
    pseudonym="abc",
    output_name="strategist",
    schema=SCHEMA,
)
PICTURE = Image(b"\x89PNG\r\n\x1a\n...", "image/png")
WORDS = (
    "Answer with one JSON object and nothing else. It must be valid under this JSON Schema:\n"
    '{"properties":{"a":{"type":"string"}},"required":["a"],"type":"object"}'
)


def _with(**changes: Any) -> ModelCall:
    return msgspec.structs.replace(CALL, **changes)


def _text(block: str, *, cached: bool = False) -> dict[str, Any]:
    return {"type": "text", "text": block} | ({"cache_control": {"type": "ephemeral"}} if cached else {})


def test_openrouter_gets_the_chain_and_a_strict_schema() -> None:
    """Golden: nothing more, nothing less."""
    body = json.loads(openrouter.body(CALL))
    session = body.pop("session_id")
    assert session.endswith(tuple(f"-{bucket}" for bucket in range(8)))
    assert body == {
        "model": "openai/gpt-oss-120b:free",
        "models": ["openai/gpt-oss-120b:free", "openai/gpt-oss-20b:free"],
        "messages": [
            {"role": "system", "content": [_text("playbook"), _text("task"), _text("memory of this rep")]},
            {"role": "user", "content": "hello"},
        ],
        "max_completion_tokens": 4096,
        "stream": True,
        "user": "abc",
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "strategist", "strict": True, "schema": SCHEMA},
        },
        "provider": {"require_parameters": True},
    }


def test_openrouter_marks_the_cache_where_models_need_it() -> None:
    """Anthropic's and Qwen's models behind OpenRouter cache only what is marked; others by themselves."""
    content = json.loads(openrouter.body(_with(models=("anthropic/claude-sonnet-5.5",))))["messages"][0]["content"]
    assert content == [_text("playbook", cached=True), _text("task", cached=True), _text("memory of this rep")]


def test_json_mode_says_the_schema_in_words() -> None:
    """A model without schemas is asked for plain JSON, and the schema stands at the end of the prompt."""
    body = json.loads(openrouter.body(_with(shape="json")))
    assert body["response_format"] == {"type": "json_object"}
    assert body["messages"][0]["content"][-1] == _text(WORDS)
    claude = json.loads(anthropic.body(_with(models=("claude-haiku-4-5",), shape="json")))
    assert claude["output_config"] == {"effort": "low"}
    assert claude["system"][-1] == _text(WORDS)
    worded = json.loads(openrouter.body(_with(shape="words")))
    assert worded["messages"][0]["content"][-1] == _text(WORDS)
    assert "response_format" not in worded


@pytest.mark.parametrize("shape", ["json", "words"])
def test_a_schema_in_words_leaves_the_breakpoints_where_they_are(shape: str) -> None:
    """Behind what all reps share, never behind the block of one rep, where no other could read the cache."""
    prompt = [_text("playbook", cached=True), _text("task", cached=True), _text("memory of this rep"), _text(WORDS)]
    claude = json.loads(anthropic.body(_with(models=("claude-haiku-4-5",), shape=shape)))
    assert claude["system"] == prompt
    router = json.loads(openrouter.body(_with(models=("anthropic/claude-haiku-4.5",), shape=shape)))
    assert router["messages"][0]["content"] == prompt
    bare = json.loads(anthropic.body(_with(models=("claude-haiku-4-5",), shape=shape, system=())))
    assert bare["system"] == [_text(WORDS)]


def test_anthropic_gets_its_own_mechanisms() -> None:
    """Golden: `output_config.format`, two cache breakpoints, no sampling, no tools."""
    assert json.loads(anthropic.body(_with(models=("claude-sonnet-5-5",)))) == {
        "model": "claude-sonnet-5-5",
        "max_tokens": 4096,
        "stream": True,
        "messages": [{"role": "user", "content": "hello"}],
        "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": SCHEMA}},
        "metadata": {"user_id": "abc"},
        "system": [_text("playbook", cached=True), _text("task", cached=True), _text("memory of this rep")],
    }


def test_two_reps_share_the_prefix_byte_for_byte() -> None:
    """What differs from rep to rep stands behind the last breakpoint."""
    one, other = (
        json.loads(anthropic.body(_with(system=("playbook", "task", memory), pseudonym=memory)))["system"]
        for memory in ("memory of one", "memory of another")
    )
    assert one[:2] == other[:2]
    assert "cache_control" not in one[2]


def test_images_go_before_the_text_with_their_real_type() -> None:
    """Golden for both: a data URL there, a base64 block here."""
    seeing = _with(messages=(ChatMessage("user", "who is this?", (PICTURE,)),), schema=None)
    data = base64.b64encode(PICTURE.data).decode()
    assert json.loads(openrouter.body(seeing))["messages"][1]["content"] == [
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}},
        {"type": "text", "text": "who is this?"},
    ]
    assert json.loads(anthropic.body(seeing))["messages"][0]["content"] == [
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}},
        {"type": "text", "text": "who is this?"},
    ]


def test_web_search_is_each_providers_own_tool() -> None:
    """Golden for both: bounded, and never forced."""
    searching = _with(schema=None, web_search=True)
    assert json.loads(openrouter.body(searching))["tools"] == [
        {"type": "openrouter:web_search", "parameters": {"max_results": 5}}
    ]
    claude = json.loads(anthropic.body(searching))
    assert claude["tools"] == [{"type": "web_search_20250305", "name": "web_search", "max_uses": 5}]
    assert "tool_choice" not in claude


def test_paid_requests_go_to_nobody_who_keeps_them() -> None:
    """Unless the operator allows it; free ones could not be sent anywhere else."""
    paid = {"models": ("openai/gpt-oss-120b",), "schema": None, "data_collection": False}
    assert json.loads(openrouter.body(_with(**paid)))["provider"] == {"data_collection": "deny"}
    assert "provider" not in json.loads(openrouter.body(_with(**{**paid, "data_collection": True})))
    assert "provider" not in json.loads(openrouter.body(_with(schema=None, data_collection=False)))
