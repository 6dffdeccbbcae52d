"""What words of several languages have in common: the ideas that signs of a rubric name and answers put in words."""

import re

IDEAS: dict[str, tuple[str, ...]] = {
    "no_is_fine": (
        (
            r"\bno\b.{0,30}\b(fine|good|enough|answer|okay|ok)\b|one word is enough|leave you in peace|hang up"
            r"|part as friends"
            r"|close the file|tell me so|if not,|may not need|do not need us|we stop|that is fine|perfectly good answer"
            r"|only if you mean it|wait for him|rather not|nein\b.{0,30}(gut|völlig|ordnung)|un no (es|está)"
            r"|non\b.{0,20}suffit"
            r"|нет\b.{0,20}(нормально|тоже)"
        ),
        (
            r"\bno is\b|simple no|easy no|say no|need us|not be worth|end the call|lets? (him|her) (keep|end)"
            r"|closes? the file"
            r"|say that a no|offers? to stop|parts? as friends|way out|a no\b"
        ),
    ),
    "thanks": (
        r"\bthank|gladly|good to hear|best news|fair question|danke|gracias|merci|спасибо|thanks",
        r"\bthank|celebrat|fair or thanks|courte|wishes well|acknowledg",
    ),
    "sorry": (
        r"\bsorry|apolog|our fault|we promised|entschuldig|lo siento|désolé|извин",
        r"sorry|our fault|missing calls",
    ),
    "date": (
        (
            r"\b(mon|tues|wednes|thurs|fri|satur|sun)day|\btomorrow|next week|\bon the \d|\bat (ten|two|seven|\d)"
            r"|\b\d+(st|nd|rd|th)\b"
            r"|\b\d{1,2}\.? (jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)"
            r"|(mon|diens|donners|frei)tag|mittwoch|morgen\b|\b(lunes|martes|miércoles|jueves|viernes|mañana)\b"
            r"|\b(lundi|mardi|mercredi|jeudi|vendredi|demain)\b|понедельник|вторник|среда|среду|четверг|пятниц|завтра"
        ),
        r"\bdate\b|weekday|concrete times|\ba day\b|her date|by a date|agreed time|works back",
    ),
    "small_step": (
        (
            r"\btrial|one line|two weeks|twenty minutes|ten minutes|20 minutes|half (an )?hour|fifteen minutes"
            r"|one page|start for"
            r"|two hours|machine list|probe\w*|eine linie|zwanzig minuten|prueba|una línea|veinte minutos|un essai"
            r"|une ligne"
            r"|vingt minutes|пробн|одной линии|минут"
        ),
        (
            r"trial|one line|small|minutes|one page|machine list|start plan|start by|duration|one machine|two weeks"
            r"|short talk"
        ),
    ),
    "cost": (
        (
            r"\bcost|\bhow (many|much)\b|\bhours?\b|late orders|money|\bnumber|figure|kost\w+|stunden|cuest\w+|cost[óo]"
            r"|horas|coût\w*|heures|стои\w+|часов|\bdays?\b"
        ),
        r"\bcost|number|figure|hours|late orders|her two days|simple fact|rough|books|count of",
    ),
    "compare": (
        r"compared (with|to)|budget.{0,30}(or|another)|verglichen|im vergleich|comparad|par rapport|по сравнению",
        r"compared|kind of|distinguish",
    ),
    "choice": (
        r"\b(or|oder|ou|или)\b.{0,80}\?|\bA,|one letter|would you rather|alone\?|only if|if you (like|think|would)",
        r"choice|leaves? (the|it)|one word|own (him|her)|keeps? the name",
    ),
    "short": (r"keep it short|half a minute|in short|ich mache es kurz|seré breve|brièvement|коротко", r"\bshort\b"),
    "decider": (
        (
            r"managing director|your boss|the boss|ms vale|mr dray|who (decides|else)|controller|the three of us"
            r"|invite|join"
            r"|geschäftsführ|ihr chef|su jefe|director|votre patron|начальник|директор"
        ),
        r"decid|boss|managing director|joint|involve|join\b|part of (it|the talk)|brings? in|invites?|copies",
    ),
    "rough": (r"\brough|\bungefähr|aproximad|\benviron\b|\bà peu près|примерно", r"rough"),
    "respect": (
        (
            r"\bgood value|\bright\b|strong in|works is better|fair process|good one|would ask the same"
            r"|they would be right"
            r"|recht haben|tiene razón|vous avez raison|вы правы"
        ),
        r"good (about|for|at)|agrees?|right to ask|says what .* good",
    ),
}
"""By name: how an answer puts it in words, and how a sign of a rubric names it."""

FAULTS: tuple[tuple[str, str], ...] = (
    (
        r"\bdiscount|rabatt|descuento|remise|скидк|\d+ ?(%|percent) (off|less)|reduce the price",
        r"discount|last offer|haggl",
    ),
    (r"just checking in|only wanted to follow up|touching base|nur mal nach", r"checking in"),
    (
        (
            r"\b(book|schedule|grab) (a|some|time)|calendly|calendar link|(have|jump on|set up) a (quick )?(call"
            r"|meeting)|demo termin"
            r"|agendar una|prendre rendez"
        ),
        r"meeting|calendar|workshop|long call|demo",
    ),
    (
        (
            r"market leader|leading (provider|supplier|platform)|our (product|platform|software|solution) (is"
            r"|offers|has|comes)|features"
            r"|marktführ|líder|unser produkt|nuestra plataforma|notre (logiciel|plateforme)|лидер|our company"
        ),
        r"feature|product|introduc|pitch|begins with|demo|praises|marketing|long presentation|describes the software",
    ),
    (
        r"pays for itself|guarante|garantier|garantiz|garantis|гарант|you will save",
        r"guarante|return|pays|promise|saving|claims",
    ),
    (
        r"\bonly this week|until friday|last chance|offer ends|nur noch diese woche|solo esta semana",
        r"pressure|urgency|deadline|discount until",
    ),
    (
        r"\b(bad|terrible|worse|useless|cheap) (product|tool|choice|software)|they are (bad|worse)|regret",
        r"disparag|attack|warning",
    ),
    (r"\bas i wrote|third time|i already wrote|never (replied|answered)", r"guilt|counts the|reproach"),
    (
        (
            r"attached|attachment|here is our|our (brochure|price list|presentation|deck)\b|im anhang|adjunt"
            r"|ci-joint|вложени"
        ),
        r"attach|brochure|presentation|price list",
    ),
    (r"anyone (you know|who)|somebody who might", r"anyone"),
)
"""How an answer goes wrong, and how a bad sign of a rubric names that."""

QUESTION = re.compile(r"(?i)\b(ask|asks|question|find|finds|diagnos|learn)")
"""A sign that a question shows."""
