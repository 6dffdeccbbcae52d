// The team's drills: which there are, those made for the team first.

import { useState } from "preact/hooks";
import type { Schema } from "../api/types";
import { useView } from "../api/views";
import { Link } from "../components/link";
import { Page, With } from "../components/page";
import { Search } from "../components/search";
import { t } from "../texts/texts";
import { plain } from "./admin_words";

type Line = Schema<"DrillLine">;

export function AdminScenariosPage() {
  const [search, setSearch] = useState("");
  const view = useView("admin/scenarios");
  const words = search.trim().toLowerCase();
  return (
    <Page title={t("admin-scenarios")} beside={<Link to="/admin/scenarios/new" class="button quiet">{t("drill-new")}</Link>}>
      <p class="lead">{t("scenarios-about")}</p>
      <Search label={t("search-drills")} value={search} onChange={setSearch} />
      <With view={view}>
        {({ drills }) => {
          const found = drills.filter(({ situation, category }) => `${category} ${situation}`.toLowerCase().includes(words));
          return (
            <>
              <p class="faint" role="status">{t("models-count", { shown: found.length, count: drills.length })}</p>
              <ul class="list">{found.map((drill) => <Drill key={drill.id} drill={drill} />)}</ul>
            </>
          );
        }}
      </With>
    </Page>
  );
}

function Drill({ drill }: { readonly drill: Line }) {
  return (
    <li class="item">
      <Link to={`/admin/scenarios/${drill.id}`} class="grow">
        <strong>{t("drill-about", { persona: t(`difficulty-${drill.difficulty}`), category: plain(drill.category) })}</strong>
        <span class="faint clamped">{drill.situation}</span>
      </Link>
      {drill.retired ? <span class="chip warn">{t("drill-retired")}</span> : !drill.editable && <span class="chip">{t("drill-shipped")}</span>}
    </li>
  );
}
