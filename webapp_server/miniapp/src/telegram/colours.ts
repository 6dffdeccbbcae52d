// Colours that stay readable whatever theme a client sends.
// Source: WCAG 2.2, "relative luminance" and "contrast ratio".

export const READABLE = 4.5;

type Channels = readonly [number, number, number];

/** The contrast ratio of two colours such as "#17212b", from 1 to 21. */
export function contrast(one: string, other: string): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** The colour, moved towards black or white only as far as it takes to be read on every one of `grounds`. */
export function readable(colour: string, ...grounds: string[]): string {
  const target = luminance(grounds[0] ?? "#ffffff") > 0.18 ? "#000000" : "#ffffff";
  for (let share = 0; share <= 1; share += 0.05) {
    const tried = mixed(colour, target, share);
    if (grounds.every((ground) => contrast(tried, ground) >= READABLE)) return tried;
  }
  return target;
}

/** `share` of the second colour in the first, from 0 to 1. */
export function mixed(one: string, other: string, share: number): string {
  const [a, b] = [channels(one), channels(other)];
  const parts = a.map((value, index) => Math.round(value + ((b[index] ?? 0) - value) * share));
  return `#${parts.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

export function isDark(colour: string): boolean {
  return luminance(colour) < 0.18;
}

function luminance(colour: string): number {
  const [red, green, blue] = channels(colour).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channels(colour: string): Channels {
  const number = Number.parseInt(colour.slice(1), 16);
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
}
