"""The two or three Bot API calls that must not go through aiogram: reading updates and setting up the bot.

aiogram rejects a whole batch of updates for one that it cannot parse; here every update stays raw.
"""

import json

import msgspec
from aiohttp import ClientError, ClientSession, ClientTimeout

from actors.telegram.errors import TelegramRefused, TelegramUnreachable

_CONNECT_S = 10.0
_LONGEST_DESCRIPTION = 200


class RawApi:
    """Calls `{base}/bot{token}/{method}` with JSON and gives back the undecoded result.

    The token stays inside: neither `repr` nor an error shows it.
    """

    def __init__(self, base: str, token: str) -> None:
        self._prefix = f"{base.rstrip('/')}/bot{token}/"
        self._session: ClientSession | None = None

    async def call(self, method: str, parameters: dict[str, object], *, timeout_s: float) -> bytes:
        """The result as JSON; TelegramRefused or TelegramUnreachable otherwise."""
        if self._session is None:
            self._session = ClientSession()
        timeout = ClientTimeout(total=timeout_s, sock_connect=_CONNECT_S)
        try:
            async with self._session.post(self._prefix + method, json=parameters, timeout=timeout) as response:
                body = await response.read()
        except (
            ClientError,
            TimeoutError,
            OSError,
        ) as error:  # their texts hold the address, and so the token
            raise TelegramUnreachable(type(error).__name__) from None
        return _result(body, response.status)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def items_of(result: bytes) -> list[bytes]:
    """The elements of a JSON list, each as its own JSON, as sent wherever possible.

    A lone surrogate in one of them, which strict decoders refuse, costs the others nothing.
    """
    try:
        return [bytes(item) for item in msgspec.json.decode(result, type=list[msgspec.Raw])]
    except msgspec.ValidationError:
        raise TelegramUnreachable("unreadable result") from None
    except msgspec.DecodeError:
        return [json.dumps(item).encode() for item in json.loads(result)]


class _Parameters(msgspec.Struct):
    retry_after: float | None = None


class _Envelope(msgspec.Struct):
    ok: bool
    result: msgspec.Raw = msgspec.Raw(b"null")
    error_code: int = 0
    description: str = ""
    parameters: _Parameters | None = None


def _result(body: bytes, status: int) -> bytes:
    envelope = _envelope(body, status)
    if envelope.ok:
        return bytes(envelope.result)
    retry_after = envelope.parameters.retry_after if envelope.parameters else None
    raise TelegramRefused(envelope.error_code or status, envelope.description[:_LONGEST_DESCRIPTION], retry_after)


def _envelope(body: bytes, status: int) -> _Envelope:
    try:
        return msgspec.json.decode(body, type=_Envelope)
    except msgspec.DecodeError:
        pass  # perhaps only one string in it: Python's own decoder is the lenient one
    try:
        answer = json.loads(body.decode("utf-8", "replace"))
        return _Envelope(ok=answer["ok"] is True, result=msgspec.Raw(json.dumps(answer["result"]).encode()))
    except (ValueError, LookupError, TypeError, RecursionError):
        raise TelegramUnreachable(f"unreadable answer with status {status}") from None
