// The parts of the screen that are the client's own: its safe areas, as CSS variables.

import { knows, on, post } from "./bridge";

const SIDES = ["top", "right", "bottom", "left"] as const;

/** Follow the safe areas of device and client, and take the whole height. */
export function followViewport(): void {
  post("web_app_expand");
  if (!knows("8.0")) return;
  on("safe_area_changed", (data) => set("safe", data));
  on("content_safe_area_changed", (data) => set("content", data));
  post("web_app_request_safe_area");
  post("web_app_request_content_safe_area");
}

function set(kind: string, inset: Record<string, unknown>): void {
  for (const side of SIDES) {
    const pixels = Number(inset[side] ?? 0);
    if (Number.isFinite(pixels)) document.documentElement.style.setProperty(`--${kind}-${side}`, `${pixels}px`);
  }
}
