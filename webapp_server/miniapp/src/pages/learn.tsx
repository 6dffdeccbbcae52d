// The tracks with their levels: what is passed, what is open, what is still locked.

import type { Schema } from "../api/types";
import { useView } from "../api/views";
import { Card } from "../components/card";
import { Link } from "../components/link";
import { Page, With } from "../components/page";
import { t } from "../texts/texts";

export function LearnPage() {
  const view = useView("learn");
  return (
    <Page title={t("learn")} beside={<Link to="/train" class="button quiet">{t("drills")}</Link>}>
      <With view={view}>
        {({ tracks, gate }) => (
          <>
            <p class="faint">{t("learn-gate", { gate })}</p>
            {tracks.map((track) => <Track key={track.id} track={track} />)}
          </>
        )}
      </With>
    </Page>
  );
}

function Track({ track }: { readonly track: Schema<"TrackLines"> }) {
  return (
    <Card title={track.name}>
      <p class="faint">{track.description}</p>
      <ol class="list">{track.levels.map((level) => <Level key={level.id} level={level} />)}</ol>
    </Card>
  );
}

function Level({ level }: { readonly level: Schema<"LevelLine"> }) {
  const name = <strong>{level.name}</strong>;
  const state = <span class={`chip${level.status === "completed" ? " good" : ""}`}>{t(`level-${level.status}`)}</span>;
  return (
    <li class="item">
      {level.status === "locked" ? (
        <span class="grow faint">{name}</span>
      ) : (
        <Link to={`/learn/${level.id}`} class="grow">
          {name}
          {level.attempts > 0 && <span class="faint">{t("best-of", { best: level.best_score, attempts: level.attempts })}</span>}
        </Link>
      )}
      {state}
    </li>
  );
}
