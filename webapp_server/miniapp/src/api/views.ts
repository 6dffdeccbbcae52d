// Views and actions of the server as hooks: what is loaded is shown at once, kept fresh, and typed by the server itself.

import { useEffect, useRef, useState } from "preact/hooks";
import { buzz } from "../telegram/haptics";
import { client } from "./access";
import { type Query, RequestFailed, withQuery } from "./client";
import { onChange, refresh, refused } from "./live";
import type { paths } from "./schema";

type Json<Operation> = Operation extends { responses: { 200: { content: { "application/json": infer Body } } } }
  ? Body
  : never;
type Sent<Operation> = Operation extends { requestBody: { content: { "application/json": infer Body } } }
  ? Body
  : Operation extends { requestBody: { content: { "application/octet-stream": unknown } } }
    ? Blob
    : void;
type Bare<Path> = Path extends `/api/${infer Rest}` ? Rest : never;

export type ViewPath = { [P in keyof paths]: paths[P] extends { get: object } ? Bare<P> : never }[keyof paths];
export type ActionPath = { [P in keyof paths]: paths[P] extends { post: object } ? Bare<P> : never }[keyof paths];
/** What a view answers, by its path. */
export type View<P extends ViewPath> = Json<paths[`/api/${P}`]["get"]>;
/** What an action takes, by its path. */
export type Body<P extends ActionPath> = Sent<paths[`/api/${P}`]["post"]>;
/** What an action answers, by its path. */
export type Answer<P extends ActionPath> = Json<paths[`/api/${P}`]["post"]>;
/** The words in braces of a path. */
export type Parameters = Readonly<Record<string, string | number>>;

const kept = new Map<string, unknown>();

export interface Loaded<Data> {
  /** Null until it was loaded once. */
  readonly data: Data | null;
  /** Why it is not there, or not fresh; null when all is well. */
  readonly error: RequestFailed | null;
  readonly reload: () => void;
}

/** A view of the server, looked at again whenever something changes; null for `parameters` waits. */
export function useView<P extends ViewPath>(path: P, parameters: Parameters | null = {}, query: Query = {}): Loaded<View<P>> {
  const address = parameters && filled(path, parameters);
  const key = address && `${address}?${JSON.stringify(query)}`;
  const [shown, show] = useState<{ key: string | null; error: RequestFailed | null; turn: number }>({ key, error: null, turn: 0 });
  useEffect(() => {
    if (address === null || key === null) return undefined;
    let current = true;
    let again = false;
    let looking = false;
    const look = async (): Promise<void> => {
      if (looking) {
        again = true; // one more look after this one sees whatever changed meanwhile
        return;
      }
      looking = true;
      const error = await looked(key, address, query);
      looking = false;
      if (current) show((last) => ({ key, error, turn: last.turn + 1 }));
      if (current && again) {
        again = false;
        void look();
      }
    };
    void look();
    const off = onChange(() => void look());
    return () => {
      current = false;
      off();
    };
  }, [key]);
  const data = key === null ? null : ((kept.get(key) as View<P> | undefined) ?? null);
  return { data, error: shown.key === key ? shown.error : null, reload: refresh };
}

async function looked(key: string, address: string, query: Query): Promise<RequestFailed | null> {
  try {
    kept.set(key, await client().look(address, query));
    return null;
  } catch (error) {
    if (!(error instanceof RequestFailed)) throw error;
    refused(error);
    if (error.status === 404) kept.delete(key);
    return error;
  }
}

export interface Doing<P extends ActionPath> {
  /** Do it; null where it could not be done, which `error` then says. */
  readonly run: (parameters: Parameters, body: Body<P>, query?: Query) => Promise<Answer<P> | null>;
  readonly busy: boolean;
  readonly error: RequestFailed | null;
}

/** An action of the server; pressing twice while it runs does it once, and pressing again after a failure is the same act. */
export function useAction<P extends ActionPath>(path: P): Doing<P> {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<RequestFailed | null>(null);
  const tried = useRef({ what: "", id: "" });
  const running = useRef(false);
  const run = async (parameters: Parameters, body: Body<P>, query: Query = {}): Promise<Answer<P> | null> => {
    if (running.current) return null;
    running.current = true;
    setBusy(true);
    const address = withQuery(filled(path, parameters), query);
    const what = `${address} ${body instanceof Blob ? body.size : JSON.stringify(body ?? null)}`;
    if (tried.current.what !== what) tried.current = { what, id: crypto.randomUUID() };
    try {
      const answer = (await client().act(address, body, tried.current.id)) as Answer<P>;
      tried.current = { what: "", id: "" };
      setError(null);
      buzz("success");
      refresh();
      return answer;
    } catch (failure) {
      if (!(failure instanceof RequestFailed)) throw failure;
      refused(failure);
      if (failure.status !== 0 && failure.status < 500) tried.current = { what: "", id: "" }; // else it may have been done
      setError(failure);
      buzz("error");
      return null;
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  return { run, busy, error };
}

function filled(path: string, parameters: Parameters): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(parameters[name] ?? "")));
}
