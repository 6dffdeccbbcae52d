// One lead whole: where it stands, the plan first, what the coach reads and drafts, notes, history.

import { useState } from "preact/hooks";
import type { ScreenProps } from "../app";
import type { Schema, Status } from "../api/types";
import { type ActionPath, useAction, useView } from "../api/views";
import { Card, Facts } from "../components/card";
import { Confirm } from "../components/confirm";
import { Copy } from "../components/copy";
import { nameOf } from "../components/lead_item";
import { Failure, Page, With } from "../components/page";
import { Prose } from "../components/prose";
import { STATUSES } from "../components/statuses";
import { toast } from "../components/toast";
import { Words } from "../components/words";
import { go } from "../router";
import { t } from "../texts/texts";
import { exact, relative } from "../texts/times";
import { LeadFields } from "./lead_fields";
import { LeadPlan } from "./lead_plan";
import { Reading } from "./reading";

type Detail = Schema<"LeadDetail">;

export function LeadPage({ parameters }: ScreenProps) {
  const view = useView("leads/{lead_id}", { lead_id: parameters["id"] ?? "" });
  return (
    <Page title={view.data ? nameOf(view.data.line) : t("lead")}>
      <With view={view}>{(lead) => <Whole lead={lead} />}</With>
    </Page>
  );
}

function Whole({ lead }: { readonly lead: Detail }) {
  return (
    <>
      <Standing lead={lead} />
      <LeadPlan lead={lead} />
      {lead.draft && <Draft draft={lead.draft} />}
      <Reading analysis={lead.analysis} strategy={lead.strategy} tactics={lead.tactics} />
      <Research lead={lead} />
      <Told lead={lead} />
      <LeadFields key={lead.line.updated_at} lead={lead} />
      <History lead={lead} />
      <Deletion lead={lead} />
    </>
  );
}

function Standing({ lead }: { readonly lead: Detail }) {
  const { line } = lead;
  const move = useAction("leads/{lead_id}/status");
  const facts = [
    [t("title"), line.title],
    [t("company"), line.company],
    [t("location"), lead.location],
    [t("outcome"), lead.outcome],
  ] as const;
  return (
    <Card>
      <label class="field">
        <span>{t("status")}</span>
        <select
          value={line.status}
          disabled={move.busy}
          onChange={({ currentTarget }) => void move.run({ lead_id: line.id }, { status: currentTarget.value as Status })}
        >
          {STATUSES.map((status) => <option key={status} value={status}>{t(`status-${status}`)}</option>)}
        </select>
      </label>
      {move.error && <Failure error={move.error} />}
      <Facts of={facts.filter(([, value]) => value)} />
      {line.status.startsWith("closed") && !lead.outcome && <Outcome lead={lead} />}
    </Card>
  );
}

function Outcome({ lead }: { readonly lead: Detail }) {
  return <Say path="leads/{lead_id}/outcome" lead={lead} label={t("outcome-ask")} action={t("keep")} longest={1000} />;
}

function Draft({ draft }: { readonly draft: Schema<"Draft"> }) {
  return (
    <Card title={t("draft-for", { platform: draft.platform })} beside={<Copy text={draft.message} />}>
      <blockquote class="draft"><Prose text={draft.message} /></blockquote>
    </Card>
  );
}

function Research({ lead }: { readonly lead: Detail }) {
  const underWay = lead.working.includes("research");
  return (
    <Card title={t("research")}>
      {lead.research && <Prose text={lead.research} />}
      {lead.former_research.map((former) => (
        <details key={former.at}>
          <summary>{t("former-research", { when: exact(former.at) })}</summary>
          <Prose text={former.text} />
        </details>
      ))}
      <Press path="leads/{lead_id}/research" lead={lead} label={t(lead.research ? "research-again" : "research-make")} underWay={underWay} />
    </Card>
  );
}

