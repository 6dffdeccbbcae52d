# Work under way: waiting, progress, failures.

cancelled-job = Stopped. Nothing of it was kept. Paste a prospect whenever you are ready.

cancelled-jobs = Stopped, with { $waiting } more that waited. Paste a prospect whenever you are ready.

jobs-queued =
    { $position ->
        [one] Noted. I finish the one before it first, then this one.
       *[other] Noted. { $position } before it, then this one.
    }

jobs-same = I am on exactly that already.

jobs-full = I already have { $limit } requests waiting. Let me finish some first, or /cancel them.

button-retry = Try again

progress-reading = Reading the prospect…

progress-waiting =
    { $position ->
        [one] Waiting for the model: you are next, about { $seconds } s.
       *[other] Waiting for the model: place { $position }, about { $seconds } s.
    }

progress-working = Working on it…

progress-thinking = Read it. Thinking…

progress-analysis = Writing the analysis…

progress-strategy = Analysis done. Writing the strategy…

progress-tactics = Strategy done. Writing the tactics…

progress-draft = Tactics done. Writing the draft…

progress-finishing = Draft done. Finishing…

failed-key_rejected = { $provider } no longer accepts your key. Send /start to give me a new one or to use the team's; then tap Try again.

failed-no_credit =
    { $payer ->
        [team] The team's { $provider } account has no credit left, which your team lead can change. Your text is kept: tap Try again then, or use your own key with /start.
       *[rep] Your { $provider } account has no credit left. Top it up or switch keys with /start, then tap Try again.
    }

failed-quota_spent =
    { $payer ->
        [team] There are no free requests left for you now. New ones come { $renewed }: tap Try again then, or use your own key with /start.
       *[rep] Your { $provider } account has no free requests left now. New ones come { $renewed }: tap Try again then, or choose a paid model under /settings.
    }

failed-spend_limit =
    { $payer ->
        [team] The team's spending limit at { $provider } is reached. It is renewed { $renewed }: tap Try again then, or use your own key with /start.
       *[rep] Your spending limit at { $provider } is reached. It is renewed { $renewed }; if you raise it there, tap Try again.
    }

renewed =
    { $day ->
        [today] today at { $time }
        [tomorrow] tomorrow at { $time }
       *[later] on { $date } at { $time }
    }

renewed-unknown = at a time that the provider does not tell

failed-rate_limited = { $provider } has too many requests right now. Tap Try again in { $seconds } s.

failed-refused = The model declined to work on this text. Take out what may have upset it, or tap Try again.

failed-too_long = This is longer than the model can read. Send the part that matters most.

failed-undecodable = The model answered in a form I cannot use. Your text is kept: tap Try again.

failed-unavailable = { $provider } cannot be reached right now. Your text is kept: tap Try again in a minute.

failed-deadline = The model did not answer in time. Your text is kept: tap Try again.

failed-misconfigured = The model settings of this coach need your team lead. Your text is kept: tap Try again once they are fixed.

failed-key_unreadable = Your stored key can no longer be read. Send /start to give it again, then tap Try again.
failed-budget_spent = Today's budget for model calls is spent. It is renewed { $renewed }; /usage shows what was used. Your text is kept: tap Try again then.
failed-images_unreadable = I cannot open that picture: it must be a JPEG, PNG, GIF or WebP of at most 7 MB. Send it again as a photo, or its text.
failed-images_unseen = None of the models set up here can look at pictures. Send the text instead, or ask your team lead for a model that sees.
