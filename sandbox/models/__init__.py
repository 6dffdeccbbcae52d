"""OpenRouter and Anthropic on one laptop: real wire formats, faults on demand, and an offline practice model."""

from sandbox.models.server import start
from sandbox.running import Running

__all__ = ["Running", "start"]
