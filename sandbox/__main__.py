"""`python -m sandbox`: the outside world on one laptop, until Ctrl-C or SIGTERM."""

import argparse
import asyncio
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from sandbox.models import start as start_models
from sandbox.speech import start as start_speech
from sandbox.telegram import start as start_telegram

PRACTICE_TOKEN = "1000001:PRACTICE-offline-bot-token-000000000"  # noqa: S105 - opens nothing but this emulator


def main(arguments: list[str] | None = None) -> int:
    """Run the emulators named by the arguments; returns 1 with one sentence where a port is taken."""
    options = _parser().parse_args(arguments)
    try:
        asyncio.run(_serve(options))
    except OSError as error:
        sys.stderr.write(f"The sandbox cannot start: {error.strerror or error}. Choose other ports.\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--telegram-port", type=int, default=8081, help="port of the Bot API and the chat page")
    parser.add_argument("--models-port", type=int, default=8082, help="port of OpenRouter and Anthropic")
    parser.add_argument("--speech-port", type=int, default=8083, help="port of AssemblyAI")
    parser.add_argument("--token", default=PRACTICE_TOKEN, help="the bot token the Bot API accepts")
    parser.add_argument("--state", type=Path, default=Path(".cornerman/sandbox"), help="directory of the chat's state")
    parser.add_argument(
        "--latency", type=_seconds, default=(0.3, 1.2), metavar="A,B", help="seconds to the first token"
    )
    parser.add_argument("--model", action="append", default=[], metavar="ID", help="a further model id to accept")
    return parser


def _seconds(text: str) -> tuple[float, float]:
    low, _, high = text.partition(",")
    try:
        bounds = (float(low), float(high or low))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not two numbers such as 0.3,1.2") from None
    if not 0 <= bounds[0] <= bounds[1]:
        raise argparse.ArgumentTypeError(f"{text!r} must not fall and not be negative")
    return bounds


async def _serve(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    options.state.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        models = await start_models(
            port=options.models_port, latency_s=options.latency, extra_models=tuple(options.model)
        )
        stack.push_async_callback(models.stop)
        speech = await start_speech(port=options.speech_port)
        stack.push_async_callback(speech.stop)
        telegram = await start_telegram(port=options.telegram_port, token=options.token, state_path=options.state)
        stack.push_async_callback(telegram.stop)
        _print(f"Telegram  {telegram.url}")
        _print(f"Models    {models.url}/api/v1 (OpenRouter), {models.url}/v1 (Anthropic)")
        _print(f"Speech    {speech.url} (AssemblyAI)")
        await stop.wait()


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
