// Numbers of the admin's pages as they are read.

import { t } from "../texts/texts";

/** A score of 100, whole; a dash where there is none. */
export function score(value: number | null): string {
  return value === null ? t("dash") : String(Math.round(value));
}

/** Such as "350 ms" or "2.4 s". */
export function duration(milliseconds: number | null): string {
  if (milliseconds === null) return t("dash");
  return milliseconds < 1000 ? t("milliseconds", { count: Math.round(milliseconds) }) : t("seconds", { count: (milliseconds / 1000).toFixed(1) });
}

/** A name of the server's as people read it. */
export function plain(name: string): string {
  return name.replaceAll("_", " ");
}
