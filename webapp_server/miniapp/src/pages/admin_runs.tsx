// How the coach's work goes: each pipeline's health, and the newest runs.

import type { Schema } from "../api/types";
import { useView } from "../api/views";
import { Card } from "../components/card";
import { Link } from "../components/link";
import { Empty, Page, With } from "../components/page";
import { t } from "../texts/texts";
import { exact } from "../texts/times";
import { duration } from "./admin_words";

export function AdminRunsPage() {
  const view = useView("admin/runs");
  return (
    <Page title={t("admin-runs")}>
      <With view={view}>
        {({ pipelines, runs }) => {
          if (runs.length === 0) return <Empty title={t("runs-none-title")} text={t("runs-none")} />;
          return (
            <>
              <Pipelines pipelines={pipelines} />
              <Card title={t("runs-newest")}>
                <ul class="list">{runs.map((run) => <Run key={run.id} run={run} />)}</ul>
              </Card>
            </>
          );
        }}
      </With>
    </Page>
  );
}

function Pipelines({ pipelines }: { readonly pipelines: readonly Schema<"PipelineHealth">[] }) {
  return (
    <Card title={t("pipelines")}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{t("pipeline")}</th>
            <th scope="col">{t("runs-failed")}</th>
            <th scope="col">{t("run-average")}</th>
            <th scope="col">{t("run-slowest")}</th>
          </tr>
        </thead>
        <tbody>
          {pipelines.map((one) => (
            <tr key={one.pipeline}>
              <th scope="row">{one.pipeline}</th>
              <td>{t("failed-of", { failed: one.failed, runs: one.runs })}</td>
              <td>{duration(one.average_ms)}</td>
              <td>{duration(one.slowest_ms)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function Run({ run }: { readonly run: Schema<"RunLine"> }) {
  return (
    <li class="item">
      <Link to={`/admin/runs/${run.id}`} class="grow">
        <strong>{run.pipeline}</strong>
        <span class="faint">{exact(run.at)}</span>
      </Link>
      {!run.success && <span class="chip bad">{t("failed")}</span>}
      <span class="chip">{duration(run.duration_ms)}</span>
    </li>
  );
}
