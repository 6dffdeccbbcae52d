"""The strategist's answer as messages: the reading, strategy and tactics first, the draft in a message of its own."""

from collections.abc import Iterator

from actors.session.copying import to_copy
from actors.session.turn import World
from actors.telegram.messages import TelegramCall
from actors.telegram.rendering import Button, Keyboard, Rendered, bold, italic, join, markdown, plain, send_calls
from coaching.rows import row_id
from coaching.sections import Entry, Layout, Part, Section, support_sections
from coaching.strategist import Draft, StrategistOutput


def answer_calls(
    chat_id: int,
    output: StrategistOutput,
    model: str,
    run_id: str | None,
    *,
    practice: bool,
    world: World,
    similar: str | None = None,
) -> tuple[TelegramCall, ...]:
    """Return the messages of an answer, in order; the draft stands alone so that copying it copies nothing else.

    The draft of a stored run has buttons to change it; one that is not kept (None) has not. `similar` is the earlier
    case that the answer refers to.
    """
    answer = support_sections(output)
    blocks = [_section(section, world) for section in answer.sections]
    blocks.append(italic(_footer(answer.draft, model, world)))
    if similar:
        blocks.append(italic(world.texts("answer-similar", case=similar)))
    if practice:
        blocks.append(italic(world.texts("answer-practice")))
    return (*send_calls(chat_id, join(blocks, "\n\n")), *draft_calls(chat_id, output, run_id, world))


def draft_calls(chat_id: int, output: StrategistOutput, run_id: str | None, world: World) -> tuple[TelegramCall, ...]:
    """Return the draft under a line that says for which channel it is, with its buttons."""
    draft = support_sections(output).draft
    return (
        *send_calls(chat_id, bold(world.texts("answer-draft", platform=draft.platform))),
        *to_copy(chat_id, draft.message, world, _keyboard(run_id, world)),
    )


def _section(section: Section, world: World) -> Rendered:
    title = bold(world.texts(f"answer-{section.id}").upper())
    return join((title, *(_part(part, world) for part in section.parts)), "\n")


def _part(part: Part, world: World) -> Rendered:
    match part.layout:
        case Layout.FACT:
            return join((bold(f"{world.texts(f'field-{part.title}')}: "), markdown(part.entries[0].text)))
        case Layout.PARAGRAPH:
            return join((bold(world.texts(f"answer-{part.title}")), markdown(part.entries[0].text)), "\n")
        case Layout.NUMBERED:
            return join((_entry(f"{number}. ", entry) for number, entry in enumerate(part.entries, 1)), "\n")
        case Layout.BULLETS:
            return join((_entry("• ", entry) for entry in part.entries), "\n")


def _entry(mark: str, entry: Entry) -> Rendered:
    return join(_entry_parts(mark, entry))


def _entry_parts(mark: str, entry: Entry) -> Iterator[Rendered]:
    yield plain(mark)
    if entry.heading:
        yield bold(f"{entry.heading}. ")
    yield markdown(entry.text)


def _footer(draft: Draft, model: str, world: World) -> str:
    reference = world.cited(draft.playbook_reference)
    if reference is None:
        return world.texts("answer-footer-uncited", model=model)
    return world.texts("answer-footer", reference=reference, model=model)


def _keyboard(run_id: str | None, world: World) -> Keyboard:
    def button(name: str, data: str) -> Button:
        return Button(label=world.texts(name), data=data)

    another = button("button-another", "support:new")
    if run_id is None:
        return ((another,),)
    changes = (
        button("button-shorter", f"revise:shorter:{run_id}"),
        button("button-bolder", f"revise:bolder:{run_id}"),
        button("button-tell", f"revise:tell:{run_id}"),
    )
    used = (
        button("button-used", f"casebook:used:{run_id}"),
        button("button-open-lead", f"lead:open:{row_id(run_id, 'lead_registry')}"),
    )
    return (changes, used, (button("button-again", f"revise:again:{run_id}"), another))
