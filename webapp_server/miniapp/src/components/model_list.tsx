// Models to choose from, with what they cost and whether they see images; the chosen one is marked.

import type { RequestFailed } from "../api/client";
import type { Schema } from "../api/types";
import { t } from "../texts/texts";
import { Failure } from "./page";

type Model = Schema<"ModelLine">;

interface ModelListProps {
  readonly models: readonly Model[];
  readonly count: number;
  readonly chosen: string | null;
  /** What the chosen one is marked with. */
  readonly mark: string;
  readonly busy: boolean;
  readonly error: RequestFailed | null;
  readonly onChoose: (model: Model) => void;
}

export function ModelList({ models, count, chosen, mark, busy, error, onChoose }: ModelListProps) {
  return (
    <>
      <p class="faint" role="status">{t("models-count", { shown: models.length, count })}</p>
      {error && <Failure error={error} />}
      <ul class="list models">
        {models.map((model) => (
          <li key={model.id} class="item">
            <span class="grow">
              <strong>{model.name}</strong>
              <br />
              <span class="faint">{[price(model), model.sees_images && t("model-sees")].filter(Boolean).join(" · ")}</span>
            </span>
            {model.id === chosen ? (
              <span class="chip good">{mark}</span>
            ) : (
              <button type="button" class="button quiet" disabled={busy} aria-label={t("model-use-named", { name: model.name })} onClick={() => onChoose(model)}>{t("model-use")}</button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

/** What a model costs, in words. */
export function price({ free, input_usd: input, output_usd: output }: Model): string {
  if (free) return t("model-free");
  return input === null || output === null ? t("model-unpriced") : t("model-price", { input, output });
}
