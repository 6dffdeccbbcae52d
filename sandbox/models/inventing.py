"""The scenario writer's part of the practice model: drills from a small stock, those that are not there yet."""

import json
import re
from typing import Any

_PEOPLE = (
    ("Aveline Thorsby", "Head of maintenance", "Larkmoor Castors, 170 people"),
    ("Bertil Okonjo", "Plant manager", "Fenwick Laminates, 230 people"),
    ("Clarissa Vandermeer", "Production manager", "Ostrander Valves, 310 people"),
    ("Dunstan Wiremu", "Technical manager", "Greyfell Tiles, 120 people"),
    ("Estrid Holloway", "Managing director", "Pinecliff Bearings, 140 people"),
    ("Fergus Adeyemi", "Maintenance planner", "Saltwick Tubs, 90 people"),
)
_STOCK = (
    (
        "closing",
        (
            '{name} says on the phone: "My technicians liked the trial, but October is full of audits. Nobody '
            'signs anything here before they are over." The trial ended yesterday with 78 percent. What do you '
            "answer?"
        ),
        (
            "Then let us not add to your October. The 78 percent are on the page you and your shift lead filled"
            " in, so nothing gets lost. Which audit comes last, and on what day? If it is the 30th, I suggest "
            "we meet on the 31st at nine for twenty minutes, with the page on the table, and decide there. "
            "Would you rather have a draft agreement before, or on the day?"
        ),
        (
            (
                "keeps_result",
                35,
                "Keeps the result of the trial alive.",
                "Refers to the 78 percent on the page",
            ),
            (
                "asks_date",
                30,
                "Finds the date behind the audits.",
                "Asks which audit comes last and when",
            ),
            (
                "next_step",
                35,
                "Agrees one step after it.",
                "Names a day and twenty minutes",
            ),
        ),
    ),
    (
        "objection_trust",
        (
            'At the end of a visit {name} hands you back the folder: "Three vendors told me the same story this'
            ' year. Why should yours be true?" The others have left the room. Answer.'
        ),
        (
            "I would not believe a fourth story either. What did the three have in common that you did not "
            "believe? I can offer something you can check without me: call the maintenance lead at Brackwater "
            "Castings, ask what went wrong in the first month, and then tell me on Friday at ten whether a "
            "trial on one line is worth your time. If the call is disappointing, I take the folder with me for "
            "good."
        ),
        (
            (
                "accepts_doubt",
                30,
                "Accepts the doubt.",
                "Says that the doubt is reasonable and asks what was not believed",
            ),
            (
                "checkable",
                40,
                "Offers something to check alone.",
                "Offers a call to a customer without us",
            ),
            (
                "way_out",
                30,
                "A small step with a way out.",
                "Names a day and offers to leave it",
            ),
        ),
    ),
    (
        "objection_timing",
        (
            '{name} answers your message after nine days: "Sorry, our press line was down and half the team is '
            'ill. Can we leave this until somebody has air to breathe?" Write back.'
        ),
        (
            "Of course, and I hope they are well soon. Just one question so that I pick the right week: when "
            "the line stopped, who had to decide which other jobs would wait? If that is still open after the "
            "flu, I can come on a Thursday for half an hour and look at that one week with you. If not, tell "
            "me, and I close the file for now."
        ),
        (
            (
                "kindness",
                25,
                "Takes the situation seriously.",
                "Says of course or wishes them well",
            ),
            (
                "one_question",
                40,
                "One question about the stop.",
                "Asks who decided which jobs would wait",
            ),
            (
                "easy_no",
                35,
                "A small step and a simple no.",
                "Offers half an hour or to close the file",
            ),
        ),
    ),
    (
        "objection_authority",
        (
            '{name} lowers the voice: "Between us, the group wants one system for all plants, and the man who '
            'decides has never seen a workshop." You have ten minutes left. What do you say?'
        ),
        (
            "Thank you for telling me. Then the decision needs a workshop in it. What would that man have to "
            "see on one page to understand your Tuesday? I will write it with your figures, in your words, and "
            "you strike out what is wrong. Shall the two of us show it to him together for fifteen minutes, or "
            "would you rather do it alone?"
        ),
        (
            (
                "thanks",
                20,
                "Honours the confidence.",
                "Thanks for telling it",
            ),
            (
                "equips",
                45,
                "Equips with one page in their own words.",
                "Offers one page with their figures",
            ),
            (
                "together",
                35,
                "Leaves the choice how to go to the decider.",
                "Offers to join or lets them do it alone",
            ),
        ),
    ),
    (
        "negotiation",
        (
            '{name} writes after the offer: "Drop the set-up fee and I sign today, otherwise we wait until next'
            ' year." The works manager wants to begin with the new line in six weeks. Answer.'
        ),
        (
            "I understand that the set-up fee stands out. It pays for three weeks with your people, and without"
            " them the planner does not work, so I will not drop it. What I can do: a two-year term takes five "
            "percent off, or we begin with one line on Start, where there is no fee. What matters more to you "
            "this year, the total or the date? The new line starts in six weeks, so let us decide by Wednesday."
        ),
        (
            (
                "holds",
                35,
                "Explains what the fee is for and keeps it.",
                "Says what the set-up fee pays for",
            ),
            (
                "trades",
                40,
                "Trades within the rules.",
                "Two-year term or one line on Start",
            ),
            (
                "asks",
                25,
                "Asks what matters and sets a date.",
                "Asks whether total or date matters more",
            ),
        ),
    ),
    (
        "follow_up",
        (
            "You promised {name} an answer about the interface by Monday and forgot it. On Thursday a message "
            'arrives: "Hello? Anybody there?" Write the reply.'
        ),
        (
            "You are right, I promised it for Monday and forgot it; I am sorry. Here is the answer: the "
            "exchange by files works with any system, the interface needs to know which one you have, so which "
            "version runs at your plant? Our technical team will confirm it in writing by tomorrow at noon. If "
            "that is too late for you, call me and we go through it together today."
        ),
        (
            (
                "owns_it",
                35,
                "Says what went wrong without excuse.",
                "Says sorry for the missed promise",
            ),
            (
                "answers",
                35,
                "Gives the answer now.",
                "Says how the exchange by files or interface works",
            ),
            (
                "repairs",
                30,
                "A firm time for the rest.",
                "Names a day and hour for the confirmation",
            ),
        ),
    ),
)


