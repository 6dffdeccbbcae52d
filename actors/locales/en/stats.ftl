# A rep's own numbers.

command-stats = My numbers

stats-rank = { $rank }, level { $level }, { $xp } XP

stats-to-go = { $xp } XP to level { $level }

stats-streak =
    { $days ->
        [0] No streak right now: one answer today begins one.
        [one] Streak: 1 day
       *[other] Streak: { $days } days
    }

stats-track = { $name }: { $passed } of { $levels } levels passed

stats-drills =
    { $average ->
        [none] { $stars } drills: { $tried } of { $drills }
       *[other] { $stars } drills: { $tried } of { $drills }, best scores { $average } on average
    }

stats-average =
    { $count ->
        [one] Last answer: { $average }, best ever { $best }
       *[other] Last { $count } answers: { $average } on average, best ever { $best }
    }

stats-weak = To work on: { $categories }

stats-badge = 🏅 { $badge }, { $day }

stats-next-badge = Next badge: { $badge }

stats-leads =
    { $count ->
        [one] 1 lead: { $statuses }
       *[other] { $count } leads: { $statuses }
    }

button-my-leads = My leads

stats-provider = Answers come from { $provider }, { $model }.
