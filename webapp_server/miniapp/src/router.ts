// Addresses of the page: a path under /app/ is a screen, and the browser's history is the way back.

import { computed, signal } from "@preact/signals";

const BASE = "/app";

interface Entry {
  /** How many screens of ours lie behind this one. */
  readonly depth: number;
}

export const path = signal(currentPath());
const depth = signal(depthNow());

/** Whether going back stays within the page. */
export const canGoBack = computed(() => depth.value > 0);

/** Go to a screen, such as "/leads/7"; `replace` leaves no way back to the present one. */
export function go(to: string, { replace = false } = {}): void {
  if (to === path.value) return;
  const entry: Entry = { depth: replace ? depth.value : depth.value + 1 };
  history[replace ? "replaceState" : "pushState"](entry, "", BASE + to);
  follow();
  window.scrollTo(0, 0);
}

export function back(): void {
  if (canGoBack.value) history.back();
  else go("/", { replace: true });
}

export function startRouting(): void {
  window.addEventListener("popstate", follow);
}

/** The parameters of a pattern such as "/leads/:id", or null where the path is another. */
export function matched(pattern: string, given: string): Record<string, string> | null {
  const [wanted, parts] = [pattern.split("/"), given.split("/")];
  if (wanted.length !== parts.length) return null;
  const found: Record<string, string> = {};
  for (const [index, name] of wanted.entries()) {
    const part = parts[index] ?? "";
    if (name.startsWith(":")) found[name.slice(1)] = decodeURIComponent(part);
    else if (name !== part) return null;
  }
  return found;
}

export function address(to: string): string {
  return BASE + to;
}

function follow(): void {
  path.value = currentPath();
  depth.value = depthNow();
}

function currentPath(): string {
  return location.pathname.slice(BASE.length).replace(/\/+$/, "") || "/";
}

function depthNow(): number {
  return (history.state as Entry | null)?.depth ?? 0;
}
