# /settings.

command-settings = Your key, time zone, quiet hours and reminders

settings =
    Your settings

    Models: { $provider }, { $key ->
        [own] on your own key
       *[team] on the team's key
    }
    Model: { $model }
    Time zone: { $zone }, it is { $time } now
    Quiet hours: { $quiet }
    Reminders: { $reminders ->
        [on] on
       *[off] off
    }
settings-no-quiet = none
settings-key = Whose key shall I think with? A new choice takes effect with your next message.
settings-zone = Where are you? Send a city (Berlin), a zone (America/New_York) or an offset (UTC+2).
settings-zone-unknown = I do not know that place. Send a larger city near you, or an offset such as UTC+2. /cancel keeps it as it is.
settings-quiet = When shall I not write to you on my own?
settings-quiet-range = Quiet hours begin and end at a whole hour from 0 to 23.
settings-reset =
    Start your practice over? All scores, points, levels and streaks go, for good.

    Your leads, memory and settings stay.
settings-reset-done = Your practice starts over: no scores, no points, level 1.
settings-closed = Settings closed. /settings opens them again.
model-asking = Asking the provider which models it has… Send part of a name to search.
model-unreachable = The provider cannot be asked right now. Your model stays as it is; try again in a minute.
model-none = No model I may use has “{ $words }” in its name. Send other words, or /cancel.
model-words = Send a part of the model's name, at most { $limit } characters, or /cancel.
model-choose =
    Yours is { $model }.

    { $shown } of { $found }, free ones first; prices are US dollars for a million tokens, in and out. Tap one, or send part of a name.
model-not-offered = That model is not offered to you now. Look at the list again and choose from it.
settings-language-unknown = I do not speak that language. Choose one of those in the list.
model-chosen = From the next message on I think with { $model }.
model-free = { $name }: free
model-priced = { $name }: { $price }
button-model = Model
button-key = Key
button-zone = Time zone
button-quiet = Quiet hours
button-reminders-on = Reminders on
button-reminders-off = Reminders off
button-reset = Start practice over
button-reset-yes = Yes, delete my practice
button-close = Close
