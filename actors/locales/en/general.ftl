# What belongs to no flow: help, refusals, leaving. Values in braces come from the code; model text is never in here.

command-help = What I can do

command-cancel = Stop what is under way

refused = This coach is by invitation. Ask your team lead to add @{ $username } to the list, then press Start again.

refused-no-username = This coach is by invitation and knows people by their Telegram username. Choose one in Telegram's settings, ask your team lead to add it to the list, then press Start again.

help =
    What I can do for you:

    /support: paste a prospect and get an analysis, a closing strategy, tactics and a draft
    /leads: everyone you handed in, where they stand and what comes next
    /learn: lessons, level by level
    /train: a two-minute drill, scored by a rubric you see first
    /stats: your numbers
    /casebook: drafts that worked for the team
    /memory: what I remember of how you sell, to put right or forget
    /settings: key, model, time zone, quiet hours, reminders
    /usage: what your model calls used
    /export, /delete: everything I know of you, as a file or gone
    /cancel: stop what is under way, at any moment
    /help: this page

    You can also just paste a prospect without a command, and say in a voice note whatever you would type. What you paste stays between you, me and the model that reads it; a voice note goes to the service that listens, and is deleted there once I have its words.

refused-revoked = Your access to this coach was ended by your team lead. Ask them if that is a mistake.

unknown-command-meant = I do not know { $command }. Did you mean { $meant }?

unknown-command = I do not know { $command }. /help shows what I can do.

cancelled-flow = Left. /help shows what I can do.

nothing-to-cancel = There is nothing under way. /help shows what I can do.

edited-too-late = I had already taken the message before you changed it. Send the new version as a message of its own.
unreadable-kind = I can work with text, pictures and voice notes. Send what matters in one of these.

no-pictures-here = A picture is no help here: write it in words, or /cancel.

page-not-there = That is not there, or no longer.

page-lead-open = Close the lead first: won or lost. Then say what decided it.

page-scenario-closed = That scenario is not open. Start it again, then answer.

page-no-taker = That person cannot be given a lead. Choose somebody who uses the coach.

page-own-already = { $name } has that lead already.

page-drill-retired = That drill is retired already.

page-drill-handed-out = That drill is handed out already.

page-drill-twin = A drill in the pool is almost the same. Change the situation first, then bring it back.

page-drill-faults = That drill does not pass yet: { $faults }.

page-bad-body = The page and the coach do not understand each other. Open the page again from the chat.

stale-button = That button is no longer in use. /help shows what I can do.

broken-update = Something in your last message broke on my side. It is noted for the operators; please send it in another form.

records-unreachable = I cannot reach the records right now. Your message is kept, and I answer as soon as they are back.

records-behind = The records lag far behind just now. Nothing you send is lost, but answers may take longer until they have caught up.

page-records-behind = The records lag too far behind to take in anything new just now. Nothing was changed; try again in a few minutes.

records-unreachable-now = I cannot reach the records right now, and this needs them. Send it again in a minute; a prospect can be worked on meanwhile.

button-app = App

button-open-in-app = Open in the app
