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
proof-add = Add a picture as proof
proof-kept = The picture is kept with the step.
proof-of = Proof of { $when }
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

# The coach
support = Coach
prospect-ask = Who is it, and what did they say or do?
prospect-example = Paste a profile, an e-mail thread or a chat…
prospect-send = Get a strategy and a draft
add-picture = Add a screenshot
sending = Sending…
record = Say it
recording = Recording…
record-send = Send
record-discard = Throw away
record-refused = I cannot record here. Allow the microphone for this page, or write it.
listening = I am listening to your recording…
prospect-taken = Taken. The answer comes here and to the chat.
working =
    { $count ->
        [one] I am working on it
       *[other] { $count } in line
    }
in-line = In line…
stop = Stop
cases = Worked prospects
cases-none-title = No prospects yet
cases-none = Paste one above. You get a reading of the person, a closing strategy, tactics and a draft.
case = Prospect
case-text = What you gave me
reference = Playbook: { $section }
revise-shorter = Shorter
revise-bolder = Bolder
revise-again = Once more
revise-ask = Or say how it should be
revise-tell = Change it so
revise-taken = I am on it. The new draft comes here and to the chat.

# Learn and train
learn = Lessons
lessons = Lessons
lesson = Lesson
drills = Drills
learn-gate = Each lesson ends with a scenario; { $gate } of 100 opens the next one.
level-completed = Passed
level-in_progress = Begun
level-unlocked = Open
level-locked = Locked
best-of =
    { $attempts ->
        [one] { $best } of 100
       *[other] Best { $best } of { $attempts } answers
    }
key-points = Keep in mind
start-scenario = Start the scenario
train = Practice
train-about = A drill is one situation and one answer, about two minutes.
train-weak = Your weakest fields so far: { $fields }.
open-scenario = A scenario is open
go-on = Go on
recommended = Recommended
drills-count = { $drills } drills, { $unseen } new for you
begin-difficulty = Begin { $difficulty }
begin-any = Any difficulty
drills-none-title = No drills
drills-none = The pool is empty. Your admin can reload it.
scenario = Scenario
not-begun-title = You have not begun this one
not-begun = A scenario shows itself when you begin it; then its answer is waited for here and in the chat.
rubric = How it is scored
criterion = { $weight } for: { $what }
scoring = I am scoring your answer…
your-answer = Your answer
answer-ask = What do you say to { $name }?
answer-send = Send the answer
pace = { $took } of { $limit }
practise-again = Try it again
ideal-show = Model answer
ideal-note = After the model answer this scenario earns no more XP.
ideal = The model answer
mistakes = What often goes wrong
next-drill = Next drill
to-levels = All levels
to-lesson = To the lesson
score-passed = { $score } of 100: passed
score-not-passed = { $score } of 100
xp-earned =
    { $xp ->
        [0] no new XP
       *[other] +{ $xp } XP
    }
points-of = { $points } of { $maximum }
sign-good = ✓ { $text }
sign-bad = ✗ { $text }
missed = Not seen: { $signs }
try-saying = Try:
strengths = What worked
improvements = What to change
read-again = To read again in the playbook: { $section }

# Me
profile = Me
mine = What is kept of you
casebook = Casebook
usage = Usage
admin = Team
none-yet = none yet
answers = Answers
last-average = Average of the last ten
best = Best
badges = Badges
badge-earned = ★ { $name }
badge-open = { $name }: still open
scenario-gone = A drill that is no longer there
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

memory = Memory
memory-about = What I remember of how you sell. It shapes my answers, so put right what is wrong. Names of prospects are never kept.
memory-none-title = Nothing yet
memory-none = Prospects and drills teach me how you sell. Names of prospects are never kept.
memory-weak_area = To work on
memory-pattern = Habit
memory-response_length = Length you asked for
memory-preferred_tone = Tone you asked for
memory-language = Language you asked for
memory-evidence =
    { $seen ->
        [one] You wrote: “{ $quote }”
       *[other] Seen { $seen } times, last when you wrote: “{ $quote }”
    }
reword = Put it right
reword-ask = How should it read? One sentence.
forget = Forget it
forget-all = Forget everything
forget-all-sure = It does not come back, and I will not learn the same sentences again. Your leads and scores stay.

