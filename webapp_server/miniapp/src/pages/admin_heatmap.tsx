// Who is strong in what: every average as a number, and the stronger it is the deeper its ground.

import type { Schema } from "../api/types";
import { useView } from "../api/views";
import { Link } from "../components/link";
import { Empty, Page, With } from "../components/page";
import { t } from "../texts/texts";
import { score } from "./admin_words";

export function AdminHeatmapPage() {
  const view = useView("admin/heatmap");
  return (
    <Page title={t("admin-heatmap")}>
      <With view={view}>{(map) => (map.skills.length === 0 ? <Empty title={t("board-none-title")} text={t("heatmap-none")} /> : <Heat map={map} />)}</With>
    </Page>
  );
}

function Heat({ map }: { readonly map: Schema<"HeatMap"> }) {
  return (
    <>
      <p class="lead">{t("heatmap-about")}</p>
      <section class="card scrolled" role="region" aria-label={t("admin-heatmap")} tabIndex={0}>
        <table class="heat">
          <thead>
            <tr>
              <th scope="col">{t("rep")}</th>
              {map.skills.map((skill) => <th key={skill} scope="col">{skill}</th>)}
            </tr>
          </thead>
          <tbody>
            {map.reps.map((rep) => (
              <tr key={rep.telegram_id}>
                <th scope="row"><Link to={`/admin/reps/${rep.telegram_id}`}>{rep.name}</Link></th>
                {rep.averages.map((average, index) => <Cell key={map.skills[index]} average={average} />)}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

function Cell({ average }: { readonly average: number | null }) {
  if (average === null) return <td class="faint"><span aria-label={t("not-tried")} role="img">{t("dash")}</span></td>;
  return <td class="warm" style={{ "--share": String(average / 100) }}>{score(average)}</td>;
}
