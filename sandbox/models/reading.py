"""Reads who a pasted text is about: name, company, title, place, channel, signals and words worth quoting."""

import hashlib
import re

import msgspec

from sandbox.models.lexicon import CHANNELS, GREETINGS, LEVELS, NOT_NAMES, PLACES, UPPER, Signal, titles
from sandbox.models.signals import UNKNOWN, found_signals, shows

_PART = rf"[{UPPER}][\w'’-]+"  # noqa: RUF001 - both apostrophes as people type them
_FULL = rf"({_PART})(?: (?:van|von|de|der|la|le|di|da|del|bin|el|al)\b)*(?: ([{UPPER}]\.) ?)? ?({_PART}(?:-{_PART})?)?"
_NAMED = (
    rf"(?im)^[^\w\n]{{0,9}}(?:full )?(?:name|prospect|contact|lead|from|person|who)\W{{0,9}}[:=]\W{{0,9}}(?-i:{_FULL})",
    rf"(?i:regards|grüßen|grüße|saludos|sincerely|cheers)[,.! ]{{1,3}}{_FULL}",
    (
        rf"(?m)^[^\w\n]{{0,9}}{_FULL}[ \t]{{0,9}}(?:,|\||-|\u2013|\u2014|\()\s*(?=[^\n]{{0,60}}(?i:"
        rf"officer|head|director|manager|c[eft]o\b|vp|founder|owner|lead|engineer|buyer|partner|president|planner|controller|procurement|"
        rf"leiter|geschäft|директор))"
    ),
    (
        rf"(?im)^[^\w\n]{{0,9}}(?:(?:best|kind|warm)? ?(?:regards|wishes)|best|thanks|thank you|cheers|grüße|"
        rf"saludos|cordialement|sincerely)[,.!]?[ \t]{{0,9}}\n{{1,4}}[^\w\n]{{0,9}}(?-i:{_FULL})[ \t]{{0,9}}$"
    ),
    (
        rf"(?:(?i:soy|je suis|ich bin|i am|i'm|name is|меня зовут|met|with|to|called|about|from|mr\.?|"
        rf"ms\.?|mrs\.?|dr\.?|frau|herr|señor|prospect|lead)\s+){_FULL}(?=[ ,.:(]|$)"
    ),
    (
        rf"{_FULL},?\s+(?:(?i:is|was|who|said|says|wrote|writes|asked|asks|replied|mentioned|told|runs|"
        rf"leads|works|from|at|wants|needs|thinks|heads)\b)"
    ),
    rf"(?m)^\[[^\]\n]{{1,24}}\] {_FULL}:",
    rf"(?m)^[^\w\n]{{0,9}}{_FULL}[ \t]{{0,9}}(?::|$)",
    rf"\b{_FULL}(?=,? (?i:cfo|ceo|cto|coo|cio|head|director|vp)\b)",
    rf"(?<![.!?] )(?<!^)\b({_PART})( [{UPPER}]\.)? ({_PART})\b",
)
_COMPANY = (
    r"(?im)^[^\w\n]{0,9}(?:company|organi[sz]ation|employer|account|firma|empresa)\W{0,9}[:=]\W{0,9}([^\n,;|]{2,60})",
    (
        rf"((?:{_PART}|&)(?: (?:{_PART}|&)){{0,3}} (?:GmbH|AG|Inc\.?|Ltd\.?|LLC|Corp\.?|SA|SARL|S\.A\.|BV|"
        rf"AB|AS|Oy|plc|PLC|KG|SE|Group|Holdings?|Industries|Foods|Logistics|Manufacturing))\b"
    ),
    (
        rf"(?:(?:(?<=\s)@|\b(?:at|of|for|from|bei|en|chez|joined|runs|owns))) +((?:{_PART}|[{UPPER}]{{2,}}|"
        rf"[0-9]+[{UPPER}]\w*)(?: (?:{_PART}|&|[{UPPER}]{{2,}})){{0,3}})"
    ),
)
_AFTER_TITLE = (
    rf"(?i:manager|director|officer|lead|head of \w+|"
    rf"c[efti]o|buyer|engineer|owner|founder|president|planner)(?:,| \||\n| -) *"
    rf"({_PART}(?: (?:{_PART}|&))*)(?=[ ,.]*(?:$|\n|,|\())"
)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@([\w-]+)\.[a-z]{2,}")
_PUBLIC_MAIL = {"gmail", "outlook", "hotmail", "yahoo", "icloud", "gmx", "proton", "protonmail", "web", "mail"}
_PLACE = re.compile(r"\b(" + "|".join(PLACES) + r")\b")
_STATED_PLACE = re.compile(
    rf"(?i:\b(?:based in|located in|location\W{{0,9}}[:=]|lives in|office in|plant in|"
    rf"headquartered in))\s*({_PART}(?:,? {_PART})?)"
)
_SENTENCE = re.compile(r"(?<=[.!?])[\"”']?\s+|\n+")
_FIGURE = re.compile(
    (
        r"(?:[€$£]\s?\d[\d,.]*\s?(?:k|m|million)?|\b\d[\d,.]*\s?(?:%|percent|euro|eur|usd|k\b|people|"
        r"employees|staff|machines|users|seats|sites|plants|hours|days|weeks|months|years))"
    ),
    re.IGNORECASE,
)
_LEADING = re.compile(r"^(?:>+\s*|[-*•]\s*|(?:[^\s:]{2,20} ?){1,2}:\s+(?=\S))")
_OFFICES = re.compile(rf"^(?:{'|'.join(PLACES)})$")


