// The statuses of a lead in the order of a sale.

import type { Status } from "../api/types";

export const STATUSES: readonly Status[] = ["analyzed", "reached_out", "meeting_booked", "in_progress", "closed_won", "closed_lost"];
