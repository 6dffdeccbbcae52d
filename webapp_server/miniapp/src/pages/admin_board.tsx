// Who does well: most improved and most practised first. Only the best are named; nobody is last.

import type { Schema } from "../api/types";
import { useView } from "../api/views";
import { Card } from "../components/card";
import { Empty, With } from "../components/page";
import { t } from "../texts/texts";
import { score } from "./admin_words";

type Place = Schema<"Place">;
const NAMED = 3;

export function Leaderboard() {
  const board = useView("admin/leaderboard");
  return <With view={board}>{({ places }) => <Boards places={places.filter((place) => place.attempts > 0)} />}</With>;
}

function Boards({ places }: { readonly places: readonly Place[] }) {
  if (places.length === 0) return <Empty title={t("board-none-title")} text={t("board-none")} />;
  const gained = (place: Place): number => place.improved ?? 0;
  const improved = places.filter((place) => gained(place) >= 1).sort((one, other) => gained(other) - gained(one));
  const practised = [...places].sort((one, other) => other.attempts - one.attempts);
  return (
    <Card title={t("leaderboard")}>
      <Best title={t("board-improved")} none={t("board-improved-none")} places={improved} of={(place) => t("points-gained", { points: Math.round(gained(place)) })} />
      <Best title={t("board-practised")} places={practised} of={(place) => t("answers-count", { count: place.attempts })} />
      <Best title={t("board-scores")} places={places} of={(place) => t("average-of", { average: score(place.average) })} />
    </Card>
  );
}

interface BestProps {
  readonly title: string;
  readonly none?: string;
  readonly places: readonly Place[];
  readonly of: (place: Place) => string;
}

function Best({ title, none, places, of }: BestProps) {
  return (
    <section class="best">
      <h3>{title}</h3>
      {places.length === 0 && <p class="faint">{none}</p>}
      <ol>{places.slice(0, NAMED).map((place, index) => <li key={index}><strong>{place.name}</strong> <span class="faint">{of(place)}</span></li>)}</ol>
    </section>
  );
}
