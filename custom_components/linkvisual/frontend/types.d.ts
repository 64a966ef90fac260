// Types of the timeline card: what it uses of Home Assistant's frontend, and what `linkvisual/timeline` answers.

export interface EntityState {
  entity_id: string;
  state: string;
  last_changed: string;
  attributes: Record<string, unknown>;
}

export interface EntityEntry {
  entity_id: string;
  device_id?: string;
  platform?: string;
  translation_key?: string;
}

export interface Locale {
  language: string;
  time_format: "language" | "system" | "12" | "24";
  time_zone: "local" | "server";
}

export interface Connection {
  subscribeMessage<T>(callback: (message: T) => void, message: object): Promise<() => Promise<void>>;
  addEventListener(event: "ready", callback: () => void): void;
  removeEventListener(event: "ready", callback: () => void): void;
}

export interface Hass {
  states: Record<string, EntityState>;
  entities: Record<string, EntityEntry>;
  devices: Record<string, { area_id?: string | null }>;
  areas: Record<string, { name: string }>;
  locale: Locale;
  language: string;
  config: { time_zone: string };
  themes: { darkMode: boolean };
  selectedTheme: object | null;
  connection: Connection;
  hassUrl(path: string): string;
  localize(key: string, values?: Record<string, string | number>): string;
  loadBackendTranslation(category: string, integration?: string): Promise<unknown>;
  callWS<T>(message: object): Promise<T>;
  callService(domain: string, service: string, data?: object, target?: object): Promise<unknown>;
  formatEntityAttributeValue(state: EntityState, attribute: string, value?: unknown): string;
}

export type Kind = "manual" | "alarm" | "continuous";

/** A recording as the websocket command tells it, with its times as Unix milliseconds. */
export interface Recording {
  start: number;
  end: number;
  kind: Kind;
  media_content_id: string;
  thumbnail: string | null;
}

/** An alarm as the websocket command tells it, with its time as Unix milliseconds. */
export interface Alarm {
  time: number;
  type: string;
  picture: string | null;
  event_id: string;
}

export type RecordingRow = Omit<Recording, "start" | "end"> & { start: string; end: string };
export type AlarmRow = Omit<Alarm, "time"> & { time: string };

export interface TimelineReply {
  recordings: RecordingRow[];
  alarms: AlarmRow[];
  can_control?: boolean;
}

export interface TimelineMessage {
  recording?: RecordingRow;
  alarm?: AlarmRow;
}

/** What is at a place of the bar. */
export interface Place {
  time: number;
  x: number;
  recording: Recording | undefined;
  alarm: Alarm | undefined;
}

export interface CardConfig {
  type: string;
  entity?: string;
}

/** Home Assistant's own players. */
export interface PlayerElement extends HTMLElement {
  hass?: Hass;
  stateObj?: EntityState;
  url?: string;
  controls?: boolean;
  muted?: boolean;
  autoPlay?: boolean;
  playsInline?: boolean;
}

interface Listed {
  type: string;
  readonly name: string;
  readonly description: string;
  preview?: boolean;
  strategyType?: string;
}

declare global {
  interface HTMLElementTagNameMap {
    "ha-card": HTMLElement;
    "ha-icon": HTMLElement & { icon?: string };
  }
  interface Window {
    customCards?: Listed[];
    customStrategies?: Listed[];
    loadCardHelpers?: () => Promise<{ createCardElement(config: object): HTMLElement }>;
  }
}
