// How Telegram opened the page: the launch parameters of the address's fragment.
// Source: docs.telegram-mini-apps.com, "Launch parameters". They are kept for this tab, because a reload may lose them.

export type Theme = Readonly<Record<string, string>>;

export interface Launch {
  /** Signed by Telegram; empty outside of it. */
  readonly initData: string;
  readonly version: string;
  readonly platform: string;
  readonly theme: Theme;
  /** Where the link led, as whoever made it chose: never more than a wish. */
  readonly start: string;
}

const KEPT = "launch";
const COLOUR = /^#[0-9a-f]{6}$/i;

/** Read the launch parameters once and clean them from the address, so that nobody copies them with it. */
export function readLaunch(): Launch {
  const fragment = location.hash.slice(1);
  const given = fragment.slice(fragment.indexOf("?") + 1);
  if (given.includes("tgWebAppData=")) {
    sessionStorage.setItem(KEPT, given);
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  return parseLaunch(sessionStorage.getItem(KEPT) ?? "");
}

export function parseLaunch(given: string): Launch {
  const values = new URLSearchParams(given);
  const initData = values.get("tgWebAppData") ?? "";
  return {
    initData,
    version: values.get("tgWebAppVersion") ?? "6.0",
    platform: values.get("tgWebAppPlatform") ?? "unknown",
    theme: parseTheme(values.get("tgWebAppThemeParams") ?? "{}"),
    start: values.get("tgWebAppStartParam") ?? new URLSearchParams(initData).get("start_param") ?? "",
  };
}

function parseTheme(text: string): Theme {
  try {
    return coloursOf(JSON.parse(text));
  } catch {
    return {}; // a client that sends no readable theme gets ours
  }
}

/** The entries that are colours; everything else a client might send is left out. */
export function coloursOf(given: unknown): Theme {
  const entries = Object.entries((given as Record<string, unknown> | null) ?? {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => COLOUR.test(String(entry[1]))));
}
