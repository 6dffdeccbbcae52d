"""Every setting of Cornerman, read once at the start from the environment and `.env`.

`read_settings` either returns the whole frozen value or raises `SettingsError`, which lists every problem at once.
Names are the specification's; the README's table describes each.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from cryptography.fernet import Fernet

from actors.providers.messages import ModelChoice
from actors.providers.route import EVERY_AGENT, BadFallbacks, read_fallbacks
from actors.providers.secret import Secret
from actors.providers.usage_book import Budget
from coaching.agents import AGENTS

TELEGRAM_API = "https://api.telegram.org"
OPENROUTER_API = "https://openrouter.ai/api/v1"
ANTHROPIC_API = "https://api.anthropic.com/v1"
ASSEMBLYAI_API = "https://api.assemblyai.com"
EVERYONE = "*"
_ADDRESSES = (
    "TELEGRAM_API_BASE",
    "OPENROUTER_BASE_URL",
    "ANTHROPIC_BASE_URL",
    "ASSEMBLYAI_BASE_URL",
    "INSFORGE_BASE_URL",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
)
_SHORTEST_JWT_SECRET = 32
_SHORTEST_STATUS_TOKEN = 16
_BOT_TOKEN = re.compile(r"[0-9]+:[\w-]+", re.ASCII)
_NEW_KEY = "Make one with: python -m cornerman new-key"
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class SettingsError(Exception):
    """The settings cannot be used; `problems` says for each what to do."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one process; a secret that is None means that service stays in the sandbox."""

    telegram_bot_token: Secret | None
    telegram_api_base: str
    telegram_webhook_url: str | None
    mini_app_url: str | None
    openrouter_api_key: Secret | None
    openrouter_base_url: str
    anthropic_base_url: str
    default_openrouter_model: str
    default_anthropic_model: str
    anthropic_api_key: Secret | None
    vision_model: str
    fallbacks: dict[str, tuple[ModelChoice, ...]]
    data_collection: bool
    rep_budget: Budget
    team_budget: Budget
    model_concurrency: int
    insforge_base_url: str | None
    insforge_service_key: Secret | None
    records_path: str
    assemblyai_api_key: Secret | None
    assemblyai_base_url: str
    speech_concurrency: int
    jwt_secret: Secret | None
    insforge_jwt_secret: Secret | None
    encryption_key: Secret | None
    allowed_usernames: frozenset[str]
    admin_usernames: frozenset[str]
    bot_username: str | None
    status_token: Secret | None
    trace_days: int
    trace_content: bool
    otlp_endpoint: str | None
    otlp_headers: Secret | None
    log_level: str
    data_dir: Path
    host: str
    port: int
    sandbox_telegram_port: int
    sandbox_models_port: int
    sandbox_speech_port: int

    def admits(self, username: str | None) -> bool:
        """Whether a rep of this Telegram username may use the bot; names compare without case and @."""
        if EVERYONE in self.allowed_usernames:
            return True
        return username is not None and username.lower() in self.allowed_usernames | self.admin_usernames


