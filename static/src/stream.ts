// The connection to a run's stream: it comes back after every loss, and asks for
// what it has not got.

import type { Entry } from "./wire.ts";

export type Connection = "open" | "lost" | "unreachable" | "gone" | "ended";

export interface Listener {
  /** The seq of the last entry that is known. */
  last(): number;
  /** Takes entries; returns false if some before them are missing. */
  take(entries: Entry[]): boolean;
  /** Whether the last entry of all is there. */
  complete(): boolean;
  state(connection: Connection): void;
}

const firstWait = 400;
const longestWait = 10_000;
/** How long entries are gathered before they are shown, in milliseconds. */
const gather = 16;

export class Stream {
  private socket: WebSocket | undefined;
  private failures = 0;
  private timer = 0;
  private flushing = 0;
  private pending: Entry[] = [];
  private over = false;
  private readonly retryNow = (): void => {
    if (this.timer && document.visibilityState === "visible") this.connect();
  };

  constructor(private readonly run: string, private readonly listener: Listener) {
    addEventListener("online", this.retryNow);
    document.addEventListener("visibilitychange", this.retryNow);
    this.connect();
  }

  /** Ends the connection for good. */
  close(): void {
    this.over = true;
    clearTimeout(this.timer);
    clearTimeout(this.flushing);
    removeEventListener("online", this.retryNow);
    document.removeEventListener("visibilitychange", this.retryNow);
    this.socket?.close();
  }

  private connect(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    this.pending = [];
    const url = new URL(`/api/runs/${encodeURIComponent(this.run)}/stream?after=${this.listener.last()}`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url);
    this.socket = socket;
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.failures = 0;
      this.listener.state("open");
    };
    socket.onmessage = (m: MessageEvent<string>) => {
      this.pending.push(JSON.parse(m.data) as Entry);
      this.flushing ||= setTimeout(() => this.flush(), gather);
    };
    socket.onclose = (e) => {
      if (this.over || socket !== this.socket) return;
      this.flush();
      if (e.code === 1000 || this.listener.complete()) {
        this.listener.state("ended");
        this.close();
      } else {
        void this.lose(opened);
      }
    };
  }

  private flush(): void {
    clearTimeout(this.flushing);
    this.flushing = 0;
    const entries = this.pending;
    this.pending = [];
    if (entries.length > 0 && !this.listener.take(entries)) this.socket?.close(4000, "entries are missing");
  }

  /** Waits and connects again, unless the server says that the run is gone. */
  private async lose(wasOpen: boolean): Promise<void> {
    const state = wasOpen ? "lost" : await this.diagnose();
    if (this.over) return;
    this.listener.state(state);
    if (state === "gone") return this.close();
    const wait = Math.min(longestWait, firstWait * 2 ** this.failures++);
    this.timer = setTimeout(() => this.connect(), wait * (0.5 + Math.random() / 2));
  }

  private async diagnose(): Promise<Connection> {
    try {
      const answer = await fetch(`/api/runs/${encodeURIComponent(this.run)}`);
      return answer.status === 404 ? "gone" : "lost";
    } catch {
      return "unreachable";
    }
  }
}
