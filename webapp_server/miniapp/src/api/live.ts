// What changes while the page is open: the server says that something did, and what is shown is asked anew.

import { signal } from "@preact/signals";
import type { Client } from "./client";
import { EventParser, type ServerEvent } from "./events";

/** Whether the server was reached last time it was tried. */
export const online = signal(true);
/** The answers that are being written right now, by run. */
export const progress = signal<Readonly<Record<string, string>>>({});

const PATIENCE_MS = [500, 1000, 2000, 5000, 10000];
type Listener = () => void;
const listeners = new Set<Listener>();

/** Call `listener` whenever something of the rep's changed, until the returned function is called. */
export function onChange(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Everything that is shown is asked again. */
export function refresh(): void {
  for (const listener of [...listeners]) listener();
}

/** Follow the server's events for good; a broken stream is opened again, and what was missed is asked for. */
export async function follow(client: Client): Promise<never> {
  for (let failures = 0; ; failures += 1) {
    try {
      await listen(client, () => {
        if (failures) refresh();
        failures = 0;
      });
    } catch {
      online.value = false; // the notice on every page says so until it is back
    }
    await pause(PATIENCE_MS[Math.min(failures, PATIENCE_MS.length - 1)] ?? 10000);
  }
}

async function listen(client: Client, opened: () => void): Promise<void> {
  const parser = new EventParser();
  const decoder = new TextDecoder();
  const reader = (await client.stream()).getReader();
  online.value = true;
  opened();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    for (const event of parser.take(decoder.decode(value, { stream: true }))) heard(event);
  }
}

function heard(event: ServerEvent): void {
  if (event.type === "progress") {
    const { run_id, text } = JSON.parse(event.data) as { run_id: string; text: string };
    progress.value = { ...progress.value, [run_id]: text };
  } else {
    refresh();
  }
}

/** Until the time is over, or the device says that it is online again. */
function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(over, milliseconds);
    function over(): void {
      clearTimeout(timer);
      window.removeEventListener("online", over);
      resolve();
    }
    window.addEventListener("online", over);
  });
}
