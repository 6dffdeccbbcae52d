// The one client of this page, made when the page starts.

import { Client } from "./client";

let made: Client | null = null;

export function openAccess(initData: string, unreachedText: () => string): Client {
  made = new Client(initData, unreachedText);
  return made;
}

export function client(): Client {
  if (!made) throw new Error("openAccess comes before the first request");
  return made;
}
