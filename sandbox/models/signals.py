"""The signals the practice model knows: how each shows in a text and what a coach answers to it."""

import re

from sandbox.models.lexicon import Signal

SIGNALS = (
    Signal(
        "price",
        (
            r"(?i)\b(too (expensive|pricey|much)|expensive|pric(e|es|ing|ey)\b|cheaper|discount|"
            r"costs? (more|too)|quote|afford|per (seat|month|site)|teuer|caro|cher|дорог)"
        ),
        3,
        "Whether the price is justified by what the problem costs them today",
        "This costs more than we want to pay for it.",
        "That is fair, and the price should pay for itself. What does the problem cost you in a "
        "normal month? If we put "
        "that number beside ours and it does not come out clearly in your favour, I will say so myself.",
        "Take the price off the table until there is a number for the problem: ask what it costs them in a month",
        "What does it cost you in a normal month to leave it as it is, roughly?",
        "price cost expensive discount number",
    ),
    Signal(
        "budget",
        (
            r"(?i)\b(no budget|budget (is|was|has|freeze|cut|round)|budget|frozen|cost[- ]cutting|"
            r"spending|fiscal year|kein budget|presupuesto)"
        ),
        3,
        "There is no money set aside for this in the current period",
        "We have no budget for this, this year.",
        "Understood. Most budgets for this are found, not planned: hours saved and late orders "
        "avoided already sit in someone's "
        "line. Shall we work out what it would free up, so that you can decide whether it deserves a line next round?",
        (
            "Find out whose budget suffers from the problem today and when the next round closes, then "
            "work back from that date"
        ),
        "When does your next budget round close, and who puts the list together?",
        "budget money fiscal year finance",
    ),
    Signal(
        "timing",
        (
            r"(?i)\b(not (right )?now|next (quarter|year|month|spring|autumn|fall)|later|too busy|"
            r"bad time|after (the|our)|circle back|revisit|in (a few|six|three) months|on hold|postpone|"
            r"not a priority|q[1-4]\b|keine zeit|später)"
        ),
        2.5,
        "It is not urgent enough to displace what is on their desk now",
        "This is not the right moment; come back later.",
        "Happy to. So that I come back at the right moment and not just at a later one: what will be "
        "different then, and what would have "
        "to happen for it to move up your list? I will note the date and stay quiet until then.",
        (
            "Turn the vague later into an event and a date, and agree on one small thing that costs them "
            "ten minutes before it"
        ),
        "What will be different then, and which date should I put in my calendar?",
        "later now timing date quarter",
    ),
    Signal(
        "competitor",
        (
            r"(?i)\b(competitor|already (use|using|have|work with|working with)|we use|currently us(e|"
            r"ing)|alternative|compar(e|ed|ing|ison)|other (vendor|supplier|provider)s?|incumbent|"
            r"switch(ing)?|evaluating|shortlist|vs\.?|spreadsheets?|excel|sap\b|in-?house)"
        ),
        2.5,
        "Whether changing is worth the trouble when something is already in place",
        "We already have something that does this.",
        "Good, then you know the job. What does it do well, and which part still ends up on paper or "
        "in someone's head? If that part does "
        "not hurt, keep what you have. If it does, we look at exactly that part and at nothing else.",
        "Respect what they have and look for the one job it leaves undone; never run it down",
        "Which part of the job does it still leave to paper or to someone's memory?",
        "already something else use compare competitor",
    ),
    Signal(
        "authority",
        (
            r"(?i)\b(my (boss|manager|director|ceo|cfo)|the board|committee|need (approval|sign-?off|"
            r"buy-?in)|sign[- ]?off|approv(e|al)|not my (decision|call)|decision[- ]maker|management (has|"
            r"needs|wants)|run it by|check with|convince)"
        ),
        2.5,
        "They cannot decide alone and need something to win the people who can",
        "I would have to take this to my boss first.",
        "Of course. What will they ask first? Let us prepare one page that answers exactly that, in "
        "your words and with your numbers. If it helps, "
        "I join for the first ten minutes and you keep the lead.",
        "Equip them for the internal conversation: one page, their number, the first question their boss will ask",
        "What is the first question your boss would ask about it?",
        "boss ask approve decide person win",
    ),
    Signal(
        "trust",
        (
            r"(?i)\b(never heard|references?|case stud(y|ies)|proof|prove|track record|startup|too small|"
            r"burned|burnt|let down|sceptic|skeptic|trust|risk(y|s)?|guarantee|promis(e|es|ed)|"
            r"failed (project|rollout)|bad experience|who else)"
        ),
        2.5,
        "Whether a supplier they do not know will keep what it promises",
        "Why should we believe that it works for us?",
        "You should not, on our word. Talk to someone who runs it in a place like yours, and try it "
        "on one part with a measure that you choose. "
        "If the measure is not met, we stop and you have lost an afternoon.",
        (
            "Lower the risk before raising the benefit: one reference in their trade, one small trial "
            "with their own measure"
        ),
        "What would you need to see in two weeks to believe it?",
        "trust believe reference proof trial risk",
    ),
    Signal(
        "adoption",
        (
            r"(?i)\b(won'?t use|not use it|adoption|change management|older (staff|colleagues)|training|"
            r"too complicated|complex|another (tool|app|system|login)|team (is|are) (sceptic|skeptic|"
            r"tired|resist)|resist|technicians?|users|hard to learn|staff turnover)"
        ),
        2,
        "Whether the people who have to work with it every day will use it",
        "Our people will not use yet another system.",
        "They are right to be careful; they have seen tools come and go. Let two of them try it "
        "beside their work for ten minutes, the sceptical one included, "
        "and let them tell you. If they shrug, we have our answer early.",
        "Put it into the hands of the most sceptical user first, at their place of work, and let that person report",
        "Who on your team would be hardest to win, and may I show it to that person first?",
        "technicians team use people adoption",
    ),
    Signal(
        "security",
        (
            r"(?i)\b(gdpr|iso ?27001|soc ?2|security|compliance|data (protection|privacy|residency|centre|"
            r"center)|single sign|sso\b|api\b|integrat(e|ion|es)|interface|erp\b|works council|audit|"
            r"legal review|on-?prem)"
        ),
        2,
        "Whether it fits their systems and survives a look by IT and audit",
        "IT will never let this through.",
        "Then let us ask them first, not last. Send me the three points that they always raise; I "
        "answer them in writing before anybody looks at a demo, "
        "and if one of them is a real no, we both save the time.",
        "Bring IT in early with written answers, before enthusiasm makes the conversation expensive",
        "Which three questions does your IT always ask first?",
        "it interface data documents audit security",
    ),
    Signal(
        "terms",
        (
            r"(?i)\b(contract|terms|clause|cancel(lation)?|notice period|lock-?in|liability|"
            r"payment (terms|schedule)|sla\b|renewal|procurement process|tender|rfp\b|negotiat\w*|"
            r"vendor form)"
        ),
        2,
        "Which conditions they commit to and how they get out again",
        "We do not sign terms like these.",
        "Let us go through the points one at a time. Which one would stop a signature, and which are "
        "only preferences? I can move on some if we get clarity "
        "on another, and I will tell you plainly which ones are fixed.",
        "Trade, do not give: collect every open point first, then exchange a concession for a date",
        "Which single point would stop a signature today?",
        "terms negotiating contract purchasing closing",
    ),
    Signal(
        "silence",
        (
            r"(?i)\b(no (reply|response|answer)|ghost(ed|ing)?|went (quiet|silent|dark)|silent|"
            r"hasn'?t (replied|answered|responded)|not (replied|responded|answered)|unanswered|"
            r"left on read|radio silence|stopped (replying|answering))"
        ),
        3,
        "Other things have pushed this aside, and nobody has told us yes or no",
        "Sorry, this fell off my desk.",
        "No harm done, that happens. Has it become less important, or only less urgent? Both are "
        "fine; I would only like to do the right thing next, "
        "and a short no is as welcome as a date.",
        "Write once more with something new and useful in it, and make it easy to say no",
        "Has this become less important, or only less urgent?",
        "silence following up begging reply",
    ),
    Signal(
        "interest",
        (
            r"(?i)\b(interested|interesting|love (it|this|to)|sounds (good|great|promising)|how soon|"
            r"when (can|could) (we|you)|demo\b|trial\b|pilot\b|next steps?|send (me|us) (a |the |"
            r"an )?(proposal|offer|contract|details)|set ?up|onboard|get started|looking for|impressed|"
            r"excited)"
        ),
        1.5,
        "They want to move, but the way from interest to a decision is not agreed yet",
        "It looks good, let me think about it.",
        (
            "Glad to hear it. What would you like to have seen by the end of it to say yes with a good "
            "feeling? Let us write that down in two lines and put dates beside it."
        ),
        "Answer their question first, then agree on one measure and one date before showing anything more",
        "What would have to be true in four weeks for you to say yes?",
        "closing trial demo next step discovery",
    ),
    Signal(
        "pain",
        (
            r"(?i)\b(struggl\w*|downtime|breakdowns?|stopp(ed|age)|overtime|late (orders|deliver\w*)|"
            r"turnover|retir(e|es|ed|ing)|quit|left the company|complain\w*|problem|frustrat\w*|"
            r"manual(ly)?|firefight\w*|losing|delays?|chaos|paper|backlog|growing|hiring|expan(d|sion|"
            r"ding)|new (plant|line|site))"
        ),
        1.5,
        "A concrete problem in their daily work that nobody has put a number on yet",
        "We have lived with it so far.",
        "Many do, for years. Tell me about the last time it really hurt: how long did it take and "
        "who had to come in? If that was a one-off, leave it. "
        "If it happens each month, the sum is worth ten minutes together.",
        "Start with the last time it hurt and let them put the number on it themselves",
        "When did it last really hurt, and what did that day cost you?",
        "opening event cost discovery stop overtime",
    ),
    Signal(
        "no_need",
        (
            r"(?i)\b(not interested|no need|don'?t need|happy with|works fine|fine as (it|we)|no thanks?|"
            r"unsubscribe|not relevant|remove me|never asked)"
        ),
        3,
        "They see no reason to change anything today",
        "Thank you, we do not need this.",
        (
            "Thank you for the clear word. One question, and then I leave you in peace: is it solved, or "
            "is it not worth solving? If it is solved I would honestly like to learn how."
        ),
        "Accept the no, ask one honest question, and leave the door open with a date far away",
        "Is it solved at your place, or just not worth solving at the moment?",
        "lost no opening qualifying honest",
    ),
)
UNKNOWN = Signal(
    "unknown",
    r"$^",
    0,
    "Not visible yet: the text does not say what holds them back, so the first step is to find out",
    "Why are you writing to me?",
    (
        "A fair question. I write because people in your position often have the same one or two "
        "worries, and I would rather ask than assume. If none of it is yours, tell me and I will not "
        "follow up."
    ),
    "Find out first: ask one question that can be answered from memory",
    "What takes more of your time than it should at the moment?",
    "opening conversation discovery reading person",
)
_COMPILED = tuple((signal, re.compile(signal.pattern)) for signal in SIGNALS)


def found_signals(text: str) -> list[Signal]:
    """The signals in a text, the strongest first."""
    scored = [(signal.weight * min(3, len(pattern.findall(text))), signal) for signal, pattern in _COMPILED]
    return [signal for score, signal in sorted(scored, key=lambda pair: -pair[0]) if score > 0]


def shows(signal: Signal, sentence: str) -> bool:
    """Whether a sentence is one that shows the signal."""
    return re.search(signal.pattern, sentence) is not None