/** What the rep tells of the lead: notes for themselves, news that the coach works with. */
function Told({ lead }: { readonly lead: Detail }) {
  return (
    <Card title={t("news")}>
      {lead.notes && <Prose text={lead.notes} />}
      <Say path="leads/{lead_id}/note" lead={lead} label={t("note-ask")} action={t("note-add")} longest={2000} />
      <Say path="leads/{lead_id}/news" lead={lead} label={t("news-ask")} action={t("news-add")} longest={4000} />
      <div class="row">
        <Press path="leads/{lead_id}/advise" lead={lead} label={t("advise")} underWay={lead.working.includes("advice")} />
        <Press path="leads/{lead_id}/analyse" lead={lead} label={t("analyse-again")} underWay={lead.working.includes("reanalysis")} />
      </div>
    </Card>
  );
}

function History({ lead }: { readonly lead: Detail }) {
  if (lead.history.length === 0 && lead.revisions.length === 0) return null;
  return (
    <Card title={t("history")}>
      <ol class="timeline">
        {lead.history.map((entry) => (
          <li key={`${entry.kind}${entry.at}`}>
            <time title={exact(entry.at)}>{relative(entry.at)}</time> <strong>{t(`happened-${entry.kind}`)}</strong>
            {entry.content && <p>{entry.content}</p>}
            {entry.answer && <details><summary>{t("answer")}</summary><Prose text={entry.answer} /></details>}
          </li>
        ))}
      </ol>
      {lead.revisions.map((revision) => (
        <details key={revision.at}>
          <summary>{t("revision", { when: exact(revision.at) })}</summary>
          <ul>{revision.changes.map(({ field, was, now }) => <li key={field}><b>{field}</b>: <del>{was}</del> <ins>{now}</ins></li>)}</ul>
        </details>
      ))}
    </Card>
  );
}

function Deletion({ lead }: { readonly lead: Detail }) {
  const [asking, ask] = useState(false);
  const remove = useAction("leads/{lead_id}/delete");
  const yes = async (): Promise<void> => {
    if (!(await remove.run({ lead_id: lead.line.id }))) return ask(false);
    toast(t("lead-deleted"));
    go("/leads", { replace: true });
  };
  return (
    <>
      <button type="button" class="button bad" onClick={() => ask(true)}>{t("lead-delete")}</button>
      {remove.error && <Failure error={remove.error} />}
      {asking && (
        <Confirm
          title={t("lead-delete")}
          text={t("lead-delete-sure", { name: nameOf(lead.line) })}
          yes={t("delete")}
          busy={remove.busy}
          onYes={() => void yes()}
          onNo={() => ask(false)}
        />
      )}
    </>
  );
}

type OfLead<Suffix extends string> = Extract<ActionPath, `leads/{lead_id}/${Suffix}`>;

interface SayProps {
  readonly path: OfLead<"note" | "news" | "outcome">;
  readonly lead: Detail;
  readonly label: string;
  readonly action: string;
  readonly longest: number;
}

function Say({ path, lead, label, action, longest }: SayProps) {
  const say = useAction(path);
  const send = async (text: string): Promise<boolean> => (await say.run({ lead_id: lead.line.id }, { text })) !== null;
  return (
    <>
      <Words label={label} action={action} longest={longest} busy={say.busy} onSend={send} />
      {say.error && <Failure error={say.error} />}
    </>
  );
}

interface PressProps {
  readonly path: OfLead<"research" | "advise" | "analyse" | "plan">;
  readonly lead: Detail;
  readonly label: string;
  readonly underWay: boolean;
}

/** A button for work that takes a while; the page shows that it is under way and, later, what came of it. */
export function Press({ path, lead, label, underWay }: PressProps) {
  const press = useAction(path);
  return (
    <>
      <button type="button" class="button quiet" disabled={press.busy || underWay} aria-busy={underWay} onClick={() => void press.run({ lead_id: lead.line.id })}>
        {underWay ? t("under-way") : label}
      </button>
      {press.error && <Failure error={press.error} />}
    </>
  );
}
