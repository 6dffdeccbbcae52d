// Every screen by its address; the first pattern that fits is shown.

import type { Screen } from "./app";
import { Dashboard } from "./pages/dashboard";
import { LeadPage } from "./pages/lead";
import { BoardPage } from "./pages/board";
import { LeadsPage } from "./pages/leads";

export const SCREENS: readonly (readonly [string, Screen])[] = [
  ["/", Dashboard],
  ["/leads", LeadsPage],
  ["/leads/board", BoardPage],
  ["/leads/:id", LeadPage],
];
