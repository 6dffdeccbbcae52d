// Which model each agent answers on, chosen here, and what the models in use cost.

import { useState } from "preact/hooks";
import type { Schema } from "../api/types";
import { useAction, useView } from "../api/views";
import { Card } from "../components/card";
import { Fold } from "../components/fold";
import { ModelList, price } from "../components/model_list";
import { Failure, Page, With } from "../components/page";
import { Search } from "../components/search";
import { useSettled } from "../components/settled";
import { toast } from "../components/toast";
import { t } from "../texts/texts";

type Agent = Schema<"AgentModel">;

export function AdminModelsPage() {
  const view = useView("admin/models");
  return (
    <Page title={t("admin-models")}>
      <With view={view}>
        {({ agents }) => (
          <>
            <p class="lead">{t("models-about")}</p>
            {agents.map((agent) => <AgentCard key={agent.agent} agent={agent} />)}
            <Prices />
          </>
        )}
      </With>
    </Page>
  );
}

function AgentCard({ agent: { agent, model } }: { readonly agent: Agent }) {
  const clear = useAction("admin/agents/{agent}/model/clear");
  return (
    <Card title={agent}>
      <p class={model ? "" : "faint"}>{model ?? t("model-of-rep")}</p>
      {model && (
        <button type="button" class="button quiet" disabled={clear.busy} aria-label={t("model-leave-of", { agent })} onClick={() => void clear.run({ agent })}>{t("model-leave")}</button>
      )}
      {clear.error && <Failure error={clear.error} />}
      <Fold title={t("model-change-of", { agent })}><Choices agent={agent} chosen={model} /></Fold>
    </Card>
  );
}

function Choices({ agent, chosen }: { readonly agent: string; readonly chosen: string | null }) {
  const [search, setSearch] = useState("");
  const view = useView("admin/agents/{agent}/models", { agent }, { search: useSettled(search) });
  const choose = useAction("admin/agents/{agent}/model");
  const take = async (model: Schema<"ModelLine">): Promise<void> => {
    if (await choose.run({ agent }, { model: model.id })) toast(t("model-chosen-for", { agent, name: model.name }));
  };
  return (
    <>
      <Search label={t("search-models")} value={search} onChange={setSearch} />
      <With view={view}>
        {({ models, count }) => (
          <ModelList
            models={models}
            count={count}
            chosen={chosen}
            mark={t("model-chosen-here")}
            busy={choose.busy}
            error={choose.error}
            onChoose={(model) => void take(model)}
          />
        )}
      </With>
    </>
  );
}

function Prices() {
  const view = useView("admin/prices");
  return (
    <Card title={t("prices")}>
      <With view={view}>
        {({ models, reachable }) => (
          <>
            {!reachable && <p role="status" class="faint">{t("prices-unreachable")}</p>}
            {models.length === 0 && <p>{t("prices-none")}</p>}
            <ul class="list">
              {models.map(({ model, used, listed }) => (
                <li key={model} class="item">
                  <span class="grow">
                    <strong>{model}</strong>
                    <br />
                    <span class="faint">{t("price-used", { answers: used.answers, tokens: used.input_tokens + used.output_tokens })}</span>
                    <br />
                    <span class="faint">{listed ? price(listed) : t("model-unpriced")}</span>
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
      </With>
    </Card>
  );
}
