// Which model each agent answers on.

import { useView } from "../api/views";
import { Card } from "../components/card";
import { Page, With } from "../components/page";
import { t } from "../texts/texts";

export function AdminModelsPage() {
  const view = useView("admin/models");
  return (
    <Page title={t("admin-models")}>
      <With view={view}>
        {({ agents }) => (
          <>
            <p class="lead">{t("models-about")}</p>
            <Card>
              <table class="table">
                <thead>
                  <tr>
                    <th scope="col">{t("agent")}</th>
                    <th scope="col">{t("model")}</th>
                  </tr>
                </thead>
                <tbody>
                  {agents.map(({ agent, model }) => (
                    <tr key={agent}>
                      <th scope="row">{agent}</th>
                      <td class={model ? "" : "faint"}>{model ?? t("model-of-rep")}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Card>
          </>
        )}
      </With>
    </Page>
  );
}
