// Where a link into the page leads: `startapp` holds a screen and, after the first underscore, what it is of.
// Source: core.telegram.org/bots/webapps, "Direct link Mini Apps": letters, digits, _ and - only.

const SCREENS: Readonly<Record<string, string>> = {
  dashboard: "/",
  leads: "/leads",
  board: "/leads/board",
  support: "/support",
  learn: "/learn",
  train: "/train",
  casebook: "/casebook",
  profile: "/profile",
  stats: "/profile",
  memory: "/memory",
  usage: "/usage",
  settings: "/settings",
  admin: "/admin",
};
const OF: Readonly<Record<string, string>> = {
  lead: "/leads/",
  case: "/support/",
  learn: "/learn/",
  train: "/practice/",
  casebook: "/casebook/",
};

/** The screen that a start parameter names; null for one that names none. The ids are those of the bot's own links. */
export function startScreen(parameter: string): string | null {
  const [word = "", ...rest] = parameter.split("_");
  if (rest.length === 0) return SCREENS[word] ?? null;
  const prefix = OF[word];
  return prefix ? prefix + encodeURIComponent(idOf(word, rest, parameter)) : null;
}

/** A level's dot is an underscore in a link, and a drill's id begins with the link's own word. */
function idOf(word: string, rest: readonly string[], parameter: string): string {
  if (word === "learn") return rest.join(".");
  return word === "train" ? parameter : rest.join("_");
}
