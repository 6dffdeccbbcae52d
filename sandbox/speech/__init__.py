"""AssemblyAI on one machine: uploads and transcripts over the real wire format, and a control API for tests.

It cannot hear. What a recording says stands in the comment header of its Ogg/Opus stream; see `sandbox.speech.ogg`.
"""

from sandbox.running import Running
from sandbox.speech.server import start

__all__ = ["Running", "start"]
