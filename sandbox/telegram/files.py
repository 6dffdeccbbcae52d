"""Files sent by either side, and what a message says about them."""

import secrets
from dataclasses import dataclass
from typing import Any

from sandbox.telegram.archive import Archive
from sandbox.telegram.parameters import Upload
from sandbox.telegram.pictures import blank, size_of

MOST_DOWNLOADED_BYTES = 20 << 20
_ROUND = 240
"""The diameter of a round video, in pixels."""
_SIDES = (90, 320, 800, 1280)
"""The longer sides of a photo's sizes s, m, x and y, in pixels."""
_FOLDERS = {"photo": "photos", "voice": "voice", "video_note": "video_notes", "audio": "music", "document": "documents"}
_ENDINGS = {"photo": ".jpg", "voice": ".oga", "video_note": ".mp4", "audio": ".mp3", "document": ""}


@dataclass(frozen=True)
class StoredFile:
    """A file as a chat holds it."""

    file_id: str
    kind: str
    name: str
    mime_type: str
    content: bytes
    number: int

    @property
    def path(self) -> str:
        """Where the bot fetches it."""
        ending = _ENDINGS[self.kind] or "".join(self.name.rpartition(".")[1:])[-10:]
        return f"{_FOLDERS[self.kind]}/file_{self.number}{ending}"

    def described(self) -> dict[str, Any]:
        """The part every kind of file has in a message."""
        return {
            "file_id": self.file_id,
            "file_unique_id": f"AQAD{self.file_id[-12:]}",
            "file_size": len(self.content),
        }

    def as_photo_size(self) -> dict[str, Any]:
        """One size of a photo."""
        width, height = size_of(self.content)
        return {**self.described(), "width": width, "height": height}

    def in_message(self, duration_s: int = 1) -> dict[str, Any]:
        """The field of a message that holds this file."""
        match self.kind:
            case "voice":
                return {"voice": {**self.described(), "duration": duration_s, "mime_type": self.mime_type}}
            case "video_note":
                return {"video_note": {**self.described(), "duration": duration_s, "length": _ROUND}}
            case "audio":
                named = {"file_name": self.name, "mime_type": self.mime_type}
                return {"audio": {**self.described(), "duration": duration_s, **named}}
        return {"document": {**self.described(), "file_name": self.name, "mime_type": self.mime_type}}


def _smaller(content: bytes) -> list[bytes]:
    """A blank picture for each of Telegram's sizes below that of the picture, in its proportions."""
    width, height = size_of(content)
    shares = [side / max(width, height) for side in _SIDES if side < max(width, height)]
    return [blank(max(1, round(width * share)), max(1, round(height * share))) for share in shares]


class Files:
    """The files of one bot by id and by path."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}
        contents = dict(archive.contents("file"))
        for file_id, (kind, name, mime_type, number) in archive.values("file_facts"):
            self._note(StoredFile(file_id, kind, name, mime_type, contents.get(file_id, b""), number))

    def store(self, kind: str, upload: Upload) -> StoredFile:
        """Keep a file under a fresh id."""
        number = len(self._by_id) + 1
        mime_type = upload.mime_type or "application/octet-stream"
        file = StoredFile(f"BQAC{secrets.token_urlsafe(36)}", kind, upload.name, mime_type, upload.content, number)
        self._note(file)
        self._archive.put_bytes("file", file.file_id, file.content)
        self._archive.put("file_facts", file.file_id, [kind, file.name, mime_type, number])
        return file

    def in_message(self, file: StoredFile, duration_s: int = 1) -> dict[str, Any]:
        """The field of a message that holds a file; a photo comes in every size that is smaller, the largest last.

        Only the largest shows the picture: this emulator does not scale, so who takes another sees nothing but grey.
        """
        if file.kind != "photo":
            return file.in_message(duration_s)
        smaller = [self.store("photo", Upload(file.name, one, "image/png")) for one in _smaller(file.content)]
        return {"photo": [one.as_photo_size() for one in (*smaller, file)]}

    def get(self, file_id: str) -> StoredFile | None:
        """The file of this id."""
        return self._by_id.get(file_id)

    def at(self, path: str) -> StoredFile | None:
        """The file at this path."""
        return self._by_path.get(path)

    def _note(self, file: StoredFile) -> None:
        self._by_id[file.file_id] = self._by_path[file.path] = file
