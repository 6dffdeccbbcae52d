"""The models both emulators know, with the facts their list endpoints publish."""

import msgspec

PRACTICE_MODEL = "cornerman/offline-practice"
"""The name every answer carries in its `model` field, so a reader can tell it from a real model's."""


class RouterModel(msgspec.Struct, frozen=True):
    """A model on OpenRouter; prices are USD per token. `ended` names the availability code that refuses it.

    `schemas` says whether it takes a strict schema; every model here has JSON mode.
    """

    id: str
    context_length: int
    prompt_price: float = 0.0
    completion_price: float = 0.0
    images: bool = False
    ended: str = ""
    schemas: bool = True

    @property
    def free(self) -> bool:
        """Whether the account's free-model limits count its calls."""
        return self.id.endswith(":free") or self.id == "openrouter/free"


class ClaudeModel(msgspec.Struct, frozen=True):
    """A model of Anthropic; prices are USD per million tokens, moments RFC 3339."""

    id: str
    display_name: str
    line: str
    created_at: str
    lifecycle: str = "active"
    deprecated_at: str | None = None
    retires_at: str | None = None
    max_input_tokens: int = 1_000_000
    max_tokens: int = 128_000
    strict_generation: bool = False
    refuses_sampling: bool = False
    refuses_prefill: bool = True


ROUTER_MODELS = (
    RouterModel("openai/gpt-oss-120b:free", 131_072),
    RouterModel("openai/gpt-oss-120b", 131_072, 0.000000039, 0.00000019),
    RouterModel("openai/gpt-oss-20b:free", 131_072),
    RouterModel("meta-llama/llama-3.3-70b-instruct:free", 131_072),
    RouterModel("moonshotai/kimi-k2.5:free", 32_768, ended="free_variant_ended"),
    RouterModel("moonshotai/kimi-k2.5", 262_144, 0.0000005, 0.0000024, images=True),
    RouterModel("openai/gpt-4-32k", 32_768, 0.00006, 0.00012, ended="model_deprecated"),
    RouterModel("anthropic/claude-sonnet-5.5", 1_000_000, 0.000002, 0.00001, images=True),
    RouterModel("anthropic/claude-haiku-5.5", 1_000_000, 0.0000001, 0.0000005, images=True),
    RouterModel("mistralai/mistral-small-3.2-24b-instruct:free", 131_072, images=True, schemas=False),
    RouterModel("openrouter/free", 200_000, images=True),
    RouterModel(PRACTICE_MODEL, 1_000_000),
)

CLAUDE_MODELS = (
    ClaudeModel(
        "claude-sonnet-5-5",
        "Claude Sonnet 5.5",
        "sonnet",
        "2026-09-15T00:00:00Z",
        strict_generation=True,
        refuses_sampling=True,
    ),
    ClaudeModel("claude-opus-5-5", "Claude Opus 5.5", "opus", "2026-10-05T00:00:00Z"),
    ClaudeModel("claude-haiku-5-5", "Claude Haiku 5.5", "haiku", "2026-09-29T00:00:00Z"),
    ClaudeModel("claude-fable-5-1", "Claude Fable 5.1", "fable", "2026-08-20T00:00:00Z"),
    ClaudeModel("claude-sonnet-5", "Claude Sonnet 5", "sonnet", "2026-05-12T00:00:00Z", refuses_sampling=True),
    ClaudeModel("claude-opus-5", "Claude Opus 5", "opus", "2026-05-12T00:00:00Z"),
    ClaudeModel("claude-sonnet-4-6", "Claude Sonnet 4.6", "sonnet", "2026-02-17T00:00:00Z"),
    ClaudeModel(
        "claude-haiku-4-5",
        "Claude Haiku 4.5",
        "haiku",
        "2025-10-15T00:00:00Z",
        max_input_tokens=200_000,
        max_tokens=64_000,
        refuses_prefill=False,
    ),
    ClaudeModel(
        "claude-sonnet-4-5",
        "Claude Sonnet 4.5",
        "sonnet",
        "2025-09-29T00:00:00Z",
        lifecycle="deprecated",
        deprecated_at="2026-06-30T00:00:00Z",
        retires_at="2026-11-30T00:00:00Z",
        max_input_tokens=200_000,
        max_tokens=64_000,
        refuses_prefill=False,
    ),
    ClaudeModel(
        "claude-sonnet-4-20250514",
        "Claude Sonnet 4",
        "sonnet",
        "2025-05-22T00:00:00Z",
        lifecycle="retired",
        deprecated_at="2026-02-15T00:00:00Z",
        retires_at="2026-06-15T00:00:00Z",
        max_input_tokens=200_000,
        max_tokens=64_000,
        refuses_prefill=False,
    ),
)


def router_model(model_id: str, extra: tuple[str, ...] = ()) -> RouterModel | None:
    """The OpenRouter model of this id; an id in `extra` is known with a 131k context and no price."""
    known = next((model for model in ROUTER_MODELS if model.id == model_id), None)
    return known or (RouterModel(model_id, 131_072) if model_id in extra else None)


def claude_model(model_id: str, extra: tuple[str, ...] = ()) -> ClaudeModel | None:
    """The Anthropic model of this id; an id in `extra` is known with Sonnet 5.5's rules."""
    known = next((model for model in CLAUDE_MODELS if model.id == model_id), None)
    if known is not None or model_id not in extra:
        return known
    return msgspec.structs.replace(CLAUDE_MODELS[0], id=model_id, display_name=model_id)
