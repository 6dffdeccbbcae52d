"""A YAML text that knows its lines: decoded strictly into a Struct, every complaint with file, line and reason."""

import re
from typing import TypeVar

import msgspec
import yaml

from coaching.errors import ContentError

T = TypeVar("T")
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where libyaml is
Path = tuple[str | int, ...]


class Document:
    """One parsed YAML text.

    `first_line` is the line of the file on which the text begins; `error` is raised for every complaint.
    """

    def __init__(self, text: str, file: str, error: type[ContentError], first_line: int = 1) -> None:
        self._file, self._error, self._first_line = file, error, first_line
        loader = _Loader(text)
        try:
            root = loader.get_single_node()
            if root is None:
                raise error(file, first_line, "the file is empty")
            self._root: yaml.Node = root
            self._refuse_duplicates(root)
            self._value: object = loader.construct_document(root)
        except yaml.MarkedYAMLError as problem:
            mark = problem.problem_mark or problem.context_mark
            line = first_line + (mark.line if mark else 0)
            raise error(file, line, f"not valid YAML: {problem.problem or problem.context}") from None
        except (yaml.YAMLError, ValueError) as problem:
            raise error(file, first_line, f"not valid YAML: {problem}") from None
        finally:
            loader.dispose()

    def decode(self, type_: type[T]) -> T:
        """The document as `type_`; a wrong type, an absent or an unknown key is refused at its line."""
        try:
            return msgspec.convert(self._value, type_)
        except msgspec.ValidationError as problem:
            reason, _, where = str(problem).partition(" - at ")
            path = _path(where)
            key = re.fullmatch(r"Object contains unknown field `(.*)`", reason)
            reason = f"unknown key `{key[1]}`" if key else f"{reason}{_at(path)}"
            raise self.refuse(reason, (*path, key[1]) if key else path) from None

    def refuse(self, reason: str, path: Path = ()) -> ContentError:
        """The error that says `reason` at the place `path` leads to, to be raised by the caller."""
        return self._error(self._file, self.line(path), reason)

    def line(self, path: Path) -> int:
        """The line of the deepest part of `path` that exists; of the key itself where it ends on a key."""
        node, mark = self._root, self._root.start_mark
        for part in path:
            if isinstance(node, yaml.MappingNode):
                found = next((pair for pair in node.value if pair[0].value == part), None)
                if found is None:
                    break
                mark, node = found[0].start_mark, found[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                mark = node.start_mark
            else:
                break
        return self._first_line + int(mark.line)

    def _refuse_duplicates(self, node: yaml.Node) -> None:
        pending = [node]
        while pending:
            node = pending.pop()
            if isinstance(node, yaml.SequenceNode):
                pending += node.value
            elif isinstance(node, yaml.MappingNode):
                seen: set[object] = set()
                for key, value in node.value:
                    if not isinstance(key.value, str) or key.value in seen:
                        line = self._first_line + int(key.start_mark.line)
                        raise self._error(self._file, line, f"key `{key.value}` stands here twice or is not a word")
                    seen.add(key.value)
                    pending.append(value)


def _at(path: Path) -> str:
    return f" (at {'.'.join(str(part) for part in path)})" if path else ""


def _path(where: str) -> Path:
    parts = re.findall(r"\.([^.\[\]`]+)|\[(\d+)\]", where)
    return tuple(name or int(index) for name, index in parts)
