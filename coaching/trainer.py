"""What the trainer answers: the signs of the rubric it saw in an answer, each with the rep's own words.

It counts nothing and gives no points: `scoring` does, from the quotes that really stand in the answer.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

Remark = Annotated[str, Meta(min_length=1, max_length=1000)]


class Sighting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sign of the rubric that shows in the answer."""

    sign: Annotated[str, Meta(min_length=1, max_length=80, description="The id of the sign, as the sheet gives it")]
    quote: Annotated[
        str, Meta(min_length=1, max_length=1500, description="The rep's own words that show it, copied exactly, short")
    ]


class CriterionRemark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to tell the rep about one criterion."""

    criterion: Annotated[str, Meta(min_length=1, max_length=80, description="The id of the criterion")]
    feedback: Annotated[Remark, Meta(description="One sentence on what the answer did here")]
    suggestion: Annotated[Remark, Meta(description="One line the rep could have said instead, in their language")]


class TrainerOutput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The trainer's whole answer; evidence stands first, so that it is gathered before anything is judged."""

    sightings: Annotated[tuple[Sighting, ...], Meta(max_length=80)]
    remarks: Annotated[tuple[CriterionRemark, ...], Meta(max_length=12)]
    strengths: Annotated[tuple[Remark, ...], Meta(max_length=6, description="Up to three, each one sentence")]
    improvements: Annotated[tuple[Remark, ...], Meta(max_length=6, description="Up to three, each one sentence")]
    ideal_differs: Annotated[
        tuple[Remark, ...], Meta(max_length=6, description="What the model answer does that this one does not")
    ]
    playbook_reference: (
        Annotated[str, Meta(max_length=600, description="One playbook heading to read again, copied exactly, or null")]
        | None
    ) = None
