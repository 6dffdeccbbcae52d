# The set-up.

command-start = Set up or start over

welcome =
    Hello { $name }, I am Cornerman, your sales coach.

    Paste a prospect: a profile, an e-mail thread, a chat. You get a reading of the person, a closing strategy, tactics and a draft you can send. Try it with one now, before you set up anything.

    How shall I think for you?

welcome-back = Welcome back, { $name }. Paste a prospect, or see /help for all I can do. Your key, model and reminders are in /settings.

sample-ask =
    Paste a prospect: who they are, what they wrote, where the deal stands. Copy a profile, an e-mail or a chat as it is, send a screenshot, or say it in a voice note.

    This first one is a sample: nothing of it is kept.

sample-over = That was your free sample; nothing of it was kept. Set up in one tap, and I remember your leads, plan the next steps and train you.

button-quick = Quick set-up: the team's key

button-own = Use my own key

button-back = Back

button-openrouter = OpenRouter

button-anthropic = Anthropic

choose-provider = Whose key do you have?

enter-key-openrouter =
    Send me your OpenRouter key as one message. It begins with sk-or- and is made at openrouter.ai under Keys.

    I check it with OpenRouter, store it encrypted and delete your message. /cancel to leave it.

enter-key-anthropic =
    Send me your Anthropic key as one message. It begins with sk-ant- and is made at console.anthropic.com under API keys.

    I check it with Anthropic, store it encrypted and delete your message. /cancel to leave it.

key-shape-openrouter = That does not look like an OpenRouter key: it begins with sk-or- and has no spaces. Send the key, or /cancel.

key-shape-anthropic = That does not look like an Anthropic key: it begins with sk-ant- and has no spaces. Send the key, or /cancel.

key-removed = I deleted your message, because it looks like a key.

key-stray = There is an API key in what you sent, so I gave it to nobody, and to no model. To work with your own key, choose Key in /settings; to go on with a prospect, send the rest without it.

key-stray-removed = I deleted your message.

key-stray-left = Please delete it from this chat, too.

key-checking = Checking your key with { $provider }…

key-rejected = { $provider } does not accept this key. Copy it again in full and send it, or /cancel.

key-unreachable = { $provider } cannot be reached, so I could not check the key and have not kept it. Send it again in a minute, or /cancel.

key-wait = I am still checking your key. One moment, or /cancel.

setup-done-team =
    You are set up with the team's key.

    Paste your first prospect now: a profile, an e-mail thread, a chat. Anything from a few lines up.

setup-done-own =
    Your { $provider } key works and is stored encrypted. I deleted your message.

    Paste your first prospect now: a profile, an e-mail thread, a chat. Anything from a few lines up.

key-switched-team = From your next message on I think with the team's key.

key-switched-own =
    Your { $provider } key works and is stored encrypted. I deleted your message.

    From your next message on I think with it.

button-first-lesson = A first lesson

button-first-drill = A first drill

setup-first = First choose how I should think for you; it takes one tap.
