// The client's theme as CSS variables, live; every colour that carries text is made readable first.

import { on, post } from "./bridge";
import { isDark, mixed, readable } from "./colours";
import { coloursOf, type Theme } from "./launch";

const LIGHT: Theme = {
  bg_color: "#ffffff",
  secondary_bg_color: "#f0f1f5",
  text_color: "#10151b",
  button_color: "#1f6fc4",
  button_text_color: "#ffffff",
  link_color: "#1f6fc4",
  destructive_text_color: "#b3261e",
};
const DARK: Theme = {
  bg_color: "#17212b",
  secondary_bg_color: "#0e1621",
  text_color: "#f2f5f7",
  button_color: "#2f7fd1",
  button_text_color: "#ffffff",
  link_color: "#6ab7ff",
  destructive_text_color: "#ff8a80",
};

/** Follow the client's theme from now on. */
export function followTheme(first: Theme): void {
  apply(first);
  on("theme_changed", (data) => apply(coloursOf(data["theme_params"])));
  post("web_app_request_theme");
}

/** The variables for a theme: `--surface` is a card's ground, `--ground` the page's. */
export function variables(given: Theme): Record<string, string> {
  const dark = given["bg_color"] ? isDark(given["bg_color"]) : matchMedia("(prefers-color-scheme: dark)").matches;
  const theme = { ...(dark ? DARK : LIGHT), ...given } as Record<string, string>;
  const pick = (name: string): string => theme[name] ?? "#808080";
  const [surface, ground] = [theme["section_bg_color"] ?? pick("bg_color"), pick("secondary_bg_color")];
  const soft = mixed(surface, pick("text_color"), 0.07);
  const grounds = [surface, ground, soft];
  const text = readable(pick("text_color"), ...grounds);
  const button = readable(pick("button_color"), pick("button_text_color"));
  return {
    "--surface": surface,
    "--ground": ground,
    "--soft": soft,
    "--line": mixed(surface, text, 0.16),
    "--text": text,
    "--faint": readable(mixed(text, surface, 0.4), ...grounds),
    "--accent": readable(pick("link_color"), ...grounds),
    "--button": button,
    "--button-text": pick("button_text_color"),
    "--bad": readable(pick("destructive_text_color"), ...grounds),
    "--good": readable(dark ? "#6fd08c" : "#1b7f3b", ...grounds),
    "--warn": readable(dark ? "#f0b429" : "#8a5a00", ...grounds),
    "color-scheme": dark ? "dark" : "light",
  };
}

function apply(theme: Theme): void {
  const named = variables(theme);
  for (const [name, value] of Object.entries(named)) document.documentElement.style.setProperty(name, value);
  const [ground, surface] = [named["--ground"], named["--surface"]];
  post("web_app_set_header_color", { color: ground });
  post("web_app_set_background_color", { color: ground });
  post("web_app_set_bottom_bar_color", { color: surface });
}
