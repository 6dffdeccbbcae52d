// The way through a list of several pages.

import { t } from "../texts/texts";

interface PagesProps {
  readonly page: number;
  readonly pages: number;
  readonly onPage: (page: number) => void;
}

export function Pages({ page, pages, onPage }: PagesProps) {
  return (
    <nav class="row pages" aria-label={t("pages")}>
      <button type="button" class="button quiet" disabled={page === 0} onClick={() => onPage(page - 1)}>{t("newer")}</button>
      <span>{t("page-of", { page: page + 1, pages })}</span>
      <button type="button" class="button quiet" disabled={page + 1 >= pages} onClick={() => onPage(page + 1)}>{t("older")}</button>
    </nav>
  );
}