class Prospect(msgspec.Struct, frozen=True):
    """What a text says of a prospect; None and empty where it does not say."""

    text: str
    first_name: str | None
    last_name: str | None
    company: str | None
    title: str | None
    geography: str | None
    level: str
    kind: str
    channel: str
    greeting: str
    quote: str
    figure: str
    signals: tuple[Signal, ...]
    dice: int

    @property
    def main(self) -> Signal:
        """The signal that decides."""
        return self.signals[0] if self.signals else UNKNOWN

    @property
    def called(self) -> str:
        """How to speak of them."""
        return self.first_name or "the prospect"

    def has(self, *ids: str) -> bool:
        """Whether one of these signals shows."""
        return any(signal.id in ids for signal in self.signals)

    def pick(self, choices: tuple[str, ...], salt: int = 0) -> str:
        """One of the choices, the same for the same text."""
        return choices[(self.dice >> (salt * 5)) % len(choices)]

    def facts(self) -> dict[str, object]:
        """What is known, by the field names schemas use."""
        name = " ".join(part for part in (self.first_name, self.last_name) if part) or None
        return {
            "first_name": self.first_name,
            "last_name": self.last_name,
            "name": name,
            "full_name": name,
            "prospect_name": name,
            "company": self.company,
            "title": self.title,
            "role": self.title,
            "geography": self.geography,
            "location": self.geography,
            "seniority": self.level,
            "summary": self.main.concern + ".",
            "headline": self.main.concern + ".",
            "context": self.text[:600],
            "quote": self.quote,
            "signals": [signal.id for signal in self.signals],
        }


def read_prospect(text: str, seed: int = 0) -> Prospect:
    """Read a pasted text."""
    company = _company(text)
    first, last = _name(text, company)
    title = _title(text, first, last)
    level, kind = _level(title or "")
    signals = tuple(found_signals(text))
    return Prospect(
        text=text,
        first_name=first,
        last_name=last,
        company=company,
        title=title,
        geography=_geography(text, company),
        level=level,
        kind=kind,
        channel=next((name for pattern, name in CHANNELS if re.search(pattern, text)), "Email"),
        greeting=next((word for pattern, word in GREETINGS if len(re.findall(pattern, text)) >= 3), "Hi"),
        quote=_quote(text, signals),
        figure=_figure(text, signals),
        signals=signals,
        dice=int.from_bytes(hashlib.sha256(f"{seed}\0{text}".encode()).digest()[:8], "big"),
    )


