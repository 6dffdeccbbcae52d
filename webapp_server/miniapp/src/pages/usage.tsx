// What the rep's model calls used: today, this week, this month, and what of it the team's key still allows.

import type { Schema } from "../api/types";
import { useView } from "../api/views";
import { Card, Meter } from "../components/card";
import { Empty, Page, With } from "../components/page";
import { UsedTable, usd } from "../components/used_table";
import { t } from "../texts/texts";

const PERIODS = ["today", "week", "month"] as const;

export function UsagePage() {
  const view = useView("usage");
  return (
    <Page title={t("usage")}>
      <With view={view}>{(usage) => (usage.days.length === 0 ? <Empty title={t("usage-none-title")} text={t("usage-none")} /> : <Whole usage={usage} />)}</With>
    </Page>
  );
}

function Whole({ usage }: { readonly usage: Schema<"UsageView"> }) {
  const periods = PERIODS.flatMap((name) => {
    const totals = usage.periods[name];
    return totals ? [{ name: t(`period-${name}`), totals }] : [];
  });
  return (
    <>
      <Budget budget={usage.budget} />
      <UsedTable title={t("by-period")} rows={periods} />
      <UsedTable title={t("by-day")} rows={usage.days} />
      <UsedTable title={t("by-agent")} rows={usage.agents} />
      <UsedTable title={t("by-model")} rows={usage.models} />
    </>
  );
}

function Budget({ budget }: { readonly budget: Schema<"DayBudget"> }) {
  if (budget.usd === null && budget.tokens === null) return null;
  const tokens = budget.tokens !== null && t("budget-tokens", { used: budget.used_tokens, limit: budget.tokens });
  const money = budget.usd !== null && t("budget-usd", { used: usd(budget.used_usd), limit: usd(budget.usd) });
  return (
    <Card title={t("budget")}>
      {tokens && <><p>{tokens}</p><Meter label={tokens} share={budget.used_tokens / (budget.tokens || 1)} /></>}
      {money && <><p>{money}</p><Meter label={money} share={budget.used_usd / (budget.usd || 1)} /></>}
    </Card>
  );
}
