# Recordings: while they are listened to, what was heard, and why nothing could be.

voice-listening = 🎧 Listening…

voice-heard = 🎙 I heard: { $text }

voice-cancelled = Stopped listening. What you sent with that recording was left out too; send it again, or type it.

voice-moved-on = You had moved on before I understood the recording, so I did nothing with it. Shall I work on it as a prospect?

voice-kept = I understood you, but I cannot reach the records right now, and this needs them. Your words are kept: tap Try again in a minute.

voice-no-key = A key must be typed: paste it as a text, or /cancel.

voice-full = More than { $limit } messages wait for what I am listening to. Let me finish first, then send the rest.

voice-failed-too_large = This recording is larger than { $megabytes } MB, the most I can fetch. Send it in shorter parts.

voice-failed-too_long = This recording is longer than { $minutes } minutes, the most I listen to at once. Send it in shorter parts.

voice-failed-too_short = This recording is too short to hear anything in it. Record it again, or type it.

voice-failed-no_speech = I heard no words in this recording. Record it again closer to the microphone, or type it.

voice-failed-practice = The sandbox cannot hear: it reads the words from the file's TRANSCRIPT comment, and this one has none. Type it, or set ASSEMBLYAI_API_KEY.

voice-failed-unreadable = I cannot open this as sound. Send it as a voice note, or type it.

voice-failed-file_gone = Telegram no longer has this recording. Send it again.

voice-failed-uncertain = The connection broke just as I handed your recording over. I did not repeat it by myself, because it may be charged twice: tap Try again, or type it.

voice-failed-rate_limited = Too many recordings are being listened to right now. Yours is kept: tap Try again in { $seconds } s, or type it.

voice-failed-unavailable = The service that listens cannot be reached right now. Your recording is kept: tap Try again in a minute, or type it.

voice-failed-deadline = The service that listens did not answer in time. Your recording is kept: tap Try again, or type it.

voice-failed-misconfigured = The voice settings of this coach need your team lead. Your recording is kept: tap Try again once they are fixed, or type it.
