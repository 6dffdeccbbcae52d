// The leads by status; a lead moves by its own menu, which a keyboard reaches as well as a finger.

import type { Schema, Status } from "../api/types";
import { useAction, useView } from "../api/views";
import { Card } from "../components/card";
import { nameOf } from "../components/lead_item";
import { Link } from "../components/link";
import { Failure, Page, With } from "../components/page";
import { STATUSES } from "../components/statuses";
import { t } from "../texts/texts";

export function BoardPage() {
  const view = useView("leads/board");
  return (
    <Page title={t("board")} beside={<Link to="/leads" class="button quiet">{t("list")}</Link>}>
      <With view={view}>
        {({ columns }) => <div class="board">{columns.map((column) => <Column key={column.status} column={column} />)}</div>}
      </With>
    </Page>
  );
}

function Column({ column }: { readonly column: Schema<"Column"> }) {
  const more = column.count - column.leads.length;
  return (
    <Card title={t("status-count", { status: t(`status-${column.status}`), count: column.count })}>
      {column.count === 0 && <p class="faint">{t("column-none")}</p>}
      <ul class="list">{column.leads.map((lead) => <Movable key={lead.id} lead={lead} />)}</ul>
      {more > 0 && <Link to="/leads">{t("more-leads", { count: more })}</Link>}
    </Card>
  );
}

function Movable({ lead }: { readonly lead: Schema<"LeadLine"> }) {
  const move = useAction("leads/{lead_id}/status");
  const name = nameOf(lead);
  return (
    <li class="item">
      <Link to={`/leads/${lead.id}`} class="grow">
        <strong>{name}</strong>
        {lead.company && lead.company !== name && <span class="faint">{lead.company}</span>}
      </Link>
      <select
        aria-label={t("status-of", { name })}
        value={lead.status}
        disabled={move.busy}
        onChange={({ currentTarget }) => void move.run({ lead_id: lead.id }, { status: currentTarget.value as Status })}
      >
        {STATUSES.map((status) => <option key={status} value={status}>{t(`status-${status}`)}</option>)}
      </select>
      {move.error && <Failure error={move.error} />}
    </li>
  );
}
