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
