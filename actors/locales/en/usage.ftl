# What model calls used.

command-usage = What my model calls used

usage-none = Nothing yet: no model was asked for you in the last 30 days.
usage-title = What your model calls used (days are UTC)
usage-today = Today: { $answers ->
    [one] 1 answer
   *[other] { $answers } answers
}, { $tokens } tokens ({ $cached } from cache), ${ $cost }
usage-week = Last 7 days: { $answers ->
    [one] 1 answer
   *[other] { $answers } answers
}, { $tokens } tokens ({ $cached } from cache), ${ $cost }
usage-month = Last 30 days: { $answers ->
    [one] 1 answer
   *[other] { $answers } answers
}, { $tokens } tokens ({ $cached } from cache), ${ $cost }
usage-agents = By task, over 30 days:
usage-agent = { $agent }: { $answers ->
    [one] 1 answer
   *[other] { $answers } answers
}, { $tokens } tokens ({ $cached } from cache), ${ $cost }
usage-left-usd = Left of today's budget on the team's key: ${ $left } of ${ $of }
usage-left-tokens = Left of today's budget on the team's key: { $left } of { $of } tokens
usage-unbounded = There is no daily budget.
usage-unpriced = { $answers ->
    [one] 1 call has
   *[other] { $answers } calls have
} no known price and no part in the sums.
