"""Text with entities: joined, split and cut without losing or damaging anything."""

from hypothesis import given
from hypothesis import strategies as st

from actors.telegram.rendering import Entity, Rendered, bold, code_block, join, plain, split, tail
from actors.telegram.rich_text import MOST_ENTITIES, units

_TEXTS = st.text(alphabet=st.sampled_from("ab. \n\n😀é🧪"), max_size=400) | st.text(max_size=200)
_LIMITS = st.integers(min_value=2, max_value=60)


@st.composite
def _rendered(draw: st.DrawFn) -> Rendered:
    parts = draw(st.lists(st.tuples(_TEXTS, st.sampled_from([plain, bold, code_block])), max_size=6))
    return join([make(text) for text, make in parts], separator=draw(st.sampled_from(["", "\n", "😀"])))


def _stretch(rendered: Rendered, entity: Entity) -> str:
    raw = rendered.text.encode("utf-16-le")
    return raw[2 * entity.offset : 2 * entity.end].decode("utf-16-le")  # a cut surrogate pair would raise


def _check(rendered: Rendered) -> None:
    for entity in rendered.entities:
        assert entity.length > 0
        assert 0 <= entity.offset < entity.end <= rendered.length
        assert _stretch(rendered, entity)
    assert list(rendered.entities) == sorted(rendered.entities, key=lambda one: (one.offset, -one.length))


@given(_rendered())
def test_offsets_are_utf16_and_lie_inside_the_text(rendered: Rendered) -> None:
    """Entities are valid however texts with emoji are put together."""
    _check(rendered)


@given(_rendered(), _LIMITS)
def test_split_keeps_the_text_and_the_limit(rendered: Rendered, limit: int) -> None:
    """No piece is above the limit or blank, and together they are the whole text but for blanks."""
    pieces = split(rendered, limit)
    for piece in pieces:
        _check(piece)
        assert 0 < units(piece.text) <= limit
        assert piece.text.strip()
    assert "".join("".join(piece.text.split()) for piece in pieces) == "".join(rendered.text.split())


@given(_rendered(), _LIMITS)
def test_split_keeps_the_formatting(rendered: Rendered, limit: int) -> None:
    """What was bold before is bold in the pieces, and nothing else."""

    def bold_letters(one: Rendered) -> str:
        return "".join("".join(_stretch(one, entity).split()) for entity in one.entities if entity.type == "bold")

    assert "".join(bold_letters(piece) for piece in split(rendered, limit)) == bold_letters(rendered)


@given(_rendered(), st.integers(min_value=8, max_value=60))
def test_tail_fits_and_is_the_end(rendered: Rendered, limit: int) -> None:
    """A long text keeps its end, within the limit."""
    cut = tail(rendered, limit)
    _check(cut)
    assert cut.length <= limit
    assert rendered.text.endswith(cut.text.removeprefix("…\n"))


def test_split_prefers_paragraphs_then_lines_then_words() -> None:
    """A cut comes where a reader would pause."""
    assert [piece.text for piece in split(plain("one two\n\nthree four five"), 14)] == [
        "one two\n\n",
        "three four ",
        "five",
    ]
    assert [piece.text for piece in split(plain("one two\nthree"), 10)] == ["one two\n", "three"]
    assert [piece.text for piece in split(plain("one two three"), 10)] == ["one two ", "three"]
    assert [piece.text for piece in split(plain("abcdefgh"), 3)] == ["abc", "def", "gh"]


def test_split_never_cuts_a_surrogate_pair() -> None:
    """An emoji that would straddle the limit goes to the next piece whole."""
    assert [piece.text for piece in split(plain("ab😀cd"), 3)] == ["ab", "😀c", "d"]


def test_long_text_of_one_line_is_split_at_4096_units() -> None:
    """The default limit is Telegram's, counted in UTF-16 units."""
    pieces = split(bold("😀" * 5000))
    assert [units(piece.text) for piece in pieces] == [4096, 4096, 1808]
    assert [piece.entities for piece in pieces] == [(Entity("bold", 0, size),) for size in (4096, 4096, 1808)]


def test_a_piece_has_no_more_entities_than_telegram_takes() -> None:
    """Above a hundred entities the rest of the piece goes unformatted rather than being refused."""
    pieces = split(join([bold("x")] * (MOST_ENTITIES + 5), separator=" "))
    assert [len(piece.entities) for piece in pieces] == [MOST_ENTITIES]


def test_lone_surrogates_are_replaced() -> None:
    """A text that has no UTF-8 form can still be stored and sent."""
    assert plain("a\ud800b").text == "a�b"
    assert bold("\udc00").entities == (Entity("bold", 0, 1),)


def test_an_empty_text_has_no_entities() -> None:
    """Nothing to format, nothing formatted."""
    assert bold("") == Rendered("")
    assert split(plain(" \n ")) == []
