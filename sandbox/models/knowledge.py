"""Reads the system text a request carries: the playbook's sections and what is said of the company."""

import math
import re
from collections import Counter
from functools import lru_cache

import msgspec

_HEADING = re.compile(r"^(#{1,4})\s+(.+?)\s*#*\s*$", re.MULTILINE)
_TAG = re.compile(r"(?m)^</?\w+>$|</\w+>")
_WORD = re.compile(r"[^\W\d_]{3,}")
_SENTENCE = re.compile(r"(?<=[.!?])[\"”]?\s+|\n+")
_SALES = re.compile(
    r"(?i)\b(objection|clos|follow|discover|opening|qualif|negotiat|referral|silence|message|playbook|trial)"
)
_COMPANY = re.compile(r"(?i)\b(product|price|pricing|customer|competitor|proof|about|company|reference)")
_INSTRUCTION = re.compile(
    r"(?i)\b(your task|rules?|data and|fields?|language|output|format|how to think|role|known of|earlier|to note)\b"
)
_GENERIC_TITLE = re.compile(r"(?i)\b(company|knowledge|about|us|facts?|profile|our|the|file)\b|[:\-]")
_STOP_TEXT = """
the and for with that this they them their there you your our are was were has have had not but from what when
who how all any can will would about into over than then its his her she him out get got one two more most some
such only also been being does did just like very which while where each other because
"""
_STOP = frozenset(_STOP_TEXT.split())


class Section(msgspec.Struct, frozen=True):
    """One titled part of a document."""

    heading: str
    body: str

    def sentences(self) -> list[str]:
        """The sentences that read well on their own, bullets without their marks."""
        found = (
            part.strip(" -*|\t>0123456789.") if part[:1] in "-*0123456789" else part.strip()
            for part in _SENTENCE.split(self.body)
        )
        return [part for part in found if 30 <= len(part) <= 220 and "|" not in part and part.count('"') % 2 == 0]


class Knowledge(msgspec.Struct, frozen=True):
    """What the house says of itself; empty texts where the request carried nothing."""

    playbook: tuple[Section, ...] = ()
    company: str = ""
    offer: str = ""
    proofs: tuple[str, ...] = ()


def stems(text: str) -> Counter[str]:
    """The telling words of a text, cut to their first six letters so that forms of a word meet."""
    words = (word.lower() for word in _WORD.findall(text))
    return Counter(word[:6] for word in words if word not in _STOP)


@lru_cache(maxsize=32)
def read_knowledge(system: str) -> Knowledge:
    """Find playbook and company in a system text."""
    groups = _groups(_TAG.sub("", system))
    documents = [group for group in groups if len(group) > 1]
    playbook = _most(_SALES, documents) or [part for group in groups for part in group]
    company = _most(_COMPANY, [group for group in documents if group is not playbook])
    sections = playbook[1:] if len(playbook) > 1 and playbook in documents else playbook
    return Knowledge(
        playbook=tuple(part for part in sections if part.body and not _INSTRUCTION.search(part.heading)),
        company=_company_name(company, system),
        offer=_offer(company),
        proofs=_proofs(company),
    )


def best_sections(knowledge: Knowledge, text: str, emphasis: str, limit: int) -> list[Section]:
    """The playbook sections nearest to a text; words of `emphasis` weigh most, rare words more than common ones."""
    spread = Counter(word for section in knowledge.playbook for word in {**_stems(section)[0], **_stems(section)[1]})
    total = max(1, len(knowledge.playbook))
    asked, stressed = stems(text), stems(emphasis)

    def weight(section: Section) -> float:
        heading, body = _stems(section)
        score = 0.0
        for word in {**asked, **stressed}:
            rarity = math.log(1 + total / max(1, spread[word]))
            importance = (1 if word in asked else 0) + 4 * stressed[word]
            score += rarity * importance * ((3 if word in heading else 0) + (1 if word in body else 0))
        return score

    ranked = sorted(knowledge.playbook, key=lambda section: -weight(section))
    return [section for section in ranked if weight(section) > 0][:limit]


def nearest_sentence(section: Section, text: str) -> str:
    """The sentence of a section that shares most words with a text; its first one where none does."""
    wanted = stems(text)
    sentences = section.sentences()
    if not sentences:
        return ""
    return max(sentences, key=lambda sentence: sum(1 for word in stems(sentence) if word in wanted))


@lru_cache(maxsize=512)
def _stems(section: Section) -> tuple[Counter[str], Counter[str]]:
    return stems(section.heading), stems(section.body)


def _groups(system: str) -> list[list[Section]]:
    marks = list(_HEADING.finditer(system))
    if not marks:
        return []
    top = min(len(mark[1]) for mark in marks)
    groups: list[list[Section]] = []
    for number, mark in enumerate(marks):
        end = marks[number + 1].start() if number + 1 < len(marks) else len(system)
        section = Section(mark[2], system[mark.end() : end].strip())
        if len(mark[1]) == top or not groups:
            groups.append([section])
        else:
            groups[-1].append(section)
    return groups


def _most(pattern: re.Pattern[str], documents: list[list[Section]]) -> list[Section]:
    scored = [(sum(bool(pattern.search(part.heading)) for part in group), group) for group in documents]
    best = max(scored, key=lambda pair: pair[0], default=(0, []))
    return best[1] if best[0] else []


def _company_name(company: list[Section], system: str) -> str:
    if company:
        title = " ".join(_GENERIC_TITLE.sub(" ", company[0].heading).split())
        if title:
            return title
    named = re.search(
        r"(?m)^[^\w\n]{0,9}(?:Company|Name|Company name)\W{0,9}:\W{0,9}([A-Z][\w&.' -]{1,40}?)\s*$", system
    )
    spoken = named or re.search(r"\b(?:We are|we are|sells? for|coach (?:of|at))\s+([A-Z]\w+(?: [A-Z]\w+)?)", system)
    return spoken[1] if spoken else ""


def _offer(company: list[Section]) -> str:
    text = "\n".join(part.body for part in company)
    for named in re.finditer(
        r"(?m)^([A-Z]\w+(?: [A-Z]\w+){0,2}) (?:is|are) ((?:a|an|the|software|hardware)\b[^.\n]{10,140})\.", text
    ):
        if "invented" not in named[2] and "fictional" not in named[2]:
            return f"{named[1]} is {named[2]}"
    return ""


def _proofs(company: list[Section]) -> tuple[str, ...]:
    bodies = [part.body for part in company if re.search(r"(?i)customer|proof|reference|case", part.heading)]
    lines = [line.strip(" -*") for body in bodies for line in body.splitlines() if line.lstrip().startswith(("-", "*"))]
    return tuple(_story(line) for line in lines if "not to be named" not in line and re.search(r"\d", line))


def _story(line: str) -> str:
    kept = [part for part in re.split(r"(?<=\.)\s+", line) if not part.startswith("Contact")]
    return " ".join(kept).replace(" (fictional)", "")
