// A recorded answer, where the client allows recording: begin, then send or throw away.

import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../texts/texts";
import { Icon } from "./icon";

interface RecorderProps {
  readonly busy: boolean;
  readonly onSend: (recording: Blob) => void;
}

const canRecord = typeof MediaRecorder === "function" && navigator.mediaDevices !== undefined;

export function Recorder({ busy, onSend }: RecorderProps) {
  const recorder = useRef<MediaRecorder | null>(null);
  const wanted = useRef(false);
  const [recording, setRecording] = useState(false);
  const [refused, setRefused] = useState(false);
  const stop = (send: boolean): void => {
    wanted.current = send;
    recorder.current?.stop();
  };
  useEffect(() => () => stop(false), []);
  const begin = async (): Promise<void> => {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      recorder.current = recordingOf(stream, (sound) => {
        setRecording(false);
        if (wanted.current) onSend(sound);
      });
      setRefused(false);
      setRecording(true);
    } catch {
      setRefused(true); // no microphone, or the rep or the client said no
    }
  };
  if (!canRecord) return null;
  if (!recording) {
    return (
      <>
        <button type="button" class="button quiet" disabled={busy} aria-busy={busy} onClick={() => void begin()}>
          <Icon name="mic" />
          {t("record")}
        </button>
        {refused && <p role="alert" class="bad">{t("record-refused")}</p>}
      </>
    );
  }
  return (
    <div class="row" role="group" aria-label={t("recording")}>
      <span role="status">{t("recording")}</span>
      <button type="button" class="button" onClick={() => stop(true)}>{t("record-send")}</button>
      <button type="button" class="button quiet" onClick={() => stop(false)}>{t("record-discard")}</button>
    </div>
  );
}

/** A recorder that is running; when it stops the microphone is let go and `done` gets what was said. */
function recordingOf(stream: MediaStream, done: (sound: Blob) => void): MediaRecorder {
  const pieces: Blob[] = [];
  const recorder = new MediaRecorder(stream);
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  recorder.onstop = () => {
    for (const track of stream.getTracks()) track.stop();
    done(new Blob(pieces, { type: recorder.mimeType }));
  };
  recorder.start();
  return recorder;
}
