// The page's texts: Fluent catalogues as in the chat, the rep's language first, English where it has no word.

import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import english from "./en.ftl?raw";

const others = import.meta.glob<string>(["./*.ftl", "!./en.ftl"], { query: "?raw", import: "default" });
const bundles: FluentBundle[] = [bundleOf("en", english)];

/** Speak this language from now on, where there is a catalogue of it. */
export async function speak(language: string): Promise<void> {
  const short = language.toLowerCase().split("-")[0] ?? "en";
  document.documentElement.lang = "en";
  const load = others[`./${short}.ftl`];
  if (!load) return;
  bundles.unshift(bundleOf(short, await load()));
  document.documentElement.lang = short;
}

/** The text of an id; an id without a text is shown as it is, which a test forbids. */
export function t(id: string, values: Record<string, FluentVariable> = {}): string {
  for (const bundle of bundles) {
    const message = bundle.getMessage(id);
    if (message?.value) return bundle.formatPattern(message.value, values);
  }
  return id;
}

export function has(id: string): boolean {
  return bundles.some((bundle) => bundle.hasMessage(id));
}

function bundleOf(language: string, source: string): FluentBundle {
  const bundle = new FluentBundle(language, { useIsolating: false });
  bundle.addResource(new FluentResource(source));
  return bundle;
}
