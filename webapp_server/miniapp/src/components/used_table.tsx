// What was used, by whatever: answers, tokens and what they cost.

import type { Schema } from "../api/types";
import { t } from "../texts/texts";
import { Card } from "./card";

interface UsedTableProps {
  readonly title: string;
  readonly rows: readonly { readonly name: string; readonly totals: Schema<"Totals"> }[];
}

export function UsedTable({ title, rows }: UsedTableProps) {
  return (
    <Card>
      <div class="scrolled">
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              <th scope="col">{t("used-name")}</th>
              <th scope="col">{t("used-answers")}</th>
              <th scope="col">{t("used-tokens")}</th>
              <th scope="col">{t("used-cost")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, totals }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{totals.answers}</td>
                <td>{(totals.input_tokens + totals.output_tokens).toLocaleString()}</td>
                <td>{usd(totals.cost_usd)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

export function usd(amount: number): string {
  return amount.toLocaleString(undefined, { style: "currency", currency: "USD", minimumFractionDigits: 2, maximumFractionDigits: 4 });
}
