// Today: what is due, where the rep stands, what is weak, and the drill of the day.

import type { Schema } from "../api/types";
import { useAction, useView } from "../api/views";
import { Card, Meter } from "../components/card";
import { Icon } from "../components/icon";
import { Link } from "../components/link";
import { Empty, Failure, Page, With } from "../components/page";
import { go } from "../router";
import { close } from "../telegram/links";
import { t } from "../texts/texts";
import { relative } from "../texts/times";

export function Dashboard() {
  const me = useView("me");
  return (
    <Page title={t("dashboard")}>
      <With view={me}>{({ set_up, first_name }) => (set_up ? <Today name={first_name} /> : <NotSetUp />)}</With>
    </Page>
  );
}

/** The set-up is one tap in the chat, where the coach says what it will do. */
function NotSetUp() {
  return (
    <Empty title={t("not-set-up-title")} text={t("not-set-up")}>
      <button type="button" class="button" onClick={close}>{t("to-chat")}</button>
    </Empty>
  );
}

function Today({ name }: { readonly name: string }) {
  const view = useView("dashboard");
  return (
    <With view={view}>
      {(dashboard) => (
        <>
          <p class="lead">{t("hello", { name })}</p>
          <Due steps={dashboard.today} due={dashboard.due} />
          <Standing standing={dashboard.standing} streak={dashboard.streak_days} />
          {dashboard.drill && <Drill drill={dashboard.drill} />}
          <Weak categories={dashboard.weak} />
        </>
      )}
    </With>
  );
}

function Due({ steps, due }: { readonly steps: readonly Schema<"DueStep">[]; readonly due: number }) {
  if (due === 0) {
    return (
      <Empty title={t("due-none-title")} text={t("due-none")}>
        <Link to="/support" class="button">{t("add-prospect")}</Link>
      </Empty>
    );
  }
  return (
    <Card title={t("due", { count: due })}>
      <ul class="list">{steps.map((step) => <DueStep key={step.plan_id + step.number} step={step} />)}</ul>
    </Card>
  );
}

function DueStep({ step }: { readonly step: Schema<"DueStep"> }) {
  const settle = useAction("leads/{lead_id}/steps/{number}");
  const done = (): void => {
    void settle.run({ lead_id: step.lead_id, number: step.number }, { plan_id: step.plan_id, change: "done" });
  };
  return (
    <li class="item">
      <Link to={`/leads/${step.lead_id}`} class="grow">
        <strong>{step.title}</strong>
        <span class="faint">{t(`action-${step.action}`)} · {step.lead} · {relative(step.due)}</span>
      </Link>
      <button type="button" class="button quiet" disabled={settle.busy} aria-label={t("done-step", { step: step.title })} onClick={done}>
        <Icon name="check" />
        {t("done")}
      </button>
      {settle.error && <Failure error={settle.error} />}
    </li>
  );
}

function Standing({ standing, streak }: { readonly standing: Schema<"Standing">; readonly streak: number }) {
  const { xp_in_level: got, xp_of_level: needed } = standing;
  return (
    <Card title={t("standing", { level: standing.level, rank: t(`rank-${standing.rank}`) })}>
      <Meter label={t("xp-of", { got, needed })} share={needed ? got / needed : 1} />
      <p class="faint">{t("xp-of", { got, needed })} · {t("streak", { days: streak })}</p>
    </Card>
  );
}

function Drill({ drill }: { readonly drill: Schema<"Drill"> }) {
  const start = useAction("train/{scenario_id}/start");
  const begin = async (): Promise<void> => {
    if (await start.run({ scenario_id: drill.scenario_id })) go(`/practice/${drill.scenario_id}`);
  };
  return (
    <Card title={t("drill-of-the-day")}>
      <p>{t("drill-about", { persona: drill.persona, category: drill.category })} · {t(`difficulty-${drill.difficulty}`)}</p>
      <button type="button" class="button" disabled={start.busy} onClick={() => void begin()}>{t("begin-drill")}</button>
      {start.error && <Failure error={start.error} />}
    </Card>
  );
}

function Weak({ categories }: { readonly categories: readonly Schema<"Category">[] }) {
  if (categories.length === 0) return null;
  return (
    <Card title={t("weak")}>
      <ul class="chips">{categories.map(({ id, name }) => <li key={id} class="chip">{name}</li>)}</ul>
      <Link to="/train" class="button quiet">{t("practise-these")}</Link>
    </Card>
  );
}
