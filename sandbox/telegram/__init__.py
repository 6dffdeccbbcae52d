"""Telegram on one machine: the Bot API over its real wire format, a control API for tests, and a chat page."""

from sandbox.telegram.server import Running, start

__all__ = ["Running", "start"]