KNOWN = {
    "TELEGRAM_BOT_TOKEN": "",
    "TELEGRAM_API_BASE": TELEGRAM_API,
    "TELEGRAM_WEBHOOK_URL": "",
    "TMA_URL": "",
    "OPENROUTER_API_KEY": "",
    "OPENROUTER_BASE_URL": OPENROUTER_API,
    "ANTHROPIC_BASE_URL": ANTHROPIC_API,
    "DEFAULT_OPENROUTER_MODEL": "openai/gpt-oss-120b:free",
    "DEFAULT_ANTHROPIC_MODEL": "claude-sonnet-5-5",
    "ANTHROPIC_API_KEY": "",
    "VISION_MODEL": "mistralai/mistral-small-3.2-24b-instruct:free",
    "FALLBACK_MODELS": "",
    "DATA_COLLECTION": "deny",
    "BUDGET_REP_USD": "",
    "BUDGET_REP_TOKENS": "",
    "BUDGET_TEAM_USD": "",
    "BUDGET_TEAM_TOKENS": "",
    "MODEL_CONCURRENCY": "64",
    "INSFORGE_BASE_URL": "",
    "INSFORGE_SERVICE_KEY": "",
    "INSFORGE_RECORDS_PATH": "/api/database/records",
    "ASSEMBLYAI_API_KEY": "",
    "ASSEMBLYAI_BASE_URL": ASSEMBLYAI_API,
    "SPEECH_CONCURRENCY": "5",
    "JWT_SECRET": "",
    "INSFORGE_JWT_SECRET": "",
    "ENCRYPTION_KEY": "",
    "ALLOWED_USERNAMES": "",
    "ADMIN_USERNAMES": "",
    "VITE_BOT_USERNAME": "",
    "STATUS_TOKEN": "",
    "TRACE_RETENTION_DAYS": "30",
    "TRACE_CONTENT": "off",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "",
    "OTEL_EXPORTER_OTLP_HEADERS": "",
    "LOG_LEVEL": "INFO",
    "DATA_DIR": ".cornerman",
    "HOST": "127.0.0.1",
    "PORT": "8080",
    "SANDBOX_TELEGRAM_PORT": "8081",
    "SANDBOX_MODELS_PORT": "8082",
    "SANDBOX_SPEECH_PORT": "8083",
}
"""Every setting with its default; an empty text means not set."""


def read_settings(environment: Mapping[str, str], env_file: Mapping[str, str | None]) -> Settings:
    """Build the settings; the environment wins over the file, and only the file may not hold unknown names.

    Raises SettingsError with every problem found.
    """
    problems = [
        f"{name} in .env is not a setting of Cornerman. Remove it or correct its spelling."
        for name in env_file
        if name not in KNOWN and name != "INSFORGE_ANON_KEY"
    ]
    values = {name: (environment.get(name) or env_file.get(name) or default).strip() for name, default in KNOWN.items()}
    if environment.get("INSFORGE_ANON_KEY") or env_file.get("INSFORGE_ANON_KEY"):
        problems.append(
            "INSFORGE_ANON_KEY is refused: Cornerman never acts anonymously. Set INSFORGE_SERVICE_KEY instead."
        )
    problems += [*_problems(values), *_model_problems(values)]
    if problems:
        raise SettingsError(problems)
    return _build(values)


def _problems(values: dict[str, str]) -> list[str]:
    problems = []
    for name in _ADDRESSES:
        parts = urlsplit(values[name])
        if values[name] and (parts.scheme not in ("http", "https") or not parts.netloc):
            problems.append(f"{name} must be a whole address such as https://example.com.")
    problems += [
        f"{name} must be a port number from 0 to 65535."
        for name in ("PORT", "SANDBOX_TELEGRAM_PORT", "SANDBOX_MODELS_PORT", "SANDBOX_SPEECH_PORT")
        if not _is_number(values[name], 0, 65_535)
    ]
    problems += [
        f"{name} must be a number from 1 to 10000."
        for name in ("MODEL_CONCURRENCY", "SPEECH_CONCURRENCY")
        if not _is_number(values[name], 1, 10_000)
    ]
    if not _is_number(values["TRACE_RETENTION_DAYS"], 1, 3650):
        problems.append("TRACE_RETENTION_DAYS must be a number of days from 1 to 3650.")
    if values["TRACE_CONTENT"] not in ("on", "off"):
        problems.append("TRACE_CONTENT must be on or off.")
    if values["LOG_LEVEL"].upper() not in _LOG_LEVELS:
        problems.append(f"LOG_LEVEL must be one of {', '.join(_LOG_LEVELS)}.")
    if values["INSFORGE_BASE_URL"] and not values["INSFORGE_SERVICE_KEY"]:
        problems.append("INSFORGE_BASE_URL is set, so INSFORGE_SERVICE_KEY must hold the project's service key.")
    if values["INSFORGE_SERVICE_KEY"] and not values["INSFORGE_BASE_URL"]:
        problems.append("INSFORGE_SERVICE_KEY is set, so INSFORGE_BASE_URL must hold the project's address.")
    if values["TELEGRAM_WEBHOOK_URL"] and not _is_webhook(values["TELEGRAM_WEBHOOK_URL"]):
        problems.append(
            "TELEGRAM_WEBHOOK_URL must be the whole https address at which Telegram brings updates, with a path that "
            "begins with /telegram, such as https://coach.example.com/telegram."
        )
    if values["TMA_URL"] and not _is_page(values["TMA_URL"]):
        problems.append(
            "TMA_URL must be the whole https address of the Mini App, such as https://coach.example.com/app."
        )
    if values["TELEGRAM_BOT_TOKEN"]:
        problems += _problems_of_a_public_bot(values)
    return problems + _problems_of_secrets(values)


