// Times as reps say them; the server's are UTC epoch seconds, shown in the device's zone.

const RELATIVE: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** Such as "in 2 days" or "3 hours ago". */
export function relative(at: number, now = Date.now() / 1000): string {
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
  for (const [unit, seconds] of RELATIVE) {
    const count = Math.trunc((at - now) / seconds);
    if (count !== 0) return format.format(count, unit);
  }
  return format.format(0, "minute");
}

/** Such as "23 Nov 2026, 14:05". */
export function exact(at: number): string {
  return new Date(at * 1000).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
}
