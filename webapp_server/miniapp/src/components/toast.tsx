// Short news at the foot of the page, said to screen readers too; it goes by itself.

import { signal } from "@preact/signals";

const SHOWN_MS = 4000;
const shown = signal("");
let timer = 0;

export function toast(text: string): void {
  shown.value = text;
  clearTimeout(timer);
  timer = window.setTimeout(() => {
    shown.value = "";
  }, SHOWN_MS);
}

export function Toasts() {
  return <div class="toast" role="status" hidden={shown.value === ""}>{shown.value}</div>;
}
