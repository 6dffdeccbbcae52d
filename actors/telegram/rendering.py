"""How texts become Telegram messages: the face of rich_text (ours), model_text (a model's Markdown) and calls.

Formatting travels as entities, never as a parse mode, so that no text can break a message.
"""

from actors.telegram.calls import (
    Button,
    Keyboard,
    answer_callback,
    delete_message,
    edit_keyboard,
    edit_text,
    paged,
    rows_of,
    send_calls,
    send_document,
    send_photo,
    set_menu_button,
    set_my_commands,
    typing,
)
from actors.telegram.model_text import markdown
from actors.telegram.rich_text import Entity, Rendered, bold, code_block, italic, join, plain, split, tail

__all__ = [
    "Button",
    "Entity",
    "Keyboard",
    "Rendered",
    "answer_callback",
    "bold",
    "code_block",
    "delete_message",
    "edit_keyboard",
    "edit_text",
    "italic",
    "join",
    "markdown",
    "paged",
    "plain",
    "rows_of",
    "send_calls",
    "send_document",
    "send_photo",
    "set_menu_button",
    "set_my_commands",
    "split",
    "tail",
    "typing",
]
