// Who is in, who may come in: shutting out asks first, letting in again does not.

import { useState } from "preact/hooks";
import type { Schema } from "../api/types";
import { useAction, useView } from "../api/views";
import { Card } from "../components/card";
import { Confirm } from "../components/confirm";
import { Link } from "../components/link";
import { Failure } from "../components/page";
import { toast } from "../components/toast";
import { t } from "../texts/texts";
import { relative } from "../texts/times";

type Person = Schema<"Person">;

export function People({ people }: { readonly people: readonly Person[] }) {
  const me = useView("me");
  return (
    <Card title={t("people")}>
      <ul class="list">{people.map((person) => <Rep key={person.telegram_id} person={person} self={me.data?.telegram_id === person.telegram_id} />)}</ul>
    </Card>
  );
}

function Rep({ person, self }: { readonly person: Person; readonly self: boolean }) {
  const seen = person.last_active_at === null ? t("never-active") : t("last-active", { when: relative(person.last_active_at) });
  return (
    <li class="item">
      <Link to={`/admin/reps/${person.telegram_id}`} class="grow">
        <strong>{person.name}</strong>
        <span class="faint">{t("level-xp", { level: person.level, xp: person.xp })}</span>
        <span class="faint">{seen}</span>
      </Link>
      {self ? <span class="chip">{t("yourself")}</span> : <Access person={person} />}
    </li>
  );
}

/** Whether the rep may use the coach, and the button that changes it. */
export function Access({ person }: { readonly person: Person }) {
  const out = person.access === "revoked";
  return (
    <>
      {out && <span class="chip warn">{t("shut-out")}</span>}
      {out ? <Restore person={person} /> : <Revoke person={person} />}
    </>
  );
}

function Restore({ person }: { readonly person: Person }) {
  const restore = useAction("admin/reps/{telegram_id}/restore");
  return (
    <>
      <button
        type="button"
        class="button quiet"
        disabled={restore.busy}
        aria-label={t("restore-of", { name: person.name })}
        onClick={() => void restore.run({ telegram_id: person.telegram_id })}
      >
        {t("restore")}
      </button>
      {restore.error && <Failure error={restore.error} />}
    </>
  );
}

function Revoke({ person }: { readonly person: Person }) {
  const [asking, ask] = useState(false);
  const revoke = useAction("admin/reps/{telegram_id}/revoke");
  const yes = async (): Promise<void> => {
    await revoke.run({ telegram_id: person.telegram_id });
    ask(false);
  };
  return (
    <>
      <button type="button" class="button bad" aria-label={t("revoke-of", { name: person.name })} onClick={() => ask(true)}>{t("revoke")}</button>
      {revoke.error && <Failure error={revoke.error} />}
      {asking && (
        <Confirm
          title={t("revoke-of", { name: person.name })}
          text={t("revoke-sure", { name: person.name })}
          yes={t("revoke")}
          busy={revoke.busy}
          onYes={() => void yes()}
          onNo={() => ask(false)}
        />
      )}
    </>
  );
}

export function Invitations({ invited }: { readonly invited: readonly Schema<"Invitation">[] }) {
  return (
    <Card title={t("invitations")}>
      <Invite />
      {invited.length === 0 && <p class="faint">{t("invited-none")}</p>}
      <ul class="list">{invited.map((invitation) => <Invited key={invitation.id} invitation={invitation} />)}</ul>
    </Card>
  );
}

function Invite() {
  const [name, setName] = useState("");
  const invite = useAction("admin/invite");
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!(await invite.run({}, { text: name.trim() }))) return;
    setName("");
    toast(t("invited"));
  };
  return (
    <form onSubmit={(event) => void send(event)}>
      <label class="field">
        <span>{t("invite-ask")}</span>
        <input value={name} maxLength={33} autocomplete="off" autocapitalize="none" spellcheck={false} placeholder="@" onInput={({ currentTarget }) => setName(currentTarget.value)} />
      </label>
      <button type="submit" class="button" disabled={invite.busy || name.trim() === ""}>{t("invite")}</button>
      {invite.error && <Failure error={invite.error} />}
    </form>
  );
}

function Invited({ invitation }: { readonly invitation: Schema<"Invitation"> }) {
  const withdraw = useAction("admin/invitations/{invitation_id}/withdraw");
  const name = `@${invitation.username}`;
  return (
    <li class="item">
      <strong class="grow">{name}</strong>
      <button
        type="button"
        class="button quiet"
        disabled={withdraw.busy}
        aria-label={t("withdraw-of", { name })}
        onClick={() => void withdraw.run({ invitation_id: invitation.id })}
      >
        {t("withdraw")}
      </button>
      {withdraw.error && <Failure error={withdraw.error} />}
    </li>
  );
}
