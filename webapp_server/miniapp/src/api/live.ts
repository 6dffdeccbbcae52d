// What changes while the page is open: the server says that something did, and what is shown is asked anew.

import { signal } from "@preact/signals";
import { type Client, RequestFailed } from "./client";
import { EventParser, type ServerEvent } from "./events";

/** Whether the server was reached last time it was tried. */
export const online = signal(true);
/** Why the server admits this page no more, in its own words: `gone` for good, or until it is opened again. */
export const ended = signal<{ readonly text: string; readonly gone: boolean } | null>(null);
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

/** Follow the server's events while it admits the page; a broken stream is opened again, and what was missed asked for. */
export async function follow(client: Client): Promise<void> {
  for (let failures = 0; !ended.value; failures += 1) {
    try {
      await listen(client, () => {
        if (failures) refresh();
        failures = 0;
      });
    } catch (error) {
      if (refused(error)) return;
      online.value = false; // the notice on every page says so until it is back
    }
    await pause(PATIENCE_MS[Math.min(failures, PATIENCE_MS.length - 1)] ?? 10000);
  }
}

/** Whether the server said that it admits the page no more; the frame around every screen says so from then on. */
export function refused(error: unknown): boolean {
  if (!(error instanceof RequestFailed) || (error.status !== 401 && error.status !== 403)) return false;
  ended.value = { text: error.message, gone: error.status === 403 };
  online.value = true;
  return true;
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
