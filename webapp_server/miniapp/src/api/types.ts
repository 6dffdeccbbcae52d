// The server's types by their names, from the document that it generates of itself.

import type { components } from "./schema";

export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];
export type Status = Schema<"LeadStatus">;
