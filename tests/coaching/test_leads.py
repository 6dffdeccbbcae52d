import pytest

from coaching.leads import LeadIdentity, identity, same_person
from tests.coaching.samples import output


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("Marit Oberlin", "Castellan"), ("marit  OBERLIN", "castellan"), True),
        (("Marit Oberlin", "Castellan"), ("Marit Oberlin", None), False),
        (("Marit Oberlin", None), ("Marit Oberlin", None), False),
        (("Marit Oberlin", "Castellan"), ("Marit Oberlin", "Northquay"), False),
        (("Ann Lee", "Acme"), ("Joanne Lee", "Acme"), False),
        (("Ann", "Acme"), ("Ann", "Acme"), False),
        (("Ann", "Acme"), ("Ann Lee", "Acme"), False),
        ((None, "Acme"), (None, "Acme"), False),
        (("Ann Lee", "Acme"), ("Bob Ray", "Acme"), False),
        (("", ""), ("", ""), False),
    ],
)
def test_same_person(one: tuple[str | None, str | None], other: tuple[str | None, str | None], same: bool) -> None:
    """Only a full name and a company that agree make one person; the order does not matter."""
    assert same_person(LeadIdentity(*one), LeadIdentity(*other)) is same
    assert same_person(LeadIdentity(*other), LeadIdentity(*one)) is same


def test_identity_ignores_words_for_unknown() -> None:
    """A company called "not specified" is no company."""
    assert identity(output(last="n/a", company="Not specified")) == LeadIdentity("Marit", None)
