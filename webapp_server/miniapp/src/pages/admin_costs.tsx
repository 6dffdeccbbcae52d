// What the team's model calls used: over each period, and by agent.

import { useView } from "../api/views";
import { Empty, Page, With } from "../components/page";
import { UsedTable } from "../components/used_table";
import { t } from "../texts/texts";

const PERIODS = ["today", "week", "month"] as const;

export function AdminCostsPage() {
  const view = useView("admin/costs");
  return (
    <Page title={t("admin-costs")}>
      <With view={view}>
        {({ periods, agents }) => {
          const rows = PERIODS.flatMap((name) => {
            const totals = periods[`usage-${name}`];
            return totals ? [{ name: t(`period-${name}`), totals }] : [];
          });
          const dearest = Object.entries(agents).sort(([, one], [, other]) => other.cost_usd - one.cost_usd || other.answers - one.answers);
          const unpriced = periods["usage-month"]?.unpriced ?? 0;
          if (dearest.length === 0) return <Empty title={t("usage-none-title")} text={t("costs-none")} />;
          return (
            <>
              <UsedTable title={t("by-period")} rows={rows} />
              {unpriced > 0 && <p class="faint">{t("unpriced", { count: unpriced })}</p>}
              <UsedTable title={t("by-agent")} rows={dearest.map(([name, totals]) => ({ name, totals }))} />
            </>
          );
        }}
      </With>
    </Page>
  );
}
