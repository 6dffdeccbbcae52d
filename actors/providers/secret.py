"""Secret: a text that can be used but never shown."""

from typing import NoReturn

MASK = "***"


class Secret:
    """Holds a key or token; every way of printing it gives `***`, and serializers refuse it.

    Only `reveal` gives the text out; call it where the text is used and keep no copy.
    """

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value = value

    def reveal(self) -> str:
        """The text itself."""
        return self.__value

    def __repr__(self) -> str:
        return MASK

    def __format__(self, _spec: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.__value == self.__value

    def __hash__(self) -> int:
        return hash((Secret, self.__value))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret cannot be pickled or copied into a message")
