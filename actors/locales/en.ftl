# Every text a rep reads, in English. Values in braces come from the code; model text is never in here.

command-start = Set up or start over
command-support = Get a strategy and a draft for a prospect
command-help = What I can do
command-cancel = Stop what is under way

refused = This coach is by invitation. Ask your team lead to add @{ $username } to the list, then press Start again.
refused-no-username = This coach is by invitation and knows people by their Telegram username. Choose one in Telegram's settings, ask your team lead to add it to the list, then press Start again.

welcome =
    Hello { $name }, I am Cornerman, your sales coach.

    Paste a prospect: a profile, an e-mail thread, a chat. You get a reading of the person, a closing strategy, tactics and a draft you can send.

    How shall I think for you?
welcome-back =
    Welcome back, { $name }. You are set up and ready.

    Send /support to work on a prospect, or simply paste one.
button-quick = Quick set-up: the team's key
button-own = Use my own key
button-back = Back
button-openrouter = OpenRouter
button-anthropic = Anthropic

choose-provider = Whose key do you have?
enter-key-openrouter =
    Send me your OpenRouter key as one message. It begins with sk-or- and is made at openrouter.ai under Keys.

    I check it with OpenRouter, store it encrypted and delete your message. /cancel to leave it.
enter-key-anthropic =
    Send me your Anthropic key as one message. It begins with sk-ant- and is made at console.anthropic.com under API keys.

    I check it with Anthropic, store it encrypted and delete your message. /cancel to leave it.
key-shape-openrouter = That does not look like an OpenRouter key: it begins with sk-or- and has no spaces. Send the key, or /cancel.
key-shape-anthropic = That does not look like an Anthropic key: it begins with sk-ant- and has no spaces. Send the key, or /cancel.
key-checking = Checking your key with { $provider }…
key-rejected = { $provider } does not accept this key. Copy it again in full and send it, or /cancel.
key-unreachable = { $provider } cannot be reached, so I could not check the key and have not kept it. Send it again in a minute, or /cancel.
key-wait = I am still checking your key. One moment, or /cancel.
setup-done-team =
    You are set up with the team's key.

    Paste your first prospect now: a profile, an e-mail thread, a chat. Anything from a few lines up.
setup-done-own =
    Your { $provider } key works and is stored encrypted. I deleted your message.

    Paste your first prospect now: a profile, an e-mail thread, a chat. Anything from a few lines up.
setup-first = First choose how I should think for you; it takes one tap.

help =
    What I can do for you:

    /support: paste a prospect and get an analysis, a closing strategy, tactics and a draft
    /cancel: stop what is under way, at any moment
    /start: change whose key I use
    /help: this page

    You can also just paste a prospect without a command. What you paste stays between you, me and the model that reads it.
unknown-command = I do not know { $command }. /help shows what I can do.

cancelled-case = Stopped. Nothing of it was kept. Paste a prospect whenever you are ready.
cancelled-cases = Stopped, with { $waiting } more that waited. Paste a prospect whenever you are ready.
cancelled-flow = Left. /help shows what I can do.
nothing-to-cancel = There is nothing under way. /help shows what I can do.

support-ask =
    Paste the prospect: who they are, what they wrote, where the deal stands. Copy a profile, an e-mail or a chat as it is.

    I answer with an analysis, a strategy, tactics and a draft.
support-empty = That message holds no text to work with. Paste what you know of the prospect as text.
support-short = That is too little to work with. Tell me at least who the prospect is and what they said, in a sentence or two.
support-long = That is { $length } characters, more than the { $limit } I can read at once. Send the part that matters most: the last messages and who wrote them.
support-queued =
    { $position ->
        [one] Noted. I finish the one before it first, then this one.
       *[other] Noted. { $position } before it, then this one.
    }
support-full = I already have { $limit } prospects waiting. Let me finish some first, or /cancel them.
support-only-text = I can read text for now. Paste the words from it, and I work with those.
offer-support = Shall I work on this as a prospect?
button-support-this = Yes, analyse it
button-retry = Try again
button-another = Another prospect
button-copy = Copy draft

progress-reading = Reading the prospect…
progress-waiting =
    { $position ->
        [one] Waiting for the model: you are next, about { $seconds } s.
       *[other] Waiting for the model: place { $position }, about { $seconds } s.
    }
progress-thinking = Read it. Thinking…
progress-analysis = Writing the analysis…
progress-strategy = Analysis done. Writing the strategy…
progress-tactics = Strategy done. Writing the tactics…
progress-draft = Tactics done. Writing the draft…
progress-finishing = Draft done. Finishing…

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

failed-key_rejected = { $provider } no longer accepts your key. Send /start to give me a new one or to use the team's; then tap Try again.
failed-no_credit = The { $provider } account has no credit left. Top it up or switch keys with /start, then tap Try again.
failed-quota_spent = Today's free requests of the team are spent. Use your own key with /start, or tap Try again tomorrow.
failed-rate_limited = { $provider } has too many requests right now. Tap Try again in { $seconds } s.
failed-refused = The model declined to work on this text. Take out what may have upset it, or tap Try again.
failed-too_long = This is longer than the model can read. Send the part that matters most.
failed-undecodable = The model answered in a form I cannot use, twice. Your text is kept: tap Try again.
failed-unavailable = { $provider } cannot be reached right now. Your text is kept: tap Try again in a minute.
failed-deadline = The model did not answer in time. Your text is kept: tap Try again.
failed-misconfigured = The model settings of this coach need your team lead. Your text is kept: tap Try again once they are fixed.
failed-key_unreadable = Your stored key can no longer be read. Send /start to give it again, then tap Try again.
nothing-to-retry = There is nothing left to try again. Paste the prospect once more.

stale-button = That button is no longer in use. /help shows what I can do.
broken-update = Something in your last message broke on my side. It is noted for the operators; please send it in another form.
records-unreachable = I cannot reach the records right now. Your message is kept, and I answer as soon as they are back.
