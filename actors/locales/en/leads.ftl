# Leads: the list, one lead, and how it ended.

command-leads = Your leads

leads-none = No leads yet. Paste a prospect and I keep the answer as your first lead.

leads-page =
    { $count ->
        [one] { $filter }: 1 of { $total }.
       *[other] { $filter }: { $count } of { $total }.{ $pages ->
            [one] {""}
           *[other] {" "}Page { $page } of { $pages }.
        }
    }

leads-open = Open leads

leads-all = All leads

leads-filter = Which leads shall I show?

leads-ask = What shall I look for? A name, a company, a place, or a word of your notes.

leads-search-size = Give me a few words to look for, at most { $limit } characters.

leads-found =
    { $count ->
        [0] No lead fits "{ $words }".
        [one] One lead fits "{ $words }".
       *[other] { $count } leads fit "{ $words }", the newest { $shown } are here.
    }

button-filter = Filter

button-open-lead = Open the lead

status-analyzed = Analyzed
status-reached_out = Reached out
status-meeting_booked = Meeting booked
status-in_progress = In progress
status-closed_won = Won
status-closed_lost = Lost

lead-nameless = A prospect without a name

lead-gone = That lead is no longer there. /leads shows those you have.

lead-status = Status: { $status }

lead-title = Title: { $value }

lead-place = Location: { $value }

lead-outcome = What decided it: { $value }

lead-reading =
    What holds them back: { $concern }
    Buying signal: { $signal }

lead-strategy =
    Strategy:
    { $steps }

lead-plan =
    { $next ->
        [none] Plan: all { $steps } steps are settled.
       *[other] Plan: { $done } of { $steps } steps settled. Next: { $next }
    }

lead-remind = I remind you on { $when }.

lead-notes =
    Notes:
    { $notes }

lead-log = What happened with { $lead }, newest first:

lead-log-line = { $day }: { $what }

lead-status-ask = Where does { $lead } stand now?

lead-status-set = Status changed.

lead-status-same = It already has this status.

lead-note-ask = What shall I note? Your next message goes into the notes.

lead-note-size = A note needs words, and all notes of a lead together have at most { $limit } characters. Nothing changed.

lead-edit-ask =
    Send the lines you want to change, one field a line. An empty value clears the field.

    Name: { $name }
    Title: { $title }
    Company: { $company }
    Location: { $location }

lead-edit-unread = I could not read this, so nothing changed: { $line }. Write lines like "Company: Nordwerk". Fields are Name, Title, Company and Location, up to 200 characters each.

lead-delete-ask = Delete { $lead } with its plan, notes, reminders and history? This cannot be undone.

lead-handed-over = { $by } gave { $lead } to { $name }, with its plan, notes and history. Your messages about it stay in this chat.

lead-taken-over = { $by } gave you { $lead }, with its plan, notes and history.

lead-deleted = { $lead } is deleted, with all that belonged to it.

button-lead-status = Status
button-lead-draft = Draft
button-lead-note = Add note
button-lead-edit = Edit
button-lead-log = History
button-lead-delete = Delete
button-lead-delete-yes = Yes, delete

outcome-won =
    { $xp ->
        [0] Well done: { $lead } is won. It counts in your numbers; points come once for a person, and for { $limit } wins a week at most. What decided it? One or two sentences help you with the next one.
       *[other] Well done: { $lead } is won, and that is +{ $xp } XP. What decided it? One or two sentences help you with the next one.
    }

outcome-lost = { $lead } is closed, and I stop the reminders. What decided it? One or two sentences help you with the next one.

outcome-size = One or two sentences, at most { $limit } characters.

outcome-kept = Noted with the lead.

outcome-skipped = All right.

button-outcome-skip = Skip

merge-ask = You already have { $lead }. Is this the same person?

merge-known = You have worked on { $lead } before, so I brought this to the lead you have: its notes, plan and history stay.

merge-done = One lead now: what you knew of { $lead } goes on in the new one, and the former reading is kept.

merge-kept = Two leads, then.

button-merge-yes = Yes, merge them
button-merge-no = No, another person