settings = Settings
thinking = How I think for you
provider = Models
model = Model
key = Key
key-own = your own
key-team = the team's
practice-model = This is the practice model of the sandbox; it costs nothing and knows only the playbook.
model-change = Choose another model
search-models = Search models
models-count = { $shown } of { $count }
model-use = Use
model-use-named = Use { $name }
model-yours = yours
model-free = free
model-price = ${ $input } in, ${ $output } out per million tokens
model-unpriced = price unknown
model-sees = sees pictures
model-chosen = From the next message on I think with { $name }.
key-change = Use a key of your own
key-provider = Provider
key-enter = Your key
key-about = It is encrypted at once, used for you alone, and never shown again.
key-send = Check and use it
key-checking = I am asking the provider about your key…
key-refused = The provider does not accept this key. Send it again, or another one.
key-use-team = Use the team's key again
language = Language
language-about = The language of buttons and menus. I answer in the language you write in.
language-none = As your Telegram
reset = Start practice over
reset-about = All scores, points, levels and streaks go. Leads, memory and settings stay.
reset-sure = This cannot be undone.
reset-yes = Start over
reset-done = Your practice starts over.
habits = When I write to you
time-zone = Time zone
quiet-from = Quiet from
quiet-to = Quiet until
quiet-about = The same hour twice means no quiet hours.
reminders = Remind me of due steps

data = My data
export = Take it with you
export-about = Everything I have stored of you, table by table. Your own key is in it only by name.
export-save = Save the file
delete-everything = Delete everything
delete-everything-about = Leads, notes, plans, practice, memory, your key and your settings go, for good.
delete-everything-sure = This cannot be undone. Messages in the chat are yours: Telegram's own “Delete chat” removes them.
delete-everything-yes = Delete

# The casebook
search-casebook = Search the casebook
casebook-none-title = The casebook is empty
casebook-none = When a draft worked, keep it: open the prospect under Coach and tap “I used this”. Names are left out.
casebook-no-fit-title = No case fits
casebook-no-fit = Try fewer words.
mine-chip = yours
case-save = I used this
case-save-about = Keeps the draft for the team, without names.
case-saved = It is in the casebook.
case-drop = Take it back
case-dropped = It is no longer in the casebook.

# Usage
usage-none-title = Nothing used yet
usage-none = Your first prospect or drill will show here.
budget = Today's budget on the team's key
budget-tokens = { $used } of { $limit } tokens
budget-usd = { $used } of { $limit }
by-period = Altogether
by-day = By day, this month
by-agent = By agent, this month
by-model = By model, this month
period-today = Today
period-week = Seven days
period-month = Thirty days
used-name = What
used-answers = Answers
used-tokens = Tokens
used-cost = Cost

# The team, for admins
admin-more = More of the team
admin-numbers = In numbers
admin-reps = Reps
admin-reps-active = { $reps }, { $active } active this week
admin-average = Average score
count-week = { $total }, { $week } this week
dash = –
milliseconds = { $count } ms
seconds = { $count } s
trends = This week and the week before
trends-none-title = No practice in two weeks
trends-none = Answers in lessons and drills show here how the team moves from week to week.
trend-mode = Practice
trend-now = This week
trend-before = Week before
mode-learn = Lessons
mode-train = Drills
attempts-average = { $attempts } · Ø { $average }
leaderboard = Doing well
board-none-title = Nobody has practised yet
board-none = The first lesson or drill puts a name here.
board-improved = Most improved
board-improved-none = Shows from four answers on.
board-practised = Most practice
board-scores = Best average
points-gained =
    { $points ->
        [one] one point better
       *[other] { $points } points better
    }
answers-count =
    { $count ->
        [one] one answer
       *[other] { $count } answers
    }
