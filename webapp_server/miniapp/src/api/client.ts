// Requests to the server: entering with Telegram's data, one short token in memory, and one error for what went wrong.

export type Query = Readonly<Record<string, string | number | undefined>>;

/** The server said no: `message` is its sentence for the rep, `status` the HTTP status; 0 when it was not reached. */
export class RequestFailed extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = "RequestFailed";
  }
}

interface Entered {
  readonly token: string;
  readonly expires_in: number;
  readonly start: string;
}

const UNREACHED = 0;
const MARGIN_S = 60;

/** One rep's access to the server. */
export class Client {
  private token = "";
  private validUntil = 0;
  private entering: Promise<Entered> | null = null;
  private readonly tags = new Map<string, { tag: string; body: unknown }>();

  constructor(
    private readonly initData: string,
    private readonly unreachedText: () => string,
  ) {}

  /** Come in; where the link led comes back. Raises RequestFailed. */
  async enter(): Promise<string> {
    return (await this.admission()).start;
  }

  /** Look at a view; an answer that did not change costs no body. Raises RequestFailed. */
  async look(path: string, query: Query = {}): Promise<unknown> {
    const address = withQuery(path, query);
    const known = this.tags.get(address);
    const reply = await this.send(address, { headers: known ? { "If-None-Match": known.tag } : {} });
    if (reply.status === 304 && known) return known.body;
    const body: unknown = await reply.json();
    const tag = reply.headers.get("ETag");
    if (tag) this.tags.set(address, { tag, body });
    return body;
  }

  /** Do something, at most once however often it is sent: the same `id` is the same act. Raises RequestFailed. */
  async act(path: string, body: unknown, id: string): Promise<unknown> {
    const isData = body instanceof Blob;
    const reply = await this.send(path, {
      method: "POST",
      body: isData ? body : JSON.stringify(body ?? {}),
      headers: { "Idempotency-Key": id, "Content-Type": isData ? body.type : "application/json" },
    });
    return reply.json();
  }

  /** A picture that only its rep may see. Raises RequestFailed. */
  async picture(path: string): Promise<Blob> {
    return (await this.send(path, {})).blob();
  }

  /** Open the stream of events. Raises RequestFailed. */
  async stream(): Promise<ReadableStream<Uint8Array>> {
    const reply = await this.send("events", {});
    if (!reply.body) throw new RequestFailed(UNREACHED, this.unreachedText());
    return reply.body;
  }

  private async send(path: string, request: RequestInit): Promise<Response> {
    const first = await this.attempt(path, request);
    if (first.status !== 401) return this.accepted(first);
    this.validUntil = 0; // the server was restarted, or the token revoked: come in anew, once
    return this.accepted(await this.attempt(path, request));
  }

  private async attempt(path: string, request: RequestInit): Promise<Response> {
    if (Date.now() / 1000 > this.validUntil - MARGIN_S) await this.admission();
    const headers = new Headers(request.headers);
    headers.set("Authorization", `Bearer ${this.token}`);
    return this.fetched(path, { ...request, headers });
  }

  private admission(): Promise<Entered> {
    this.entering ??= this.admit().finally(() => {
      this.entering = null;
    });
    return this.entering;
  }

  private async admit(): Promise<Entered> {
    const headers = new Headers({ Authorization: `tma ${this.initData}` });
    if (this.token) headers.set("X-Access-Token", this.token);
    const alive = Date.now() / 1000 < this.validUntil;
    const renewed = alive ? await this.fetched("auth/renew", { method: "POST", headers }) : null;
    // Where the token is over, as after the device slept, Telegram's data may still be fresh enough to come in with.
    const reply = renewed?.status === 401 || !renewed ? await this.fetched("auth", { method: "POST", headers }) : renewed;
    const entered = (await (await this.accepted(reply)).json()) as Entered;
    this.token = entered.token;
    this.validUntil = Date.now() / 1000 + entered.expires_in;
    return entered;
  }

  private async fetched(path: string, request: RequestInit): Promise<Response> {
    try {
      return await fetch(`/api/${path}`, { ...request, cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" });
    } catch {
      throw new RequestFailed(UNREACHED, this.unreachedText());
    }
  }

  private async accepted(reply: Response): Promise<Response> {
    if (reply.ok || reply.status === 304) return reply;
    throw new RequestFailed(reply.status, await sentence(reply, this.unreachedText()));
  }
}

async function sentence(reply: Response, otherwise: string): Promise<string> {
  try {
    const body = (await reply.json()) as { error?: unknown };
    return typeof body.error === "string" ? body.error : otherwise;
  } catch {
    return otherwise; // a proxy in between answered in its own words
  }
}

/** The path with the values that are given. */
export function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  return given.length ? `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : path;
}
