// One rep: how far they are, what they practised, where their leads stand.

import type { ScreenProps } from "../app";
import type { Schema } from "../api/types";
import { useView } from "../api/views";
import { Card, Facts, Meter } from "../components/card";
import { Empty, Page, With } from "../components/page";
import { STATUSES } from "../components/statuses";
import { t } from "../texts/texts";
import { exact } from "../texts/times";
import { Access } from "./admin_people";
import { score } from "./admin_words";

type Detail = Schema<"RepDetail">;

export function AdminRepPage({ parameters }: ScreenProps) {
  const view = useView("admin/reps/{telegram_id}", { telegram_id: parameters["id"] ?? "" });
  return (
    <Page title={view.data?.person.name ?? t("rep")}>
      <With view={view}>
        {(rep) => (
          <>
            <Standing rep={rep} />
            <Skills skills={rep.skills} />
            <Leads leads={rep.leads} />
          </>
        )}
      </With>
    </Page>
  );
}

function Standing({ rep }: { readonly rep: Detail }) {
  const { person } = rep;
  const me = useView("me");
  const seen = person.last_active_at === null ? t("never-active") : exact(person.last_active_at);
  return (
    <Card>
      <Facts of={[[t("admin-level"), t("level-xp", { level: person.level, xp: person.xp })], [t("admin-seen"), seen], [t("cases"), rep.prospects]]} />
      {me.data && me.data.telegram_id !== person.telegram_id && <div class="row"><Access person={person} /></div>}
    </Card>
  );
}

function Skills({ skills }: { readonly skills: readonly Schema<"SkillScore">[] }) {
  if (skills.length === 0) return <Empty title={t("skills-none-title")} text={t("skills-none")} />;
  return (
    <Card title={t("skills")}>
      <ul class="list">
        {skills.map(({ skill, attempts, average }) => (
          <li key={skill} class="item">
            <strong class="grow">{skill}</strong>
            <span class="faint">{t("attempts-average", { attempts, average: score(average) })}</span>
            <Meter label={t("skill-average", { skill, average: score(average) })} share={average / 100} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Leads({ leads }: { readonly leads: Readonly<Record<string, number>> }) {
  return (
    <Card title={t("leads")}>
      {Object.keys(leads).length === 0 && <p class="faint">{t("rep-leads-none")}</p>}
      <ul class="chips">
        {STATUSES.filter((status) => leads[status]).map((status) => (
          <li key={status} class="chip">{t("status-count", { status: t(`status-${status}`), count: leads[status] ?? 0 })}</li>
        ))}
      </ul>
    </Card>
  );
}
