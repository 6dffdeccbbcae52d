"""The words by which the practice model knows titles, places, channels and signals in a pasted text."""

import re

import msgspec

UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĻŁŃŅŇŌŐŘŚŞŠŤŪŮŰŲŹŻŽА-ЯЁ"
TITLE = re.compile(
    r"(?i:\b(?:"
    r"chief +[a-z]+(?: +[a-z]+)? +officer|c[efitosmr]o|evp|svp|(?:senior +)?vp(?: +of)?(?: +[a-z&]+){0,2}"
    r"|(?:senior +)?vice +president(?: +of)?(?: +[a-z&]+){0,2}|(?:global +|"
    r"deputy +)?head +of +[a-z&]+(?: +(?:and|&) +[a-z]+)?"
    r"|managing +(?:director|partner)|(?:[a-z]+ +)?director(?: +of +[a-z&]+(?: +and +[a-z]+)?)?"
    r"|(?:co-?)?founder(?: +(?:and|&) +[a-z]+)?|owner|general +manager|president|partner|principal"
    r"|(?:[a-z]+ +){0,2}manager|(?:it|maintenance|shift|team|production|operations|sales|"
    r"project) +lead|team +leader|supervisor|foreman"
    r"|procurement(?: +specialist)?|buyer|controller|(?:senior +)?(?:[a-z]+ +)?(?:engineer|"
    r"architect|analyst|consultant|planner|technician|developer)"
    r"|(?:executive +|personal +)?assistant|investor|geschäftsführer(?:in)?|leiter(?:in)?|"
    r"instandhaltungsleiter(?:in)?|directeur|directrice|gerente|jefe|директор"
    r")\b)"
)
_BEFORE_TITLE = re.compile(
    r"(?i)^(?:(?:the|a|an|our|their|my|is|as|new|and|or|at|of|from|your|his|her|this|that|for|to|with)\s+)+"
)
LEVELS: tuple[tuple[str, str, str], ...] = (
    (
        r"(?i)\b(founder|owner|managing|geschäftsführer|ceo|president|gerente)",
        "owner or managing director",
        "economic buyer",
    ),
    (
        r"(?i)\b(cfo|chief financial|finance|controller|treasur)",
        "finance leadership",
        "economic buyer, guards the budget",
    ),
    (
        r"(?i)\b(cto|cio|ciso|it\b|security|architect|developer|chief (technology|information))",
        "technical leadership",
        "technical evaluator",
    ),
    (r"(?i)\b(procurement|purchas|buyer|einkauf)", "purchasing", "buyer, compares terms"),
    (r"(?i)\b(investor|venture|private equity)", "investor", "investor"),
    (r"(?i)\b(assistant|office manager|reception)", "assistant", "gatekeeper"),
    (
        r"(?i)\b(coo|vp|vice president|head|director|leiter|plant manager|general manager|директор|directeur)",
        "senior management",
        "economic buyer or strong sponsor",
    ),
    (
        r"(?i)\b(manager|lead|leader|supervisor|foreman|planner)",
        "middle management",
        "likely champion, needs support from above",
    ),
    (r"(?i)\b(engineer|technician|analyst|consultant|specialist)", "specialist", "user and technical voice"),
    (r"(?i)\b(c[a-z]o|chief)\b", "executive", "economic buyer"),
)
_PLACES_TEXT = """
Germany Austria Switzerland France Spain Italy Portugal Netherlands Belgium Poland Czechia Sweden Norway Denmark
Finland Ireland Scotland England Wales Ukraine Romania Hungary Greece Turkey Israel Dubai India Singapore Japan
China Australia Canada Mexico Brazil Argentina Chile Kenya Nigeria Egypt Berlin Munich Hamburg Frankfurt Cologne
Stuttgart Vienna Zurich Geneva Paris Lyon Madrid Barcelona Milan Rome Turin Lisbon Porto Amsterdam Rotterdam
Brussels Antwerp Warsaw Krakow Prague Stockholm Gothenburg Oslo Bergen Copenhagen Aarhus Helsinki Dublin London
Manchester Birmingham Leeds Bristol Edinburgh Glasgow Istanbul Tel-Aviv Toronto Montreal Vancouver Boston
Chicago Denver Austin Dallas Houston Seattle Atlanta Miami Detroit Cleveland Ohio Texas California Michigan
Wisconsin Florida Sydney Melbourne Tokyo Mumbai Bangalore Pune Lagos Nairobi Cairo München Köln Wien Zürich
Bavaria Saxony Catalonia Lombardy UK USA UAE EMEA DACH
"""
PLACES = tuple(_PLACES_TEXT.split())
CHANNELS = (
    (r"(?i)linkedin|inmail", "LinkedIn"),
    (r"(?i)whats\s?app", "WhatsApp"),
    (r"(?i)telegram", "Telegram"),
    (r"(?i)\b(phone call|called|on the phone|rang|voicemail|anruf)", "Phone"),
    (r"(?i)\b(e-?mail|subject:|wrote:|regards|from:)|@\w+\.\w", "Email"),
)
GREETINGS = (
    (r"[а-яё]{3}", "Здравствуйте"),  # noqa: RUF001 - Cyrillic is meant
    (r"(?i)\b(und|nicht|wir|ist|für|bitte|danke)\b", "Hallo"),
    (r"(?i)\b(pero|gracias|nosotros|para|estamos|muy|hola)\b", "Hola"),
    (r"(?i)\b(nous|avec|pour|merci|vous|bonjour|mais)\b", "Bonjour"),
)
_NOT_NAMES_TEXT = """
Hi Hello Dear Hey Best Kind Warm Thanks Thank Regards The This That They We You Our Your Their He She It And But
If When What Where Who How Why Yes No Not Please Subject From To Date Re Fw Fwd Sent Name Company Title Role
Location Contact Prospect Lead Email Phone Note Notes Mon Tue Wed Thu Fri Sat Sun Monday Tuesday Wednesday
Thursday Friday Saturday Sunday January February March April May June July August September October November
December LinkedIn WhatsApp Telegram Head Director Manager Chief Officer Vice President VP CEO CFO CTO COO CIO
CMO Senior Sales Operations Maintenance Production Plant Engineer IT HR ERP SAP CRM ROI Q1 Q2 Q3 Q4 Last Next
After Before Just Met Spoke Talked Called Sounds Great Good Currently Based Also As At In On Of For With
Managing General Founder Owner Profile About Experience I My Me Im So Then Now Still Let Can Could Would Will Is
Are Was Were Have Has Had Do Does Did There Here Her His Its Some Any All Procurement Finance Marketing Team
Group Technical Quality Supply Chain Buyer Partner Connection Message
"""
NOT_NAMES = frozenset(_NOT_NAMES_TEXT.split())


class Signal(msgspec.Struct, frozen=True):
    """One thing a prospect may show, and what a coach says to it."""

    id: str
    pattern: str
    weight: float
    concern: str
    objection: str
    response: str
    move: str
    ask: str
    words: str


_AFTER_TITLE = re.compile(r"(?i)(?: (?:at|in|of|and|for|with|on|is|from|&))+$")


def titles(text: str) -> list[tuple[int, str]]:
    """Titles in a text with their positions."""
    found = (
        (match.start(), _AFTER_TITLE.sub("", _BEFORE_TITLE.sub("", " ".join(match[0].split()))))
        for match in TITLE.finditer(text)
    )
    return [(at, title) for at, title in found if title]
