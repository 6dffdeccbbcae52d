"""Logging for operators: one line per event, with every known shape of a secret masked before it is written."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRETS = re.compile(
    r"sk-or-[\w-]{6,}"  # OpenRouter
    r"|sk-ant-[\w-]{6,}"  # Anthropic
    r"|ik_[\w-]{6,}"  # InsForge service key
    r"|(?<!\d)\d{5,}(?::|%3A)[A-Za-z0-9_-]{20,}"  # Telegram bot token; in an address it follows the word "bot"
    r"|\b[0-9a-f]{32}\b"  # AssemblyAI
    r"|(?:Bearer|tma)\s+\S+"  # authorisation headers
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*"  # JSON web tokens
    r"|gAAAA[\w=-]{20,}"  # Fernet tokens
    r"|(?<![\w-])[\w-]{43}=(?!=)"  # Fernet keys
)
MASK = "***"


def mask(text: str) -> str:
    """Return the text with everything that has the shape of a secret replaced."""
    return _SECRETS.sub(MASK, text)


def _mask_values(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = mask(value)
        elif not isinstance(value, int | float | bool | None):
            event[key] = mask(str(value))
    return event


class _MaskingFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


def configure_logs(level: str) -> None:
    """Write events of this level and above to standard error, ours and those of libraries alike.

    The HTTP libraries stay at WARNING: their INFO lines print whole addresses, which hold filters and tokens.
    """
    number = logging.getLevelNamesMapping()[level]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_MaskingFormatter("%(asctime)s [%(levelname)s] %(name)s: %(message)s"))
    logging.basicConfig(level=number, handlers=[handler], force=True)
    for name in ("httpx", "httpcore", "aiohttp.access", "aiogram"):
        logging.getLogger(name).setLevel(max(number, logging.WARNING))
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _mask_values,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
            if sys.stderr.isatty()
            else structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
