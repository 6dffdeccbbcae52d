// The wire to the Telegram client around the page: events out, events in.
// Source: docs.telegram-mini-apps.com, "Methods" and "Events"; core.telegram.org/bots/webapps.

import type { Launch } from "./launch";

type Handler = (data: Record<string, unknown>) => void;

interface Proxy {
  postEvent(type: string, data: string): void;
}

declare global {
  interface Window {
    TelegramWebviewProxy?: Proxy;
    Telegram?: { WebView?: { receiveEvent(type: string, data: unknown): void } };
    TelegramGameProxy?: { receiveEvent(type: string, data: unknown): void };
    TelegramGameProxy_receiveEvent?: (type: string, data: unknown) => void;
  }
  interface External {
    notify?: (json: string) => void;
  }
}

const handlers = new Map<string, Set<Handler>>();
let version: readonly number[] = [6, 0];

/** Connect to the client; before this nothing is heard. */
export function connect(launch: Launch): void {
  version = launch.version.split(".").map(Number);
  window.Telegram = { ...window.Telegram, WebView: { receiveEvent: receive } };
  window.TelegramGameProxy = { receiveEvent: receive };
  window.TelegramGameProxy_receiveEvent = receive;
  window.addEventListener("message", (message) => {
    if (message.source === window.parent && message.source !== window) receiveText(message.data);
  });
}

/** Whether the client's version knows what came with `wanted`, such as "8.0". */
export function knows(wanted: string): boolean {
  const parts = wanted.split(".").map(Number);
  const [major = 0, minor = 0] = version;
  const [wantedMajor = 0, wantedMinor = 0] = parts;
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** Tell the client something; where there is none, nothing happens. */
export function post(type: string, data: object = {}): void {
  if (window.TelegramWebviewProxy) {
    window.TelegramWebviewProxy.postEvent(type, JSON.stringify(data));
  } else if (typeof window.external?.notify === "function") {
    window.external.notify(JSON.stringify({ eventType: type, eventData: data }));
  } else if (window.parent !== window) {
    // Which parents may frame the page is said by its frame-ancestors policy; what is posted holds no data of the rep.
    window.parent.postMessage(JSON.stringify({ eventType: type, eventData: data }), "*");
  }
}

/** Hear an event until the returned function is called. */
export function on(type: string, handler: Handler): () => void {
  const known = handlers.get(type) ?? new Set<Handler>();
  handlers.set(type, known.add(handler));
  return () => known.delete(handler);
}

function receive(type: string, data: unknown): void {
  const given = typeof data === "string" ? parsed(data) : data;
  for (const handler of [...(handlers.get(type) ?? [])]) handler((given as Record<string, unknown> | null) ?? {});
}

function receiveText(text: unknown): void {
  const message = (typeof text === "string" ? parsed(text) : text) as { eventType?: unknown; eventData?: unknown } | null;
  if (typeof message?.eventType === "string") receive(message.eventType, message.eventData);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // not one of the client's events
  }
}
