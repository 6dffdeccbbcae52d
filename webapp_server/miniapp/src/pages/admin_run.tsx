// One run as a waterfall: each span in the order in which it began, with a bar where and how long it was.

import type { ScreenProps } from "../app";
import type { Schema } from "../api/types";
import { useView } from "../api/views";
import { Card, Facts } from "../components/card";
import { Page, With } from "../components/page";
import { t } from "../texts/texts";
import { exact } from "../texts/times";
import { duration } from "./admin_words";

type Span = Schema<"SpanLine">;

export function AdminRunPage({ parameters }: ScreenProps) {
  const view = useView("admin/runs/{run_id}", { run_id: parameters["id"] ?? "" });
  return (
    <Page title={view.data ? t("run-of", { pipeline: view.data.run.pipeline }) : t("run")}>
      <With view={view}>
        {({ run, error, spans }) => (
          <>
            <Card>
              <Facts of={[[t("run-began"), exact(run.at)], [t("run-took"), duration(run.duration_ms)], [t("run-ended"), t(run.success ? "run-well" : "failed")]]} />
              {error && <p class="bad">{error}</p>}
            </Card>
            <Waterfall spans={spans} whole={run.duration_ms} />
          </>
        )}
      </With>
    </Page>
  );
}

function Waterfall({ spans, whole }: { readonly spans: readonly Span[]; readonly whole: number | null }) {
  const end = Math.max(1, whole ?? 0, ...spans.map((span) => span.offset_ms + (span.duration_ms ?? 0)));
  return (
    <Card title={t("spans")}>
      {spans.length === 0 && <p class="faint">{t("spans-none")}</p>}
      <ol class="waterfall">{spans.map((span, index) => <Bar key={index} span={span} end={end} />)}</ol>
    </Card>
  );
}

function Bar({ span, end }: { readonly span: Span; readonly end: number }) {
  const share = (milliseconds: number): string => `${Math.max(0, (100 * milliseconds) / end)}%`;
  return (
    <li>
      <div class="row">
        <strong class="grow">{span.name}</strong>
        {!span.success && <span class="chip bad">{t("failed")}</span>}
        <span class="faint">{t("span-times", { took: duration(span.duration_ms), after: duration(span.offset_ms) })}</span>
      </div>
      <div class="track" aria-hidden="true">
        <div class={span.success ? "bar" : "bar failed"} style={{ marginInlineStart: share(span.offset_ms), width: share(span.duration_ms ?? 0) }} />
      </div>
    </li>
  );
}
