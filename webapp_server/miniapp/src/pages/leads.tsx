// The leads as a list, with search, a filter by status and paging.

import { useState } from "preact/hooks";
import type { Schema } from "../api/types";
import { useView } from "../api/views";
import { LeadItem } from "../components/lead_item";
import { Link } from "../components/link";
import { Empty, Page, With } from "../components/page";
import { Pages } from "../components/pages";
import { Search } from "../components/search";
import { useSettled } from "../components/settled";
import { t } from "../texts/texts";

const FILTERS = ["open", "all", "analyzed", "reached_out", "meeting_booked", "in_progress", "closed_won", "closed_lost"] as const;

export function LeadsPage() {
  const [search, setSearch] = useState("");
  const [status, setStatus] = useState<string>("open");
  const [page, setPage] = useState(0);
  const words = useSettled(search);
  const view = useView("leads", {}, { search: words, status, page });
  const changeTo = (set: () => void) => () => {
    set();
    setPage(0);
  };
  return (
    <Page title={t("leads")} beside={<Link to="/leads/board" class="button quiet">{t("board")}</Link>}>
      <Search label={t("search-leads")} value={search} onChange={(words) => changeTo(() => setSearch(words))()} />
      <label class="field">
        <span>{t("show")}</span>
        <select value={status} onChange={({ currentTarget }) => changeTo(() => setStatus(currentTarget.value))()}>
          {FILTERS.map((name) => <option key={name} value={name}>{t(`filter-${name}`)}</option>)}
        </select>
      </label>
      <With view={view}>{(leads) => <Found leads={leads} searched={words !== ""} onPage={setPage} />}</With>
    </Page>
  );
}

interface FoundProps {
  readonly leads: Schema<"Leads">;
  readonly searched: boolean;
  readonly onPage: (page: number) => void;
}

function Found({ leads, searched, onPage }: FoundProps) {
  if (leads.total === 0) {
    return (
      <Empty title={t("leads-none-title")} text={t("leads-none")}>
        <Link to="/support" class="button">{t("add-prospect")}</Link>
      </Empty>
    );
  }
  if (leads.count === 0) return <Empty title={t("leads-no-fit-title")} text={t(searched ? "leads-no-fit" : "leads-none-of-status")} />;
  return (
    <>
      <p class="faint" role="status">{t("leads-count", { count: leads.count, total: leads.total })}</p>
      <ul class="list card">{leads.leads.map((lead) => <LeadItem key={lead.id} lead={lead} />)}</ul>
      {leads.pages > 1 && <Pages page={leads.page} pages={leads.pages} onPage={onPage} />}
    </>
  );
}