def invent(system: str) -> dict[str, Any]:
    """As many new drills of the asked difficulty as the stock still has, of what the assignment says is there."""
    assignment = _assignment(system)
    taken = " ".join(str(one) for one in assignment.get("existing") or ())
    difficulty, count = int(assignment.get("difficulty") or 1), int(assignment.get("count") or 1)
    free = [number for number, entry in enumerate(_STOCK) if _mark(entry[1]) not in taken]
    return {"scenarios": [_drill(number, difficulty) for number in (free or [0])[:count]]}


def _drill(number: int, difficulty: int) -> dict[str, Any]:
    category, situation, ideal, rubric = _STOCK[number]
    name, role, company = _PEOPLE[number]
    return {
        "category": category,
        "difficulty": difficulty,
        "persona": {"name": name, "role": role, "company": company, "background": "Says what is on the mind."},
        "situation": situation.format(name=name.split()[0]),
        "ideal_response": ideal,
        "common_mistakes": ["Arguing", "Offering a discount at once", "Leaving without a date"],
        "rubric": [
            {
                "id": id_,
                "weight": weight,
                "description": description,
                "positive_signals": [sign],
                "negative_signals": ["Discount for nothing", "Praises the product"],
            }
            for id_, weight, description, sign in rubric
        ],
    }


def _mark(situation: str) -> str:
    """A stretch of a stock situation that tells whether it is among the existing ones."""
    return max(re.split(r"\{name\}|[\"]", situation), key=len).strip()[:40]


def _assignment(system: str) -> dict[str, Any]:
    at = system.rfind('{"count"')
    if at < 0:
        return {}
    try:
        value, _ = json.JSONDecoder().raw_decode(system, at)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
