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

/** The screen that a start parameter names; null for one that names none. */
export function startScreen(parameter: string): string | null {
  const [word = "", ...rest] = parameter.split("_");
  const id = rest.join("_");
  const prefix = OF[word];
  if (id) return prefix ? prefix + encodeURIComponent(id) : null;
  return SCREENS[word] ?? null;
}