def _problems_of_a_public_bot(values: dict[str, str]) -> list[str]:
    problems = []
    if not _BOT_TOKEN.fullmatch(values["TELEGRAM_BOT_TOKEN"]):
        problems.append(
            "TELEGRAM_BOT_TOKEN must be the whole token that @BotFather gave, such as 123456789:letters-and-digits."
        )
    if not values["ENCRYPTION_KEY"]:
        problems.append(
            f"ENCRYPTION_KEY must be set with a real bot, so that reps' keys outlive this machine. {_NEW_KEY}"
        )
    if not values["ALLOWED_USERNAMES"]:
        problems.append(
            "ALLOWED_USERNAMES must name the reps' Telegram usernames, comma-separated, or be * for everyone."
        )
    return problems


def _problems_of_secrets(values: dict[str, str]) -> list[str]:
    problems = []
    if values["INSFORGE_JWT_SECRET"] and len(values["INSFORGE_JWT_SECRET"]) < _SHORTEST_JWT_SECRET:
        problems.append(
            f"INSFORGE_JWT_SECRET must be the database's JWT secret of {_SHORTEST_JWT_SECRET} characters or more."
        )
    if any(len(secret) < _SHORTEST_JWT_SECRET for secret in _parts(values["JWT_SECRET"])):
        problems.append(f"JWT_SECRET must be random text of {_SHORTEST_JWT_SECRET} characters or more.")
    if values["STATUS_TOKEN"] and len(values["STATUS_TOKEN"]) < _SHORTEST_STATUS_TOKEN:
        problems.append(f"STATUS_TOKEN must be random text of {_SHORTEST_STATUS_TOKEN} characters or more.")
    try:
        for key in _parts(values["ENCRYPTION_KEY"]):
            Fernet(key)
    except ValueError:
        problems.append(f"ENCRYPTION_KEY holds a value that is no Fernet key. {_NEW_KEY}")
    return problems


def _model_problems(values: dict[str, str]) -> list[str]:
    problems = [
        f"{name} must be a number of at least 0, or empty for no bound."
        for name in ("BUDGET_REP_USD", "BUDGET_REP_TOKENS", "BUDGET_TEAM_USD", "BUDGET_TEAM_TOKENS")
        if values[name] and not _is_amount(values[name], whole=name.endswith("_TOKENS"))
    ]
    if values["DATA_COLLECTION"] not in ("deny", "allow"):
        problems.append("DATA_COLLECTION must be deny or allow.")
    try:
        strangers = sorted(read_fallbacks(values["FALLBACK_MODELS"]).keys() - {EVERY_AGENT, *AGENTS})
    except BadFallbacks as error:
        problems.append(f"FALLBACK_MODELS cannot be read: {error}. Write: model, anthropic:model; agent=model, model")
    else:
        problems += [f"FALLBACK_MODELS names no agent: {name}. Agents: {', '.join(AGENTS)}." for name in strangers]
    return problems


def _is_webhook(url: str) -> bool:
    parts = urlsplit(url)
    at_home = parts.hostname in ("127.0.0.1", "localhost")
    whole = parts.scheme == "https" or (at_home and parts.scheme == "http")
    return whole and bool(parts.netloc) and parts.path.startswith("/telegram") and not (parts.query or parts.fragment)


