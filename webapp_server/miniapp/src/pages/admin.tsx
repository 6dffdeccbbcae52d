// The team: its numbers, who does well, how practice goes, who is in and who may come in.

import type { Schema } from "../api/types";
import { useView } from "../api/views";
import { Card, Facts } from "../components/card";
import { Link } from "../components/link";
import { Empty, Page, With } from "../components/page";
import { STATUSES } from "../components/statuses";
import { t } from "../texts/texts";
import { Leaderboard } from "./admin_board";
import { Invitations, People } from "./admin_people";
import { score } from "./admin_words";

const PLACES = ["leads", "heatmap", "costs", "models", "scenarios", "knowledge", "runs"] as const;

export function AdminPage() {
  const team = useView("admin/team");
  return (
    <Page title={t("admin")}>
      <With view={team}>
        {({ stats, trends, people, invited }) => (
          <>
            <nav class="row" aria-label={t("admin-more")}>
              {PLACES.map((place) => <Link key={place} to={`/admin/${place}`} class="button quiet">{t(`admin-${place}`)}</Link>)}
            </nav>
            <Numbers stats={stats} />
            <Leaderboard />
            <Trends trends={trends} />
            <People people={people} />
            <Invitations invited={invited} />
          </>
        )}
      </With>
    </Page>
  );
}

function Numbers({ stats }: { readonly stats: Schema<"TeamStats"> }) {
  const known = STATUSES.filter((status) => stats.leads[status]);
  const count = ({ total, week }: Schema<"Count">): string => t("count-week", { total, week });
  return (
    <Card title={t("admin-numbers")}>
      <Facts
        of={[
          [t("admin-reps"), t("admin-reps-active", { reps: stats.reps, active: stats.active })],
          [t("cases"), count(stats.prospects)],
          [t("answers"), count(stats.attempts)],
          [t("admin-average"), score(stats.average)],
        ]}
      />
      {known.length > 0 && (
        <ul class="chips" aria-label={t("leads")}>
          {known.map((status) => <li key={status} class="chip">{t("status-count", { status: t(`status-${status}`), count: stats.leads[status] ?? 0 })}</li>)}
        </ul>
      )}
    </Card>
  );
}

function Trends({ trends }: { readonly trends: readonly Schema<"Trend">[] }) {
  if (trends.length === 0) return <Empty title={t("trends-none-title")} text={t("trends-none")} />;
  return (
    <Card title={t("trends")}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{t("trend-mode")}</th>
            <th scope="col">{t("trend-now")}</th>
            <th scope="col">{t("trend-before")}</th>
          </tr>
        </thead>
        <tbody>
          {trends.map((trend) => (
            <tr key={trend.mode}>
              <th scope="row">{t(`mode-${trend.mode}`)}</th>
              <td>{t("attempts-average", { attempts: trend.attempts, average: score(trend.average) })}</td>
              <td>{t("attempts-average", { attempts: trend.attempts_before, average: score(trend.average_before) })}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
