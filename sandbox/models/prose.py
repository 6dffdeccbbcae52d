"""The practice model without a schema: the same advice as plain sentences."""

from sandbox.models.drafting import write_draft
from sandbox.models.knowledge import Knowledge, best_sections, nearest_sentence
from sandbox.models.reading import Prospect


def talk(prospect: Prospect, knowledge: Knowledge) -> str:
    """Answer in prose: what is read in the text, what to do, and a draft where a person is named."""
    main = prospect.main
    sections = best_sections(knowledge, prospect.text, f"{main.id} {main.words}", 1)
    parts = [f"What decides here: {main.concern[0].lower()}{main.concern[1:]}."]
    if prospect.quote:
        parts[0] += f" It shows in “{prospect.quote}”."
    parts.append(f"{main.move}.")
    if sections:
        sentence = nearest_sentence(sections[0], prospect.text)
        parts.append(
            f"The playbook section “{sections[0].heading}” fits: {sentence}"
            if sentence
            else f"See “{sections[0].heading}” in the playbook."
        )
    parts.append(f"A good question next: “{main.ask}”")
    if prospect.first_name:
        parts.append(f"A draft:\n\n{write_draft(prospect, knowledge)}")
    return "\n\n".join(parts)
