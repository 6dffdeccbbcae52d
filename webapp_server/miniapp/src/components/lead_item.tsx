// One lead in a list: who, where they stand, and what is next.

import type { Schema } from "../api/types";
import { t } from "../texts/texts";
import { relative } from "../texts/times";
import { Icon } from "./icon";
import { Link } from "./link";

type Line = Schema<"LeadLine">;

export function LeadItem({ lead }: { readonly lead: Line }) {
  return (
    <li class="item">
      <Link to={`/leads/${lead.id}`} class="grow">
        <strong>{nameOf(lead)}</strong>
        <span class="faint">{[lead.title, lead.company].filter(Boolean).join(", ") || relative(lead.updated_at)}</span>
        {lead.next_step && <span class="faint noted"><Icon name="clock" />{lead.next_step}</span>}
      </Link>
      {lead.overdue && <span class="chip warn">{t("overdue")}</span>}
      <span class="chip">{t(`status-${lead.status}`)}</span>
    </li>
  );
}

export function nameOf(lead: Line): string {
  return lead.name ?? lead.company ?? t("lead-nameless");
}
