# /admin.

command-admin = The team: numbers, people, runs

admin = The team. What do you want to see?
admin-refused = /admin is for the people who run the team. Your own numbers are in /stats.
admin-nothing = Nothing yet.
button-admin-stats = Numbers
button-admin-board = Leaderboard
button-admin-trends = Trends
button-admin-scenarios = Scenarios
button-admin-users = People
button-admin-traces = Runs

admin-stats =
    The team in numbers (this week in brackets)

    People: { $reps }, active this week { $active }
    Prospects: { $prospects }
    Attempts: { $attempts }, average score { $average }
    Leads: { $leads }
admin-board = Leaderboard, by the average of the last 20 attempts
admin-place = { $place }. { $name }: { $average } in { $attempts ->
        [one] one attempt
       *[other] { $attempts } attempts
    }, { $xp } XP
admin-trends = This week beside the week before
admin-trend = { $mode }: { $attempts } attempts, average { $average }; before { $before }, average { $average_before }
admin-scenarios = Scenarios by number of attempts
admin-scenario = { $scenario }: { $attempts } attempts, average { $average }

admin-users = People, page { $page } of { $pages }
admin-user = { $name }: { $xp } XP, last seen { $seen }
admin-user-out = { $name }: shut out, { $xp } XP, last seen { $seen }
admin-user-invited = { $name }: invited, not here yet
button-admin-revoke = Shut out { $name }
button-admin-restore = Let in { $name }
button-admin-uninvite = Withdraw { $name }
button-admin-invite = Invite
button-earlier = ‹ Earlier
button-later = Later ›
admin-invite-ask = Whom shall I let in? Send their Telegram username, such as @maria.
admin-invite-shape = That is no Telegram username: 5 to 32 letters, digits and underscores, beginning with a letter. Send it again, or /cancel.
admin-invited = @{ $username } is invited: they find this bot, press Start, and are in.
admin-uninvited = The invitation is withdrawn.
admin-revoked = { $name } is shut out.
admin-restored = { $name } is in again.
access-restored = Your team lead let you in again. Everything you stored is still here.

admin-traces = Runs, newest first
admin-pipeline = { $name }: { $runs } runs, { $failed } failed, { $average } on average, { $slowest } at most
admin-trace-error = Failed: { $error }

# Models, knowledge and health.
button-admin-models = Models
button-admin-knowledge = Knowledge
button-admin-health = Health
button-admin-model-none = Each rep's own model
admin-models = The model each agent is asked on for those on the team's key, and after it those that stand in. Tap an agent to choose.
admin-model-line = { $agent }: { $chain }
admin-model-own = the rep's own model
admin-model-vision = { $model }
admin-model-ask = { $agent } is asked on: { $chain }. Looking up which models there are; send a part of a name to look for one.
admin-model-choose = { $found } models for { $agent }, { $shown } shown. Tap one, or send a part of its name.
admin-model-chosen = { $agent } is asked on { $chain } from the next prospect on.
admin-model-none-chosen = { $agent } is asked on each rep's own model again.
admin-knowledge = The knowledge: { $sections } sections of the playbook, { $scenarios } lessons and drills. A changed file is read within seconds.
admin-knowledge-broken =
    { $count ->
        [one] Changed files are not used until this is put right:
       *[other] Changed files are not used until these { $count } are put right:
    }
admin-health-asking = Asking those who know…
admin-health = How the house is
admin-health-silent = { $part }: gives no answer
admin-health-journal =
    Journal: { $waiting } to handle, { $sending } to send or write, { $dead } given up{ $problem ->
        [none] .
       *[other] . Problem: { $problem }
    }
admin-health-records =
    Records: { $waiting } writes waiting{ $problem ->
        [none] .
       *[other] . Problem: { $problem }
    }
admin-health-lane =
    { $provider } { $state ->
        [closed] answers
        [open] rests after failures
        [paused] is paused
        [refused] refuses the key
       *[half_open] is tried again
    }: { $done } answers, { $failed } failed, { $queued } waiting{ $model ->
        [none] .
       *[other] , last by { $model }.
    }
admin-health-idle = Models: nothing was asked yet.
