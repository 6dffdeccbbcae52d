// The client's own buttons: main, back and settings. Each belongs to whichever screen set it last.

import { useEffect, useRef } from "preact/hooks";
import { knows, on, post } from "./bridge";

export interface MainButton {
  readonly text: string;
  readonly onPress: () => void;
  readonly enabled?: boolean;
  readonly busy?: boolean;
}

/** Show the main button while the screen is there; null hides it. */
export function useMainButton(button: MainButton | null): void {
  const press = useRef(button?.onPress);
  press.current = button?.onPress;
  const enabled = (button?.enabled ?? true) && !button?.busy;
  const [text, busy] = [button?.text ?? "", button?.busy ?? false];
  useEffect(() => {
    post("web_app_setup_main_button", {
      is_visible: text !== "",
      is_active: enabled,
      is_progress_visible: busy,
      ...(text && { text }),
    });
  }, [text, enabled, busy]);
  useEffect(() => () => post("web_app_setup_main_button", { is_visible: false }), []);
  useEffect(() => on("main_button_pressed", () => enabled && press.current?.()), [enabled]);
}

/** Show the back button while there is somewhere to go back to. */
export function useBackButton(back: (() => void) | null): void {
  const press = useRef(back);
  press.current = back;
  const visible = back !== null;
  useEffect(() => {
    if (knows("6.1")) post("web_app_setup_back_button", { is_visible: visible });
  }, [visible]);
  useEffect(() => on("back_button_pressed", () => press.current?.()), []);
}

/** Show the settings entry in the client's menu. */
export function useSettingsButton(open: () => void): void {
  useEffect(() => {
    if (knows("6.10")) post("web_app_setup_settings_button", { is_visible: true });
    return on("settings_button_pressed", open);
  }, [open]);
}

/** Ask before the page is closed while something typed is not sent. */
export function useClosingConfirmation(unsent: boolean): void {
  useEffect(() => {
    if (knows("6.2")) post("web_app_setup_closing_behavior", { need_confirmation: unsent });
  }, [unsent]);
}
