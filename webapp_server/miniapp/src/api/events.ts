// Server-sent events, read from a fetch because EventSource cannot carry the token.
// Source: html.spec.whatwg.org, "Server-sent events", parsing.

export interface ServerEvent {
  readonly type: string;
  readonly data: string;
}

/** Cuts a stream of text into its events, wherever the chunks break. */
export class EventParser {
  private rest = "";

  take(chunk: string): ServerEvent[] {
    const frames = (this.rest + chunk).split("\n\n");
    this.rest = frames.pop() ?? "";
    return frames.map(parsed).filter((event) => event.data !== "");
  }
}

function parsed(frame: string): ServerEvent {
  const lines = frame.split("\n");
  const field = (name: string): string[] =>
    lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trimStart());
  return { type: field("event")[0] ?? "message", data: field("data").join("\n") };
}
