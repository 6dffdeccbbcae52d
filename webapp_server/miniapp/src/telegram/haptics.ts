// A short buzz where something was done or could not be; never for mere touching.

import { knows, post } from "./bridge";

export type Outcome = "success" | "warning" | "error";

export function buzz(outcome: Outcome): void {
  if (knows("6.1")) post("web_app_trigger_haptic_feedback", { type: "notification", notification_type: outcome });
}
