"""Stopping: the one order to end the process, given by a signal or by an operator."""

import asyncio


class Stopping:
    """Readiness ends with the order, before anything stops."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()
        self._hurried = asyncio.Event()

    @property
    def asked(self) -> bool:
        """Whether the process is to end."""
        return self._asked.is_set()

    def ask(self) -> None:
        """Order the end; a second order means at once."""
        if self._asked.is_set():
            self._hurried.set()
        self._asked.set()

    async def wait(self) -> None:
        """Wait for the order."""
        await self._asked.wait()

    async def wait_for_hurry(self) -> None:
        """Wait for the second one."""
        await self._hurried.wait()
