# Work on a lead: its plan, reminders, news, comments and research.

button-lead-plan = Plan
button-lead-make-plan = Make a plan
button-lead-news = Something new
button-lead-comment = Comment on a post
button-lead-research = Web research

plan-title =
    Plan for { $lead }
    Goal: { $goal }

plan-due = due { $day }

plan-through = Every step is settled. Tell me what is new and I plan on, or close the lead.

plan-under-way = I am already planning this one.

plan-done = Done. Well worked.

plan-proof = Proof kept with a step of { $lead }: { $step }.

plan-skip = Skipped.

plan-undo = Taken back.

action-email = E-mail
action-call = Call
action-message = Message
action-comment = Comment
action-meeting = Meeting
action-research = Research

button-step-done = Done
button-step-skip = Skip
button-step-draft = Draft
button-step-undo = Undo the last
button-plan-again = New plan

remind =
    { $tone ->
        [first] Today for { $lead }
       *[again] Still open for { $lead }
        [last] { $lead }: I ask a last time, then I leave it to you
    }

    { $action }: { $step }
    { $detail }

remind-later = When shall I remind you of { $lead } again?

remind-moved = All right: I remind you of { $lead } on { $when }.

remind-stopped = I say no more about this step of { $lead }. The next step brings reminders back.

button-remind-later = Later
button-remind-stop = Not any more
button-snooze-3h = In 3 hours
button-snooze-1d = Tomorrow
button-snooze-3d = In 3 days
button-snooze-7d = In a week

digest =
    { $count ->
        [one] One open lead has heard nothing from you for a week or more:
       *[other] { $count } open leads have heard nothing from you for a week or more. The longest first:
    }

news-ask = What is new about { $lead }? Send texts or screenshots, as many as you like; then choose what I do with them.

news-size = Send words, at most { $limit } characters in one message.

news-kept = Kept with the lead. More, or shall I work with it?

news-read =
    Kept with the lead. I read:

    { $text }

news-done = Kept with the lead.

button-advise = Advise me
button-reanalyse = Analyse again
button-news-done = That is all
button-versions = Earlier readings

advice-message = What you could write:

advice =
    { $lead }

    { $assessment }

    What to do next:
    { $moves }

analysed =
    { $count ->
        [0] I read { $lead } again: nothing changed in my reading. Next: { $next }
       *[other] I read { $lead } again. Next: { $next }. What changed:
    }

change =
    { $field }
    before: { $was }
    now: { $now }

change-stage = Stage
change-key_concern = What holds them back
change-buying_signal = Buying signal
change-prospect_type = Their role
change-steps = Steps
change-objection = Objection to expect

versions =
    { $count ->
        [0] { $lead } was read once only.
       *[other] Earlier readings of { $lead }, newest first:
    }

version = { $day }: { $concern }

command-comment = Comments for a post, from a screenshot or text

comment-ask = Show me the post: a screenshot, or its text.

comment-size = I need the post itself: a screenshot, or its text of 10 to { $limit } characters.

comment-post = The post: { $post }

comment-wish-ask = What shall I change about the three comments? Say it in a sentence.

comment-gone = Those comments are no longer here to change. Show me the post once more.

button-copy-professional = Copy (professional)
button-copy-casual = Copy (casual)
button-copy-question = Copy (question)
button-comment-again = Another post

research =
    What the web says about { $lead }:

    { $text }

button-research-again = Search again
button-research-former = What I found before
button-research-now = What I found last

research-pages = Pages:

research-cut = (The text was longer than I can keep and ends here.)

research-former =
    What the web said about { $lead } until { $day } ({ $number } of { $count } former ones):

    { $text }
