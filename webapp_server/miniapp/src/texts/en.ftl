# The Mini App's texts. A translation is a file beside this one, named by its language.

# Everywhere
skip = Skip to the content
navigation = Main
loading = Loading
offline = The coach cannot be reached. What you see may be old; I keep trying.
unreached = The coach cannot be reached. Check your connection and try again.
try-again = Try again
copy = Copy
copied = Copied.
not-copied = This client does not let me copy. Hold the text to select it.
no = No
yes = Yes
save = Save
saved = Saved.
delete = Delete
done = Done
undo = Undo
keep = Keep
pages = Pages
newer = Newer
older = Older
page-of = { $page } of { $pages }
under-way = Working on it…
to-chat = Open the chat
to-dashboard = To Today
open-in-telegram-title = Open me in Telegram
open-in-telegram = This page works inside Telegram: open the chat with your coach and tap the button beside the message field.
refused-title = You cannot come in
nowhere-title = Nothing here
nowhere = This address leads nowhere, or no longer.

nav-today = Today
nav-leads = Leads
nav-support = Coach
nav-practice = Practice
nav-profile = Me

# Today
dashboard = Today
hello = Hello { $name }. This is what counts today.
not-set-up-title = One tap to begin
not-set-up = Write /start in the chat and choose how I think for you. Then everything is here too.
due =
    { $count ->
        [one] One step is due
       *[other] { $count } steps are due
    }
due-none-title = Nothing is due
due-none = Every plan is on time. A good moment for a new prospect or a drill.
done-step = Done: { $step }
add-prospect = Paste a prospect
standing = Level { $level }, { $rank }
xp-of = { $got } of { $needed } XP to the next level
streak =
    { $days ->
        [0] no streak yet
        [one] a streak of one day
       *[other] a streak of { $days } days
    }
drill-of-the-day = Drill of the day
drill-about = { $persona }, { $category }
difficulty-0 = Any
difficulty-1 = ★ Warm
difficulty-2 = ★★ Resistant
difficulty-3 = ★★★ Hard
begin-drill = Begin
weak = Worth practising
practise-these = Practise

# Leads
leads = Leads
lead = Lead
board = Board
list = List
search-leads = Search leads
show = Show
filter-open = Open
filter-all = All
filter-analyzed = Analyzed
filter-reached_out = Reached out
filter-meeting_booked = Meeting booked
filter-in_progress = In progress
filter-closed_won = Won
filter-closed_lost = Lost
leads-count =
    { $count ->
        [one] One of { $total }
       *[other] { $count } of { $total }
    }
leads-none-title = No leads yet
leads-none = Paste a prospect and I keep the answer as your first lead.
leads-no-fit-title = No lead fits
leads-no-fit = Try fewer words, or show all leads.
leads-none-of-status = None of your leads stands there.
lead-nameless = A prospect without a name
overdue = Overdue
status = Status
status-analyzed = Analyzed
status-reached_out = Reached out
status-meeting_booked = Meeting booked
status-in_progress = In progress
status-closed_won = Won
status-closed_lost = Lost
status-of = Status of { $name }
status-count = { $status } ({ $count })
column-none = Nobody
more-leads = { $count } more

name = Name
title = Title
company = Company
location = Location
outcome = What decided it
outcome-ask = What decided it?
edit-fields = Put names and company right
lead-delete = Delete this lead
lead-delete-sure = Everything about { $name } goes: plan, notes, history, drafts. This cannot be undone.
lead-deleted = The lead is deleted.

draft-for = Draft for { $platform }
analysis = How I read them
concern = What holds them back
signal = Buying signal
stage = Stage
prospect-type = Who they are
background = Their background
strategy = Strategy
objection = Objection to expect
objection-answer = What to say then
tactics = How to stay in touch
timing = When
comment = A comment to write

plan = Plan
plan-none = No plan yet. I make one of a few dated steps, each with its draft.
plan-make = Make a plan
plan-again = New plan
steps-settled = { $settled } of { $steps } steps settled
step-done = done
step-skipped = skipped
skip-step = Skip
action-email = E-mail
action-call = Call
action-message = Message
action-comment = Comment
action-meeting = Meeting
action-research = Research
reminder = I remind you on { $when }
reminder-later = Remind me later
delay-3h = In 3 hours
delay-1d = Tomorrow
delay-3d = In 3 days
delay-7d = In a week
delay-stop = Not any more

research = Web research
research-make = Research them on the web
research-again = Research again
former-research = Research of { $when }

news = Notes and news
note-ask = A note for yourself
note-add = Add the note
news-ask = Something new that I should know
news-add = Tell the coach
advise = Advise me
analyse-again = Analyse again

history = History
answer = Answer
revision = Read anew on { $when }
happened-ai_advice = Advice
happened-context_update = News
happened-merged = Merged
happened-outcome = Outcome
happened-plan_made = Plan made
happened-prospect_response = Their answer
happened-re_analysis = Analysed again
happened-reminder_sent = Reminded
happened-screenshot_comment = Comment drafted
happened-status_change = Status changed
happened-web_research = Research
happened-note = Note
happened-step_done = Step done
happened-step_skip = Step skipped
happened-step_undo = Step taken back
