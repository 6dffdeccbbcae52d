// The team's casebook: drafts that were really used, without names, to find what worked for somebody alike.

import { useState } from "preact/hooks";
import type { Schema } from "../api/types";
import { useView } from "../api/views";
import { Link } from "../components/link";
import { Empty, Page, With } from "../components/page";
import { Pages } from "../components/pages";
import { Search } from "../components/search";
import { useSettled } from "../components/settled";
import { t } from "../texts/texts";
import { relative } from "../texts/times";

export function CasebookPage() {
  const [search, setSearch] = useState("");
  const [page, setPage] = useState(0);
  const words = useSettled(search);
  const view = useView("casebook", {}, { search: words, page });
  const change = (text: string): void => {
    setSearch(text);
    setPage(0);
  };
  return (
    <Page title={t("casebook")}>
      <Search label={t("search-casebook")} value={search} onChange={change} />
      <With view={view}>{(found) => <Found found={found} onPage={setPage} />}</With>
    </Page>
  );
}

function Found({ found, onPage }: { readonly found: Schema<"CasebookPage">; readonly onPage: (page: number) => void }) {
  if (found.total === 0) return <Empty title={t("casebook-none-title")} text={t("casebook-none")} />;
  if (found.count === 0) return <Empty title={t("casebook-no-fit-title")} text={t("casebook-no-fit")} />;
  return (
    <>
      <p class="faint" role="status">{t("leads-count", { count: found.count, total: found.total })}</p>
      <ul class="list card">{found.cases.map((line) => <Line key={line.id} line={line} />)}</ul>
      {found.pages > 1 && <Pages page={found.page} pages={found.pages} onPage={onPage} />}
    </>
  );
}

function Line({ line }: { readonly line: Schema<"CasebookLine"> }) {
  return (
    <li class="item">
      <Link to={`/casebook/${line.id}`} class="grow">
        <strong>{line.persona}</strong>
        <span class="faint clamp">{line.situation}</span>
        <span class="faint">{[line.industry, relative(line.at)].filter(Boolean).join(" · ")}</span>
      </Link>
      {line.mine && <span class="chip good">{t("mine-chip")}</span>}
    </li>
  );
}
