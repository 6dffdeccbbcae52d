import pytest

from coaching.company import parse_company
from coaching.knowledge import SMALL_TOKENS, allowance, excerpt, knowledge, tokens
from coaching.playbook import cited_section, parse_playbook
from tests.coaching.samples import content

PLAYBOOK = parse_playbook(content("data/playbook.md"), "p.md")
COMPANY = parse_company(content("data/company.md"), "c.md")


@pytest.mark.parametrize(
    ("context", "price", "allowed"),
    [
        (1_000_000, 0.1, 200_000),
        (200_000, 0.1, 60_000),
        (200_000, 2.0, 10_000),
        (200_000, 40.0, SMALL_TOKENS),
        (8_000, None, SMALL_TOKENS),
        (None, None, 9_600),
        (131_072, 0.0, 39_321),
    ],
)
def test_context_and_price_say_how_much(context: int | None, price: float | None, allowed: int) -> None:
    """A third of the context at most, two cents at most, never less than a small house needs."""
    assert allowance(context, price) == allowed


def test_the_shipped_knowledge_goes_whole_to_any_model() -> None:
    """It is small."""
    assert tokens(knowledge(PLAYBOOK, COMPANY)) <= SMALL_TOKENS


def test_an_excerpt_holds_what_fits_the_case_and_what_must_not_be_said() -> None:
    """Prices, product and limits are always there; of the rest the sections nearest to the case, in their order."""
    text = excerpt(PLAYBOOK, COMPANY, "She asks for a discount, the price is too high, negotiate the price", 3_500)
    assert tokens(text) <= 3_600
    for title in ("Product", "Prices", "Do not say"):
        assert f"## {title}\n" in text
    headings = [line[3:] for line in text.partition("<company>")[0].splitlines() if line.startswith("## ")]
    assert any("price" in heading.lower() or "discount" in heading.lower() for heading in headings)
    titles = [section.title for section in PLAYBOOK.sections]
    assert headings == [title for title in titles if title in headings]
    assert 0 < len(headings) < len(titles)
    assert all(cited_section(PLAYBOOK, heading) for heading in headings)


def test_other_cases_get_other_sections() -> None:
    """The query decides."""
    price, silence = (excerpt(PLAYBOOK, COMPANY, query, 3_500) for query in ("price discount", "silence no reply"))
    assert price != silence


def test_an_excerpt_never_drops_the_limits() -> None:
    """Too little room leaves the sections that protect the house."""
    text = excerpt(PLAYBOOK, COMPANY, "price", 1)
    assert "## Do not say" in text
    assert "## Discovery" not in text
