"""Prompts: Markdown files with front matter, cut into blocks so that the part all reps share comes first.

A file names the placeholders of each block in its front matter; the text uses exactly those, written `{{name}}`.
House knowledge is text; what was learned of a rep is data and enters as JSON, in the last block alone; what a rep
hands in never enters a block at all: it is quoted in the user turn.
"""

import hashlib
import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

import msgspec

from coaching.errors import PromptError
from coaching.prospect import turn
from coaching.yaml_document import Document


class Kind(StrEnum):
    """How a value enters a prompt: as trusted text, as JSON in the last block, or quoted in the user turn."""

    TEXT = "text"
    DATA = "data"
    TURN = "turn"


PLACEHOLDERS = {
    "assignment": Kind.DATA,
    "casebook": Kind.DATA,
    "cases": Kind.TURN,
    "coaching": Kind.TURN,
    "knowledge": Kind.TEXT,
    "lead": Kind.TURN,
    "scenario": Kind.DATA,
    "strategist_output": Kind.TURN,
    "former_comments": Kind.TURN,
    "user_memory": Kind.DATA,
    "user_message": Kind.TURN,
    "wish": Kind.TURN,
}
"""Every value a prompt may ask for."""

_FRONT = re.compile(r"---\n(.*?)^---\n", re.DOTALL | re.MULTILINE)
_MARKER = re.compile(r"^<!-- block: ([a-z_]+) -->\n", re.MULTILINE)
_USE = re.compile(r"\{\{([^{}]*)\}\}")


class Block(msgspec.Struct, frozen=True):
    """One system block, with the names of the values it takes."""

    name: str
    text: str
    placeholders: tuple[str, ...]


class Prompt(msgspec.Struct, frozen=True):
    """A checked prompt; `version` changes with every byte of its file, `turn` names what the user turn quotes."""

    name: str
    description: str
    version: str
    blocks: tuple[Block, ...]
    turn: tuple[str, ...]
    file: str

    @property
    def inputs(self) -> frozenset[str]:
        """Every value the prompt must be given."""
        return frozenset(self.turn).union(*(block.placeholders for block in self.blocks))


class _Front(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    description: str
    blocks: dict[str, list[str]]
    turn: list[str]


def parse_prompt(text: str, filename: str) -> Prompt:
    """The prompt of a Markdown file. Raises PromptError with file, line and reason for the first thing wrong."""
    text = text.replace("\r\n", "\n")
    match = _FRONT.match(text)
    if not match:
        raise PromptError(filename, 1, "a prompt begins with front matter between two lines of ---")
    document = Document(match[1], filename, PromptError, first_line=2)
    front = document.decode(_Front)
    _check_front(front, document)
    blocks = _blocks(text, match.end(), front, filename)
    version = hashlib.sha256(text.encode()).hexdigest()[:12]
    return Prompt(front.name, front.description, version, blocks, tuple(front.turn), filename)


def render(prompt: Prompt, values: Mapping[str, object]) -> tuple[str, ...]:
    """The system blocks, in order. Values that lack or exceed the prompt's inputs raise PromptError.

    Text goes in as it is; data goes in as JSON with its keys in a fixed order. A placeholder inside a value stays
    what it is.
    """
    _check_values(prompt, values)
    return tuple(_filled(prompt, block, values) for block in prompt.blocks)


def render_turn(prompt: Prompt, values: Mapping[str, object]) -> str:
    """The user turn that quotes the prompt's untrusted values, in the prompt's order; raises as `render` does."""
    _check_values(prompt, values)
    return turn((name, values[name]) for name in prompt.turn)


def _check_front(front: _Front, document: Document) -> None:
    if not front.blocks:
        raise document.refuse("a prompt needs at least one block", ("blocks",))
    last = list(front.blocks)[-1]
    for block, names in front.blocks.items():
        for name in names:
            kind = PLACEHOLDERS.get(name)
            if kind is None:
                raise document.refuse(f"unknown placeholder `{name}`", ("blocks", block))
            if kind is Kind.TURN:
                reason = f"`{name}` is untrusted: it belongs under `turn`, never in a system block"
                raise document.refuse(reason, ("blocks", block))
            if kind is Kind.DATA and block != last:
                reason = f"`{name}` differs from rep to rep: it belongs in the last block"
                raise document.refuse(reason, ("blocks", block))
    for name in front.turn:
        if PLACEHOLDERS.get(name) is not Kind.TURN:
            raise document.refuse(f"`{name}` cannot be quoted in the turn", ("turn",))
    if not front.turn:
        raise document.refuse("a prompt needs something to quote in the turn", ("turn",))


def _blocks(text: str, start: int, front: _Front, filename: str) -> tuple[Block, ...]:
    markers = list(_MARKER.finditer(text, start))
    before = text[start : markers[0].start() if markers else len(text)]
    if before.strip():
        raise PromptError(filename, _line(text, start), "text stands before the first `<!-- block: name -->`")
    found = [marker[1] for marker in markers]
    if found != list(front.blocks):
        where = markers[0].start() if markers else start
        reason = f"the front matter names the blocks {list(front.blocks)}, the text has {found}"
        raise PromptError(filename, _line(text, where), reason)
    ends = [marker.start() for marker in markers[1:]] + [len(text)]
    return tuple(
        _block(text, marker, end, front.blocks[marker[1]], filename) for marker, end in zip(markers, ends, strict=True)
    )


def _block(text: str, marker: re.Match[str], end: int, declared: list[str], filename: str) -> Block:
    used = {use[1]: use.start() for use in _USE.finditer(text, marker.end(), end)}
    for name, where in used.items():
        if name not in declared:
            reason = f"`{{{{{name}}}}}` is not among the placeholders of block `{marker[1]}`"
            raise PromptError(filename, _line(text, where), reason)
    for name in declared:
        if name not in used:
            reason = f"block `{marker[1]}` never uses its placeholder `{name}`"
            raise PromptError(filename, _line(text, marker.start()), reason)
    body = text[marker.end() : end].strip()
    if not body:
        raise PromptError(filename, _line(text, marker.start()), f"block `{marker[1]}` is empty")
    return Block(marker[1], body, tuple(declared))


def _check_values(prompt: Prompt, values: Mapping[str, object]) -> None:
    missing, surplus = sorted(prompt.inputs - values.keys()), sorted(values.keys() - prompt.inputs)
    if missing or surplus:
        raise PromptError(prompt.file, 1, f"given the wrong values: missing {missing}, not asked for {surplus}")


def _filled(prompt: Prompt, block: Block, values: Mapping[str, object]) -> str:
    given = tuple(_written(prompt, name, values[name]) for name in block.placeholders)
    is_shared = all(PLACEHOLDERS[name] is Kind.TEXT for name in block.placeholders)
    return _shared(block, given) if is_shared else _put_in(block, given)


def _written(prompt: Prompt, name: str, given: object) -> str:
    if PLACEHOLDERS[name] is Kind.DATA:
        return msgspec.json.encode(given, order="deterministic").decode()
    if not isinstance(given, str):
        raise PromptError(prompt.file, 1, f"`{name}` must be text")
    return given


def _put_in(block: Block, given: tuple[str, ...]) -> str:
    by_name = dict(zip(block.placeholders, given, strict=True))
    return _USE.sub(lambda use: by_name[use[1]], block.text)


_shared = lru_cache(maxsize=32)(_put_in)
"""House knowledge is most of a prompt and alike for all reps: those that wait for a model hold it together."""


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
