// What the coach knows: how much is on the shelf, and what is wrong with its files.

import { useView } from "../api/views";
import { Card, Facts } from "../components/card";
import { Page, With } from "../components/page";
import { t } from "../texts/texts";

export function AdminKnowledgePage() {
  const view = useView("admin/knowledge");
  return (
    <Page title={t("admin-knowledge")}>
      <With view={view}>
        {({ sections, scenarios, problems }) => (
          <>
            <Card>
              <Facts of={[[t("knowledge-sections"), sections], [t("knowledge-scenarios"), scenarios]]} />
            </Card>
            <Card title={t("knowledge-problems")}>
              {problems.length === 0 && <p>{t("knowledge-sound")}</p>}
              <ul class="list">{problems.map((problem) => <li key={problem} class="item">{problem}</li>)}</ul>
            </Card>
          </>
        )}
      </With>
    </Page>
  );
}
