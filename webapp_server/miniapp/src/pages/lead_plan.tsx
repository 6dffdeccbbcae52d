// The plan of a lead: its steps with done, skip and undo, their drafts, and the reminder.

import type { Schema } from "../api/types";
import { useAction } from "../api/views";
import { Card } from "../components/card";
import { Copy } from "../components/copy";
import { Failure } from "../components/page";
import { Proofs } from "../components/proofs";
import { Prose } from "../components/prose";
import { t } from "../texts/texts";
import { exact, relative } from "../texts/times";
import { Press } from "./lead";

type Detail = Schema<"LeadDetail">;
type Change = Schema<"StepChange">["change"];
const DELAYS = ["3h", "1d", "3d", "7d", "stop"] as const;

export function LeadPlan({ lead }: { readonly lead: Detail }) {
  const { plan } = lead;
  const underWay = lead.working.includes("plan");
  return (
    <Card title={t("plan")}>
      {plan ? <Steps lead={lead} plan={plan} /> : <p class="faint">{t("plan-none")}</p>}
      {lead.line.remind_at !== null && <Reminder lead={lead} at={lead.line.remind_at} />}
      <Press path="leads/{lead_id}/plan" lead={lead} label={t(plan ? "plan-again" : "plan-make")} underWay={underWay} />
    </Card>
  );
}

function Steps({ lead, plan }: { readonly lead: Detail; readonly plan: Schema<"PlanView"> }) {
  const settle = useAction("leads/{lead_id}/steps/{number}");
  const settled = plan.steps.filter((step) => step.status !== "pending").length;
  const change = (number: number, to: Change): void => {
    void settle.run({ lead_id: lead.line.id, number }, { plan_id: plan.id, change: to });
  };
  return (
    <>
      <p>{plan.goal}</p>
      <p class="faint">{t("steps-settled", { settled, steps: plan.steps.length })}</p>
      <ol class="steps">
        {plan.steps.map((step) => (
          <Step key={step.number} leadId={lead.line.id} step={step} next={plan.next === step.number} busy={settle.busy} onChange={(to) => change(step.number, to)} />
        ))}
      </ol>
      {settle.error && <Failure error={settle.error} />}
    </>
  );
}

interface StepProps {
  readonly leadId: string;
  readonly step: Schema<"StepView">;
  readonly next: boolean;
  readonly busy: boolean;
  readonly onChange: (to: Change) => void;
}

function Step({ leadId, step, next, busy, onChange }: StepProps) {
  return (
    <li class={`step ${step.status}`} aria-current={next ? "step" : undefined}>
      <details open={next}>
        <summary>
          <strong>{step.title}</strong>
          <span class="faint" title={exact(step.due)}>
            {t(`action-${step.action}`)} · {step.status === "pending" ? relative(step.due) : t(`step-${step.status}`)}
          </span>
        </summary>
        <Prose text={step.detail} />
        {step.draft && (
          <>
            <blockquote class="draft"><Prose text={step.draft} /></blockquote>
            <Copy text={step.draft} />
          </>
        )}
        <Proofs leadId={leadId} step={step} />
      </details>
      <div class="row">
        {step.status === "pending" ? (
          <>
            <button type="button" class="button" disabled={busy} onClick={() => onChange("done")}>{t("done")}</button>
            <button type="button" class="button quiet" disabled={busy} onClick={() => onChange("skip")}>{t("skip-step")}</button>
          </>
        ) : (
          <button type="button" class="button quiet" disabled={busy} onClick={() => onChange("undo")}>{t("undo")}</button>
        )}
      </div>
    </li>
  );
}

function Reminder({ lead, at }: { readonly lead: Detail; readonly at: number }) {
  const remind = useAction("leads/{lead_id}/remind");
  return (
    <>
      <label class="field">
        <span>{t("reminder", { when: exact(at) })}</span>
        <select
          value=""
          disabled={remind.busy}
          onChange={({ currentTarget }) =>
            void remind.run({ lead_id: lead.line.id }, { choice: currentTarget.value as Schema<"Reminder">["choice"] })}
        >
          <option value="" disabled>{t("reminder-later")}</option>
          {DELAYS.map((delay) => <option key={delay} value={delay}>{t(`delay-${delay}`)}</option>)}
        </select>
      </label>
      {remind.error && <Failure error={remind.error} />}
    </>
  );
}
