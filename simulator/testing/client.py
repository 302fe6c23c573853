"""The typed client of a running simulator's control surface, once to be called and once to be awaited."""

from __future__ import annotations

from typing import Self

from .async_calls import AsyncCalls
from .calls import Calls


class Client(Calls):
    """The control surface at a URL: `Client("http://127.0.0.1:8080").advance_clock(by="61m")`.

    A refused call raises `Problem`. In a `with` block, its connections are closed at the end.
    """

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class AsyncClient(AsyncCalls):
    """A client whose methods are awaited: `await AsyncClient("http://127.0.0.1:8080").advance_clock(by="61m")`."""

    async def __aenter__(self) -> Self:
        """The client itself."""
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()