average-of = { $average } of 100
people = People
never-active = not active yet
last-active = active { $when }
level-xp = Level { $level } · { $xp } XP
yourself = You
shut-out = Shut out
revoke = Shut out
revoke-of = Shut out { $name }
revoke-sure = { $name } can no longer use the coach, in the chat or here, until you let them in again. Nothing of theirs is deleted.
restore = Let in
restore-of = Let { $name } in again
invitations = Invitations
invite-ask = Telegram username of the person
invite = Invite
invited = Invited. They can write to the coach now.
invited-none = Nobody is waiting to come in.
withdraw = Withdraw
withdraw-of = Withdraw the invitation of { $name }
rep = Rep
admin-level = How far
admin-seen = Last active
skills = Skills
skills-none-title = No practice yet
skills-none = After the first lesson or drill each skill has its average here.
skill-average = { $skill }: { $average } of 100
rep-leads-none = No leads yet.
admin-heatmap = Skills by rep
heatmap-about = Average score of 100 in each skill; the deeper the ground, the stronger. It shows where a session for all would help.
heatmap-none = After the first lesson or drill the skills of the team are here.
not-tried = not tried
admin-costs = Costs
costs-none = The team's first prospect or drill will show here.
unpriced =
    { $count ->
        [one] One call has no known price and is not in the cost.
       *[other] { $count } calls have no known price and are not in the cost.
    }
admin-leads = Leads by rep
team-leads-none-title = No leads yet
team-leads-none = Every prospect that a rep hands in becomes a lead and shows here.
hand-over = Hand to…
hand-over-of = Hand { $lead } to somebody
hand-over-sure = { $lead } goes from { $from } to { $to }, with plan, notes and history. Both are told in the chat.
hand-over-yes = Hand over
handed-over = { $lead } goes to { $name }.
admin-models = Models
models-about = An agent without a model of its own answers on the one that each rep chose. A choice here counts at once, for everybody on the team's key.
model-change-of = Choose a model for { $agent }
model-leave = Leave it to each rep
model-leave-of = Leave it to each rep: { $agent }
model-chosen-for = { $agent } answers on { $name } from now on.
model-chosen-here = chosen
prices = Models in use, over a month
prices-none = No model has been used yet.
prices-unreachable = The provider's list cannot be had now, so prices are missing.
price-used =
    { $answers ->
        [one] one answer, { $tokens } tokens
       *[other] { $answers } answers, { $tokens } tokens
    }
admin-scenarios = Drills
scenarios-about = What the team practises on. Drills made for the team can be changed and retired; those of the house stay as they are.
search-drills = Search drills
drill = Drill
drill-new = New drill
drill-add = Add the drill
drill-added = The drill is in the pool.
drill-gate = A drill goes to everybody at once, so it has to pass the same checks as those that the coach makes: a situation of 15 to 100 words, a model answer of 40 to 120, three common mistakes, three to five criteria whose weights sum to 100.
drill-shipped = house
drill-shipped-about = This drill comes with the house and stays as it is.
drill-made-about = Made for the team. Answers given before a change keep their scores.
drill-retired = retired
drill-retired-about = Retired: it is handed out no more.
drill-retire = Retire
drill-bring-back = Bring back
drill-who = The customer
drill-name = Name
drill-role = Role
drill-company = Company and its size
drill-background = What explains how they react
drill-category = Category
drill-difficulty = Difficulty
drill-what = What happens
drill-situation = Situation: what was said, and what the rep has to do
drill-ideal = Model answer
drill-mistakes = Common mistakes, one to a line
drill-rubric = How it is scored
drill-weights = The weights sum to { $sum } of 100.
choose = Choose
criterion-number = Criterion { $number }
criterion-add = Add a criterion
criterion-remove = Remove
criterion-remove-number = Remove criterion { $number }
criterion-id = Its id, one lower-case word
criterion-weight = Points
criterion-what = What it asks for
criterion-positive_signals = In a good answer, one to a line
criterion-negative_signals = In a bad answer, one to a line
model-of-rep = each rep's own
admin-knowledge = Knowledge
knowledge-sections = Sections of the playbook
knowledge-scenarios = Scenarios
knowledge-problems = Files to put right
knowledge-sound = All files are sound.
admin-runs = Runs
runs-none-title = No runs yet
runs-none = Whatever the coach works on shows here, step by step.
runs-newest = Newest runs
pipelines = How it goes
pipeline = Pipeline
runs-failed = Failed
run-average = Average
run-slowest = Slowest
failed-of = { $failed } of { $runs }
failed = Failed
run = Run
run-of = Run: { $pipeline }
run-began = Began
run-took = Took
run-ended = Ended
run-well = Well
spans = Step by step
spans-none = No steps were recorded.
span-times = { $took }, after { $after }
