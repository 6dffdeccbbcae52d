// Ways out of the page, through the client.

import { knows, post } from "./bridge";

/** Open a web page outside of the Mini App. */
export function openLink(url: string): void {
  post("web_app_open_link", { url });
}

/** Close the Mini App, which leads back to the chat. */
export function close(): void {
  post("web_app_close");
}

/** The client is told that there is something to see. */
export function ready(): void {
  post("web_app_ready");
  if (knows("7.7")) post("web_app_setup_swipe_behavior", { allow_vertical_swipe: true });
}
