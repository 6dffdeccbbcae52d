# Lessons and drills. Names of people, plants and companies, situations and criteria come from data/scenarios.yaml.

command-learn = Lessons, level by level

command-train = A two-minute drill

learn-list = Your lessons. Each ends with a scenario; { $gate } of 100 opens the next one.

learn-track = { $name }: { $description }

learn-level =
    { $status ->
        [completed] ✅ { $id } { $name }, best { $best }
        [in_progress] ▶️ { $id } { $name }, best { $best } so far
        [unlocked] ▶️ { $id } { $name }
       *[locked] 🔒 { $id } { $name }
    }

learn-locked = Still locked: pass { $before } with { $gate } first.

learn-points = Keep in mind

learn-passed = Passed. { $next ->
        [none] That was the last level of { $track }: the track is yours.
       *[other] { $next } is open now.
    }

learn-again = { $gate } opens the next level. Try again right away, or read the lesson once more.

train-menu =
    A drill is one situation and one answer, about two minutes. How hard shall it be?

    New for you: { $easy } warm, { $middle } resistant, { $hard } hard. { $recommended ->
        [1] I would start with a warm one.
        [2] I would take a resistant one next.
       *[3] You are ready for a hard one.
    }

train-weak = Your weakest field so far: { $category }. New drills from it come first.

train-empty = There is no drill of this difficulty in the pool.

train-round = You have seen every drill of this difficulty. This is the one you saw longest ago.

new-drills =
    { $count ->
        [one] A new drill has come into the pool. /train
       *[other] { $count } new drills have come into the pool. /train
    }

button-difficulty-0 = Any

button-difficulty-1 = ★ Warm

button-difficulty-2 = ★★ Resistant

button-difficulty-3 = ★★★ Hard

button-next-drill = Next drill

button-other-drill = Another one

button-to-lesson = To the lesson

button-to-scenario = Start the scenario

button-to-levels = All levels

button-next-level = Next level

button-ideal = Model answer

button-try-again = Try it again

button-my-stats = My numbers

practice-who = { $name }, { $role }

practice-how = How it is scored

practice-criterion = { $weight } for: { $description }

practice-go =
    Write what you would say, or say it in a voice note, as one message, as if to { $name }. A good pace is { $time }; the clock costs you nothing.

practice-already = This one is open already: your next message is the answer.

practice-gone = This scenario is no longer in the pool. /train and /learn show what there is.

practice-empty = That is too short to score. Write at least a whole sentence, as if to { $name }.

practice-orders = That spoke to the examiner, not to the customer, so there is nothing to score. What would you say to { $name }?

practice-long = That is { $length } characters; an answer takes at most { $limit }. What would you really say?

practice-same = You gave these very words before, so this is the score they had. Other words are scored anew.

score-title =
    { $passed ->
        [yes] { $total } of 100: passed
       *[no] { $total } of 100
    }

score-before =
    { $change ->
        [up] Your best before was { $best }.
        [same] As good as your best before.
       *[down] Your best stays { $best }.
    }

score-time = You took { $took } of { $limit }. It costs nothing here; a customer would have waited.

score-criterion = { $description } { $points }/{ $maximum }

score-quote = “{ $quote }”: { $sign }

score-cost = “{ $quote }” cost you: { $sign }

score-words =
    { $within ->
        [yes] { $words } words, at most { $limit }: good
       *[no] { $words } words, more than { $limit }
    }

score-missed = Not seen: { $signs }

score-try = Try: { $line }

score-strengths = What worked

score-improvements = What to change

score-ideal = What the model answer does besides

score-read = To read again in the playbook: { $section }

score-left-out =
    { $count ->
        [one] One sentence spoke to the examiner and was left out.
       *[other] { $count } sentences spoke to the examiner and were left out.
    }

score-xp =
    { $xp ->
        [0] No new XP: repeating earns what you improve.
       *[other] +{ $xp } XP{ $reasons }
    }

score-xp-nothing = No XP: nothing of what is asked for above is in these words yet. The model answer shows it; a better try earns more before you read it.

score-xp-ideal = No new XP: you have read the model answer. It still counts for the level.

score-reason-first_try = strong first try

score-reason-leap = big leap

score-reason-streak = streak of { $days } days

score-reason-track = track completed

score-level-up = You are level { $level } now: { $rank }.

score-streak =
    { $days ->
        [one] First day of a new streak.
       *[other] Day { $days } in a row.
    }

score-badge = New badge: { $badge }, { $rarity }.

ideal-title = The model answer

ideal-mistakes = What often goes wrong

ideal-note = From now on this scenario earns no more XP, but you can practise it as often as you like.

rank-rookie = Rookie

rank-associate = Associate

rank-specialist = Specialist

rank-expert = Expert

rank-strategist = Strategist

rank-deal_closer = Deal Closer

rank-senior_advisor = Senior Advisor

rank-master_negotiator = Master Negotiator

rank-vp_of_deals = VP of Deals

rank-deal_legend = Deal Legend

badge-first_win = First Win

badge-dedicated = Dedicated, 10 answers

badge-on_fire = On Fire, 3 days in a row

badge-xp_hunter = XP Hunter, 1,000 XP

badge-perfect_score = Perfect Score

badge-streak_master = Streak Master, 7 days in a row

badge-veteran = Veteran, 50 answers

badge-legend = Legend, 3,000 XP

rarity-common = common

rarity-rare = rare

rarity-epic = epic

rarity-legendary = legendary

category-closing = closing

category-discovery = discovery

category-follow_up = following up

category-lost_deal = lost deals

category-multi_threading = several people at the table

category-negotiation = negotiation

category-next_step = next steps

category-objection_adoption = doubts about adoption

category-objection_authority = somebody else decides

category-objection_competitor = competitors

category-objection_price = price

category-objection_timing = bad timing

category-objection_trust = trust

category-opening = openings

category-referral = referrals

category-silence = silence

category-other = { $name }
