import pytest

from coaching.company import REQUIRED, parse_company
from coaching.errors import CompanyError, PlaybookError
from coaching.knowledge import knowledge
from coaching.playbook import Playbook, cited_section, parse_playbook
from tests.coaching.samples import content

SMALL = '# P\n\n## 1. Open\ntext\n### Detail\nmore\n## Ask\n```\n## no heading\n```\n## The price: "too high"\ntext\n'
COMPANY = "# C\n" + "".join(f"## {title}\ntext\n" for title in REQUIRED)


def shipped() -> Playbook:
    """The playbook that ships."""
    return parse_playbook(content("data/playbook.md"), "data/playbook.md")


def test_sections_keep_their_subsections_and_code() -> None:
    """Only `##` cuts; deeper headings and fenced text stay inside."""
    playbook = parse_playbook(SMALL, "p.md")
    assert [(section.id, section.line) for section in playbook.sections] == [
        ("1-open", 3),
        ("ask", 7),
        ("the-price-too-high", 11),
    ]
    assert playbook.sections[0].text == "text\n### Detail\nmore"
    assert "## no heading" in playbook.sections[1].text


@pytest.mark.parametrize("reference", ["1. Open", "Open", "## open", "Section 1: Open", " 'OPEN' ", "1 open"])
def test_citation_of_a_heading_is_found(reference: str) -> None:
    """Case, marks and numbers in front do not make a true citation false."""
    section = cited_section(parse_playbook(SMALL, "p.md"), reference)
    assert section is not None
    assert section.id == "1-open"


@pytest.mark.parametrize(
    "reference", [None, "", "##", "Opening", "Open the door", "price", "no heading", "P", "Detail", "1."]
)
def test_invented_citation_is_found_out(reference: str | None) -> None:
    """What is no heading of the playbook is no citation, near as it may sound."""
    assert cited_section(parse_playbook(SMALL, "p.md"), reference) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "p.md:1: a playbook begins with its title"),
        ("## A\nx\n", "p.md:1: a playbook begins with its title"),
        (SMALL + "# Again\n", "p.md:13: a playbook begins with its title"),
        ("# P\n## A\nx\n## B\nx\n", "p.md:1: needs at least 3 sections"),
        (SMALL + "## Ask\nx\n", "p.md:13: the heading `Ask` stands on line 7 already"),
        (SMALL + "## Empty\n", "p.md:13: section `Empty` is empty"),
        (SMALL + "## ???\nx\n", "p.md:13: a section needs a heading with a word"),
        (SMALL + "x" * 200_001, "p.md:1: 200"),
    ],
)
def test_bad_playbook_is_refused_with_file_line_and_reason(text: str, said: str) -> None:
    """Its author reads where and why."""
    with pytest.raises(PlaybookError) as refused:
        parse_playbook(text, "p.md")
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "c.md:1: a company file begins with"),
        ("text", "c.md:1: a company file begins with"),
        ("# C\n## Product\nx\n", "c.md:1: lacks the sections: Prices, Customers"),
        (COMPANY + "## Product\nx\n", "c.md:14: section `Product` stands here twice"),
        (COMPANY + "## More\n", "c.md:14: section `More` is empty"),
        (COMPANY + "# D\n", "c.md:14: a company file has only one"),
    ],
)
def test_bad_company_file_is_refused_with_file_line_and_reason(text: str, said: str) -> None:
    """Its author reads where and why."""
    with pytest.raises(CompanyError) as refused:
        parse_company(text, "c.md")
    assert str(refused.value).startswith(said)


def test_shipped_content_is_whole_fictional_and_fits_a_prompt() -> None:
    """At least ten sections; both files say that they are invented; together 6 to 9 thousand tokens."""
    company = parse_company(content("data/company.md"), "data/company.md")
    text = knowledge(shipped(), company)
    assert len(shipped().sections) >= 10
    assert "invented" in shipped().text
    assert "fictional" in company.text
    assert 6_000 <= len(text) / 4 <= 9_000


def test_every_shipped_heading_can_be_cited() -> None:
    """A citation copied exactly finds its own section."""
    for section in shipped().sections:
        assert cited_section(shipped(), section.title) == section


def test_knowledge_is_the_same_bytes_each_time() -> None:
    """Parsing the same files twice gives the same block, so a provider's cache holds."""
    company = parse_company(content("data/company.md"), "c")
    assert knowledge(shipped(), company) == knowledge(shipped(), parse_company(content("data/company.md"), "d"))


def test_the_company_file_names_products_and_competitors() -> None:
    """What has to be understood when somebody speaks of this house, each name once, in the order of the file."""
    shipped = parse_company(content("data/company.md"), "c")
    assert shipped.names == (
        "Torquebell",
        "Torquebell Planner",
        "Fixloom",
        "Gantrell",
        "ERP module",
        "Spreadsheet and whiteboard",
    )
    text = content("data/company.md").replace("- Fixloom: large", "* **Fix-Loom 3**: large").replace("- Gantrell:", "-")
    changed = parse_company(text.replace("Torquebell Planner is", "Torquebell Planner Über and it is"), "c")
    assert changed.names[1:4] == ("Torquebell Planner Über", "Fix-Loom 3", "ERP module")
