// Me: standing, badges, practice so far, and the ways to what is kept of the rep.

import type { Schema } from "../api/types";
import { useView } from "../api/views";
import { Card, Facts, Meter } from "../components/card";
import { Link } from "../components/link";
import { Page, With } from "../components/page";
import { STATUSES } from "../components/statuses";
import { t } from "../texts/texts";
import { relative } from "../texts/times";

const PLACES = ["casebook", "memory", "usage", "settings", "data"] as const;

export function ProfilePage() {
  const me = useView("me");
  const view = useView("profile");
  return (
    <Page title={me.data?.first_name ?? t("profile")}>
      <nav class="row" aria-label={t("mine")}>
        {PLACES.map((place) => <Link key={place} to={`/${place}`} class="button quiet">{t(place)}</Link>)}
        {me.data?.admin && <Link to="/admin" class="button quiet">{t("admin")}</Link>}
      </nav>
      <With view={view}>{(profile) => <Numbers profile={profile} />}</With>
    </Page>
  );
}

function Numbers({ profile }: { readonly profile: Schema<"ProfileView"> }) {
  const { standing } = profile;
  const xp = t("xp-of", { got: standing.xp_in_level, needed: standing.xp_of_level });
  const average = profile.last_average === null ? t("none-yet") : String(profile.last_average);
  return (
    <>
      <Card title={t("standing", { level: standing.level, rank: t(`rank-${standing.rank}`) })}>
        <Meter label={xp} share={standing.xp_in_level / standing.xp_of_level} />
        <p class="faint">{xp} · {t("streak", { days: profile.streak_days })}</p>
        <Facts of={[[t("answers"), String(profile.answers)], [t("last-average"), average], [t("best"), profile.best === null ? t("none-yet") : String(profile.best)]]} />
        {profile.weak.length > 0 && <p>{t("train-weak", { fields: profile.weak.join(", ") })}</p>}
      </Card>
      <Badges badges={profile.badges} />
      <Leads leads={profile.leads} />
      <History history={profile.history} />
    </>
  );
}

function Badges({ badges }: { readonly badges: readonly Schema<"Badge">[] }) {
  return (
    <Card title={t("badges")}>
      <ul class="chips">
        {badges.map((badge) => (
          <li key={badge.id} class={badge.day ? "chip good" : "chip"}>{badge.day ? t("badge-earned", { name: badge.name }) : t("badge-open", { name: badge.name })}</li>
        ))}
      </ul>
    </Card>
  );
}

function Leads({ leads }: { readonly leads: Readonly<Record<string, number>> }) {
  const known = STATUSES.filter((status) => leads[status]);
  if (known.length === 0) return null;
  return (
    <Card title={t("leads")}>
      <ul class="chips">{known.map((status) => <li key={status} class="chip">{t("status-count", { status: t(`status-${status}`), count: leads[status] ?? 0 })}</li>)}</ul>
    </Card>
  );
}

function History({ history }: { readonly history: readonly Schema<"Answered">[] }) {
  if (history.length === 0) return null;
  return (
    <Card title={t("answers")}>
      <ul class="list">
        {history.map((one) => (
          <li key={one.at} class="item">
            <Link to={`/practice/${one.scenario_id}`} class="grow">
              <strong>{one.category ?? t("scenario-gone")}</strong>
              <time>{relative(one.at)}</time>
            </Link>
            <span class="chip">{one.score}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
