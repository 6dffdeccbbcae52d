"""Writes the message the rep can send: the prospect's concern first, one thought, one question."""

from sandbox.models.knowledge import Knowledge
from sandbox.models.reading import Prospect

_OPENINGS = {
    "price": (
        "you are right to look hard at the price. It only makes sense if the problem costs you clearly more.",
        (
            "thank you for being direct about the price. I would rather talk about what the problem "
            "costs you before we talk about ours."
        ),
        "fair point about the price. Let us find out first whether there is anything worth paying for.",
    ),
    "budget": (
        (
            "no budget is a clear answer, thank you. What helps most now is probably not an offer but "
            "the right number at the right time."
        ),
        (
            "understood, this period is closed. Good preparation for the next one costs nothing, and it "
            "is less work than it sounds."
        ),
        "thanks for telling me plainly that there is no money set aside. Then let us see first what it would free up.",
    ),
    "timing": (
        (
            "understood, other things come first at the moment. I would like to come back at the right "
            "time and not just at a later one."
        ),
        "thanks for the honest answer that it is not the moment. I will not fill your inbox until it is.",
        "that makes sense; you have enough on your desk. One question only, so that I pick the right date.",
    ),
    "competitor": (
        "good to hear that something is in place already. I do not want to talk you out of what works.",
        (
            "it makes sense to compare, and it makes sense to keep what works. What interests me is the "
            "part that nobody likes to do in it."
        ),
        "thanks for telling me what you work with today. If it does the whole job, please keep it.",
    ),
    "authority": (
        (
            "thank you for taking this further inside. That is the harder part of the work, and I would "
            "like to make it easier for you."
        ),
        (
            "it is good that you want the others on board first. A page in your own words usually helps "
            "more than any brochure of ours."
        ),
        "understood that others have a say. Let us prepare what they will ask, so that you are not left alone with it.",
    ),
    "trust": (
        (
            "your caution is reasonable: you do not know us yet. So I would rather not promise anything "
            "and let others do the talking."
        ),
        (
            "you are right to ask for more than our word. Something small that you can check yourself is "
            "worth more than slides."
        ),
        "after what you describe I would be careful too. Let us keep the first step so small that little can go wrong.",
    ),
    "adoption": (
        "you put your finger on the right spot: it stands or falls with the people who use it every day.",
        (
            "your team is right to be careful with one more system. I would like to hear from the most "
            "sceptical person first."
        ),
        "a tool nobody opens is worth nothing, so let us start with the people and not with the tool.",
    ),
    "security": (
        "these points belong at the beginning and not at the end, so thank you for raising them now.",
        "before anybody looks at anything, your technical questions deserve answers in writing.",
        "whether it fits your systems decides everything else. Let us settle that first.",
    ),
    "terms": (
        (
            "thank you for going through the terms so carefully. I would like to have all open points on "
            "one page before we move any of them."
        ),
        "good, we are talking about conditions. Some I can move, some I cannot, and I will tell you which.",
        "your points on the terms are clear. Let us take them one at a time, the hardest first.",
    ),
    "silence": (
        "I have not heard from you since we last wrote, and that is perfectly fine. Priorities move.",
        "a short word after some quiet weeks: I do not want to chase you, only to file this in the right place.",
        "things have probably moved on at your end. A short no helps me as much as a date.",
    ),
    "interest": (
        (
            "glad that this is of use to you. To keep it short, I suggest we first agree on what would "
            "make it worth your time."
        ),
        (
            "thank you for the quick answer. Before I show you anything, I would like it to be about "
            "your case and not about us."
        ),
        "good to hear. Let us make the next step small and with a date.",
    ),
    "pain": (
        "what you describe is the kind of thing that eats whole evenings without appearing in any report.",
        (
            "that situation is more common than people admit, and it usually has one or two causes that "
            "can be found quickly."
        ),
        "I would like to understand the situation you describe before I suggest anything.",
    ),
    "no_need": (
        "thank you for the clear answer; I will leave it at that.",
        "understood, and thank you for not letting me guess.",
        "a clear no is a good answer. Thank you for taking the time.",
    ),
    "unknown": (
        "I am writing to you because of the work you do, and I would rather ask than assume.",
        "a short question in place of a long introduction.",
        "I do not know yet whether this is of use to you, so I will ask first.",
    ),
}
_BRIDGES = {
    "trust": "The smallest first step is a trial on one part, with a measure that you choose.",
    "authority": "I can send you one page with the numbers in your words and none of our adjectives.",
    "security": "Send me your three usual questions and you get written answers, before any demo.",
    "terms": "If we have the full list, I come back with one proposal for all of it.",
    "adoption": "Ten minutes beside their work are enough to see whether it helps or not.",
    "interest": "Two lines are enough: what should be better by the end, and who will notice it.",
    "no_need": "If it ever changes, one line is enough.",
}


def write_draft(prospect: Prospect, knowledge: Knowledge) -> str:
    """The whole message, short for a chat and longer for an e-mail."""
    greeting = _greeting(prospect)
    main = prospect.main.id
    opening = prospect.pick(_OPENINGS[main])
    body = [opening[0].upper() + opening[1:], *_middle(prospect, knowledge)]
    if prospect.channel in ("LinkedIn", "WhatsApp", "Telegram"):
        return f"{greeting} {opening} {prospect.main.ask}"
    if prospect.channel == "Phone":
        return f"{greeting}\n\n{body[0]}\n\n{prospect.main.ask} Two minutes on the phone are enough."
    return "\n\n".join(
        [
            greeting,
            " ".join(body),
            prospect.main.ask,
            prospect.pick(("Best regards", "Kind regards", "All the best"), 1),
        ]
    )


def _greeting(prospect: Prospect) -> str:
    name = prospect.first_name
    if name is None:
        return "Hi there," if prospect.greeting == "Hi" else f"{prospect.greeting},"
    return f"{prospect.greeting}, {name}!" if prospect.greeting == "Здравствуйте" else f"{prospect.greeting} {name},"


def _middle(prospect: Prospect, knowledge: Knowledge) -> list[str]:
    parts = []
    if prospect.company and prospect.main.id != "no_need":
        parts.append(_about_them(prospect, prospect.company))
    if prospect.main.id in _BRIDGES:
        parts.append(_BRIDGES[prospect.main.id])
    else:
        parts.append(_about_us(prospect, knowledge))
    return [part for part in parts if part]


def _about_them(prospect: Prospect, company: str) -> str:
    if prospect.figure:
        return f"You mentioned {prospect.figure}; that is the number I would start from at {company}."
    choices = (
        f"I do not know yet how this looks at {company} day to day, so I will not pretend that I do.",
        f"What counts is how it works at {company}, not how it works elsewhere.",
        f"For {company} I would keep it to one area and one number.",
    )
    return prospect.pick(choices, 2)


def _about_us(prospect: Prospect, knowledge: Knowledge) -> str:
    if knowledge.offer:
        return f"In one line, so that you can place us: {knowledge.offer}."
    if knowledge.company:
        return prospect.pick(
            (
                f"At {knowledge.company} we work on exactly this.",
                f"This is what we do at {knowledge.company} every day.",
            ),
            3,
        )
    return ""
