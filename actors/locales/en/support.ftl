# A prospect and its answer.

command-support = Get a strategy and a draft for a prospect

support-ask =
    Paste the prospect: who they are, what they wrote, where the deal stands. Copy a profile, an e-mail or a chat as it is, send a screenshot, or say it in a voice note.

    I answer with an analysis, a strategy, tactics and a draft.

support-empty = That message holds no text to work with. Paste what you know of the prospect as text.

support-short = That is too little to work with. Tell me at least who the prospect is and what they said, in a sentence or two. /help shows what else I can do.

support-images = That is more than the { $limit } pictures I can look at for one prospect. Send the ones that matter most.

support-long = That is { $length } characters, more than the { $limit } I can read at once. Send the part that matters most: the last messages and who wrote them.

offer-support = Shall I work on this as a prospect?

button-support-this = Yes, analyse it

button-another = Another prospect

button-copy = Copy draft

answer-analysis = Prospect analysis

answer-strategy = Closing strategy

answer-engagement_tactics = Engagement tactics

answer-draft = Draft for { $platform }

answer-objection = Likely objection

answer-response = Your response

answer-footer = Playbook: { $reference }. Answered by { $model }.

answer-footer-uncited = The playbook has no page for this. Answered by { $model }.

answer-practice = This is the offline practice model: it follows the playbook by rules. For real coaching, your team lead sets OPENROUTER_API_KEY.

field-prospect = Prospect

field-type = Type

field-seniority = Seniority

field-background = Leverage

field-company = Company

field-stage = Stage

field-concern = Key concern

field-signal = Buying signal

answer-comment = Comment to leave

field-timing = Timing

button-shorter = Shorter
button-bolder = Bolder
button-tell = Change…
button-again = Whole answer again

revise-ask = What shall I change about the draft? Say it in a sentence: the tone, the length, what to add or leave out.
revise-wish-size = Say in a sentence or two what to change, { $limit } characters at most. /cancel leaves the draft as it is.
revise-gone = That prospect is no longer stored, so there is no draft to change. Paste it once more to start anew.
