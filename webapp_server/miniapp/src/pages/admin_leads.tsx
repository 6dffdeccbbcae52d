// The team's leads by owner; one is handed to somebody else from here, with all that belongs to it.

import { useState } from "preact/hooks";
import type { Schema } from "../api/types";
import { useAction, useView } from "../api/views";
import { Card } from "../components/card";
import { Confirm } from "../components/confirm";
import { Empty, Failure, Page, With } from "../components/page";
import { toast } from "../components/toast";
import { t } from "../texts/texts";

type Lead = Schema<"TeamLead">;
type Member = Schema<"Member">;

export function AdminLeadsPage() {
  const view = useView("admin/leads");
  return (
    <Page title={t("admin-leads")}>
      <With view={view}>
        {({ leads, members }) => {
          if (leads.length === 0) return <Empty title={t("team-leads-none-title")} text={t("team-leads-none")} />;
          return byOwner(leads).map(([owner, theirs]) => (
            <Card key={owner.telegram_id} title={t("status-count", { status: owner.name, count: theirs.length })}>
              <ul class="list">{theirs.map((lead) => <Owned key={lead.id} lead={lead} members={members} />)}</ul>
            </Card>
          ));
        }}
      </With>
    </Page>
  );
}

function byOwner(leads: readonly Lead[]): [Member, Lead[]][] {
  const owned = new Map<number, [Member, Lead[]]>();
  for (const lead of leads) {
    const known = owned.get(lead.owner.telegram_id);
    if (known) known[1].push(lead);
    else owned.set(lead.owner.telegram_id, [lead.owner, [lead]]);
  }
  return [...owned.values()].sort(([one], [other]) => one.name.localeCompare(other.name));
}

function Owned({ lead, members }: { readonly lead: Lead; readonly members: readonly Member[] }) {
  const [to, ask] = useState<Member | null>(null);
  const assign = useAction("admin/leads/{lead_id}/assign");
  const yes = async (member: Member): Promise<void> => {
    if (await assign.run({ lead_id: lead.id }, { telegram_id: member.telegram_id })) toast(t("handed-over", { lead: lead.title, name: member.name }));
    ask(null);
  };
  const others = members.filter((member) => member.telegram_id !== lead.owner.telegram_id);
  return (
    <li class="item">
      <span class="grow">
        <strong>{lead.title}</strong>
        <br />
        <span class="faint">{t(`status-${lead.status}`)}</span>
      </span>
      <select
        aria-label={t("hand-over-of", { lead: lead.title })}
        value=""
        disabled={assign.busy || others.length === 0}
        onChange={({ currentTarget }) => ask(others.find((member) => String(member.telegram_id) === currentTarget.value) ?? null)}
      >
        <option value="">{t("hand-over")}</option>
        {others.map((member) => <option key={member.telegram_id} value={member.telegram_id}>{member.name}</option>)}
      </select>
      {assign.error && <Failure error={assign.error} />}
      {to && (
        <Confirm
          title={t("hand-over-of", { lead: lead.title })}
          text={t("hand-over-sure", { lead: lead.title, from: lead.owner.name, to: to.name })}
          yes={t("hand-over-yes")}
          busy={assign.busy}
          onYes={() => void yes(to)}
          onNo={() => ask(null)}
        />
      )}
    </li>
  );
}