def _is_page(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and bool(parts.netloc) and not (parts.query or parts.fragment)


def _is_amount(text: str, *, whole: bool) -> bool:
    return text.isascii() and (text if whole else text.replace(".", "", 1)).isdigit()


def _is_number(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdigit() and least <= int(text) <= most


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _budget(usd: str, tokens: str) -> Budget:
    return Budget(float(usd) if usd else None, int(tokens) if tokens else None)


def _names(text: str) -> frozenset[str]:
    return frozenset(name.lstrip("@").lower() for name in _parts(text))


def _secret(text: str) -> Secret | None:
    return Secret(text) if text else None


def _build(values: dict[str, str]) -> Settings:
    telegram = _secret(values["TELEGRAM_BOT_TOKEN"])
    allowed = _names(values["ALLOWED_USERNAMES"])
    return Settings(
        telegram_bot_token=telegram,
        telegram_api_base=values["TELEGRAM_API_BASE"].rstrip("/"),
        telegram_webhook_url=values["TELEGRAM_WEBHOOK_URL"] or None,
        mini_app_url=values["TMA_URL"].rstrip("/") or None,
        openrouter_api_key=_secret(values["OPENROUTER_API_KEY"]),
        openrouter_base_url=values["OPENROUTER_BASE_URL"].rstrip("/"),
        anthropic_base_url=values["ANTHROPIC_BASE_URL"].rstrip("/"),
        default_openrouter_model=values["DEFAULT_OPENROUTER_MODEL"],
        default_anthropic_model=values["DEFAULT_ANTHROPIC_MODEL"],
        anthropic_api_key=_secret(values["ANTHROPIC_API_KEY"]),
        vision_model=values["VISION_MODEL"],
        fallbacks=read_fallbacks(values["FALLBACK_MODELS"]),
        data_collection=values["DATA_COLLECTION"] == "allow",
        rep_budget=_budget(values["BUDGET_REP_USD"], values["BUDGET_REP_TOKENS"]),
        team_budget=_budget(values["BUDGET_TEAM_USD"], values["BUDGET_TEAM_TOKENS"]),
        model_concurrency=int(values["MODEL_CONCURRENCY"]),
        insforge_base_url=values["INSFORGE_BASE_URL"].rstrip("/") or None,
        insforge_service_key=_secret(values["INSFORGE_SERVICE_KEY"]),
        records_path=values["INSFORGE_RECORDS_PATH"],
        assemblyai_api_key=_secret(values["ASSEMBLYAI_API_KEY"]),
        assemblyai_base_url=values["ASSEMBLYAI_BASE_URL"].rstrip("/"),
        speech_concurrency=int(values["SPEECH_CONCURRENCY"]),
        jwt_secret=_secret(values["JWT_SECRET"]),
        insforge_jwt_secret=_secret(values["INSFORGE_JWT_SECRET"]),
        encryption_key=_secret(values["ENCRYPTION_KEY"]),
        allowed_usernames=allowed if allowed or telegram else frozenset({EVERYONE}),
        admin_usernames=_names(values["ADMIN_USERNAMES"]),
        bot_username=values["VITE_BOT_USERNAME"] or None,
        status_token=_secret(values["STATUS_TOKEN"]),
        trace_days=int(values["TRACE_RETENTION_DAYS"]),
        trace_content=values["TRACE_CONTENT"] == "on",
        otlp_endpoint=values["OTEL_EXPORTER_OTLP_ENDPOINT"].rstrip("/") or None,
        otlp_headers=_secret(values["OTEL_EXPORTER_OTLP_HEADERS"]),
        log_level=values["LOG_LEVEL"].upper(),
        data_dir=Path(values["DATA_DIR"]),
        host=values["HOST"],
        port=int(values["PORT"]),
        sandbox_telegram_port=int(values["SANDBOX_TELEGRAM_PORT"]),
        sandbox_models_port=int(values["SANDBOX_MODELS_PORT"]),
        sandbox_speech_port=int(values["SANDBOX_SPEECH_PORT"]),
    )
