# What the coach remembers of a rep.

command-memory = What I remember of you

memory-intro =
    { $items ->
        [0] I remember nothing of how you sell yet. Prospects and drills teach me; names of prospects are never kept.
       *[other] What I remember of how you sell, from { $conversations }. It shapes my answers, so put right what is wrong. Names of prospects are never kept.
    }

memory-conversations =
    { $sessions ->
        [one] one conversation
       *[other] { $sessions } conversations
    }

memory-weak_area = to work on

memory-pattern = habit

memory-response_length = length you asked for

memory-preferred_tone = tone you asked for

memory-language = language you asked for

memory-noted =
    { $seen ->
        [one] { $number }. { $kind }: { $text } You wrote: “{ $quote }”
       *[other] { $number }. { $kind }: { $text } Seen { $seen } times, last when you wrote: “{ $quote }”
    }

memory-said = { $number }. { $kind }: { $text }

memory-ask = How should it read instead of "{ $text }"? One sentence.

memory-size = One sentence, please: at most { $limit } characters.

memory-gone = That one changed or was forgotten meanwhile. /memory shows what there is.

memory-kept = Done.

memory-clear = Shall I forget all of this? It does not come back, and I will not learn the same sentences again. Your leads and scores stay.

button-memory-edit = Put it right

button-memory-forget = Forget it

button-memory-clear = Forget everything

button-memory-clear-yes = Yes, forget everything
