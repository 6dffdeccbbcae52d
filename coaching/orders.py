"""Orders to a model inside what people wrote: sentences that address it, not the customer, are left out.

A rep who is scored gains by talking to the scorer. What stands here is the first of three doors: the answer also
travels quoted, and points come only from quotes that code finds in it.
"""

import re

import msgspec

_SENTENCES = re.compile(r"(?<=[.!?…])\s+|\n+")
_ORDERS = re.compile(
    r"(?ix)"
    # "ignore all previous instructions", in the languages reps write in
    r"\b(ignor\w*|disregard|forget|override|vergiss|olvida|oublie\w*|игнорир\w*|забудь)\b[^,;:]{0,40}"
    r"\b(instruc\w*|instrukt\w*|anweisung\w*|rules?|regeln|reglas|r[èe]gles|prompts?|rubric\w*|инструкц\w*|правил\w*)"
    r"|\b(give|grant|award|assign|gib|vergib|dame|donne\w*|поставь|дай)\b.{0,40}"
    r"\b(full\s+(score|marks|points)|(maximum|max|highest|perfect|top|volle|höchste)\s+\w{0,12}\s?"
    r"(score|marks|points|grade|punkt\w*)|puntuaci[óo]n|100\s+(points|punkte|puntos|points|баллов)|score\s+of\s+\d+)"
    r"|\b(score|rate|grade|mark|bewerte|califica|note[rz]?|оцени)\b.{0,40}\b(100|perfect|maximum|full)\b"
    r"|\b(dear|hey|attention|note\s+to|message\s+to)\s+(the\s+)?(ai|examiner|grader|scorer|evaluator|model|assistant)\b"
    r"|\bas\s+(an?|the)\s+(ai|examiner|grader|language\s+model|assistant)\b"
    r"|\b(every|each|all)\s+(criteri\w+|signs?|signals?)\b.{0,40}\b(met|observed|fulfilled|seen|present)\b"
    r"|\bsystem\s*prompt\b|\bdeveloper\s+(mode|message)\b|\byou\s+are\s+now\b.{0,30}\b(examiner|grader|model|mode)\b"
    r"|<\|?/?(system|im_start|im_end|assistant)\b|\[/?inst\]|\#{2,}\s*(system|instruction)"
    r"|^\s*(system|assistant|developer|examiner|grader)\s*[:>]"
)


class Spoken(msgspec.Struct, frozen=True):
    """What an answer says to the customer, and how many sentences of it spoke to the examiner instead."""

    text: str
    left_out: int


def spoken(answer: str) -> Spoken:
    """The answer without the sentences that address the examiner; one that has none comes back as it is."""
    kept, left_out, end = [], 0, 0
    for match in (*_SENTENCES.finditer(answer), None):
        sentence = answer[end : match.start()] if match else answer[end:]
        if _ORDERS.search(sentence):
            left_out += 1
        else:
            kept.append(sentence + (match[0] if match else ""))
        end = match.end() if match else len(answer)
    return Spoken("".join(kept).strip() if left_out else answer, left_out)
