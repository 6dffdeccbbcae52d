# The casebook: what worked, without names.

command-casebook = Cases of the team that worked

casebook-empty = The casebook is empty. When you have sent a draft of mine, tap "I used this" under it, and the team can learn from it. Names are left out.

casebook-page =
    { $count ->
        [one] The team has 1 case.
       *[other] The team has { $count } cases. Page { $page } of { $pages }.
    }

casebook-ask = What shall I look for? A few words: a kind of buyer, an objection, an industry.

casebook-search-size = Give me a few words to look for, at most { $limit } characters.

casebook-found =
    { $count ->
        [0] Nothing in the casebook fits "{ $words }".
        [one] One case fits "{ $words }".
       *[other] { $count } cases fit "{ $words }", best first.
    }

casebook-case =
    { $persona }, { $situation } ({ $day })

    What held them back: { $concern }

    What was done:
    { $steps }

    The draft that was used:
    { $draft }

    { $section ->
        [none] No playbook section was cited.
       *[other] Playbook: { $section }
    }

casebook-saved = Saved to the casebook, without names. The next similar prospect profits from it. /casebook shows all.

casebook-saved-before = This one is in the casebook already.

casebook-twin = The casebook has a case that says nearly the same, so I did not save this one again.

casebook-nothing = I have no stored answer to save. Paste a prospect first.

casebook-dropped = Taken out of the casebook.

button-used = I used this

button-search = Search

button-page-before = ‹ Newer

button-page-after = Older ›

button-case-drop = Take it out

answer-similar = This resembles an earlier case of the team: { $case }. /casebook shows it.