def sentences(text: str) -> list[str]:
    """The sentences of a pasted text, without quote marks, bullets and labels before them."""
    parts = (_spoken(part.strip()).strip(" \"“”'«»") for part in _SENTENCE.split(text))
    return [part for part in parts if len(part) >= 4]


def _spoken(part: str) -> str:
    label, colon, rest = _LEADING.sub("", part).partition(": ")
    return rest if colon and len(label) <= 90 and len(rest.split()) >= 3 else _LEADING.sub("", part)


def _name(text: str, company: str | None) -> tuple[str | None, str | None]:
    for pattern in _NAMED:
        for match in re.finditer(pattern, text):
            first, last = match[1], match[3]
            if first in NOT_NAMES or first.isupper() or _OFFICES.match(first) or (company and first in company.split()):
                continue
            if last and (last in NOT_NAMES or last.isupper()):
                last = None
            whole = match[0][match.start(1) - match.start() :]
            particle = re.search(r" ((?:van|von|de|der|la|le|di|da|del|bin|el|al)(?: \w+)*? )(?=[A-ZÀ-Þ])", f" {whole}")
            return first, f"{particle[1]}{last}".strip() if particle and last else last
    return None, None


def _company(text: str) -> str | None:
    for pattern in (*_COMPANY[:2], _AFTER_TITLE, *_COMPANY[2:]):
        for match in re.finditer(pattern, text):
            name = match[1].strip(" .,;:*_\"'")
            words = name.split()
            while words and words[-1] in NOT_NAMES:
                words.pop()
            if words and words[0] not in NOT_NAMES and not _PLACE.fullmatch(" ".join(words)):
                return " ".join(words)
    mail = next((found[1] for found in _MAIL.finditer(text) if found[1].lower() not in _PUBLIC_MAIL), None)
    return mail.replace("-", " ").title() if mail else None


def _title(text: str, first: str | None, last: str | None) -> str | None:
    found = titles(text.replace(last, "·" * len(last)) if last else text)
    if not found:
        return None
    at = text.find(first) if first else 0
    after = [pair for pair in found if pair[0] >= at]
    return (after or found)[0][1]


def _level(title: str) -> tuple[str, str]:
    for pattern, level, kind in LEVELS:
        if re.search(pattern, title):
            return level, kind
    return "not stated", "role in the purchase not clear yet"


def _geography(text: str, company: str | None) -> str | None:
    stated = _STATED_PLACE.search(text)
    if stated:
        return stated[1]
    elsewhere = text.replace(company, " ") if company else text
    found = _PLACE.search(elsewhere)
    return found[1] if found else None


def _figure(text: str, signals: tuple[Signal, ...]) -> str:
    figures = [match[0].strip() for match in _FIGURE.finditer(text)]
    if signals and signals[0].id in ("price", "terms"):
        # Sums in such a text are mostly our own price, which is not a number to build on.
        figures = [figure for figure in figures if not re.search(r"(?i)[€$£%]|eur|usd|days", figure)]
    return figures[0] if figures else ""


def _quote(text: str, signals: tuple[Signal, ...]) -> str:
    parts = [part for part in sentences(text) if len(part.split()) >= 3]
    for signal in signals:
        shown = [part for part in parts if shows(signal, part)]
        if shown:
            return _short(max(shown, key=lambda part: min(len(part), 120)))
    return _short(max(parts, key=len)) if parts else _short(text.strip())


def _short(sentence: str) -> str:
    if len(sentence) <= 140:
        return sentence.rstrip(".")
    return sentence[:140].rpartition(" ")[0].rstrip(",;. ") + "…"
