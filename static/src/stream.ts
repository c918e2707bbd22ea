// The connection to a run's stream: it comes back after every loss, and asks for
// what it has not got. Where only the stream is blocked, it asks every now and then.

import type { Entry } from "./wire.ts";

/**
 * How a page is connected: to the stream, or by asking; not, for the moment, or
 * because the server does not answer; for good, because it does not know the run, or
 * because all is there.
 */
export type Connection = "open" | "polling" | "lost" | "unreachable" | "gone" | "ended";

/** What became of entries: some before them are missing, or the server has others than the page. */
export type Taken = "all" | "missing" | "changed";

export interface Listener {
  /** The seq of the last entry that is known. */
  last(): number;
  take(entries: Entry[]): Taken;
  /** Whether the last entry of all is there. */
  complete(): boolean;
  /** Forgets all entries, which come again. */
  restart(): void;
  state(connection: Connection): void;
}

/** GET /api/runs/{id}/timeline?after=SEQ. */
interface Later {
  entries: Entry[];
  ended: boolean;
}

const firstWait = 400;
const longestWait = 10_000;
/** How long entries are gathered before they are shown, in milliseconds. */
const gather = 16;
/** How long the stream, and an answer, may take to come. */
const patience = 5_000;
const answerPatience = 20_000;
/** How often the server is asked where the stream is blocked, and after how many answers the stream is tried again. */
const askEvery = 2_000;
const tryAfter = 15;
/** How often the stream must have failed at a server that answers to be called blocked. */
const blockedAfter = 2;

export class Stream {
  private socket: WebSocket | undefined;
  /** Failures in a row, and those of them at a server that answers. */
  private failures = 0;
  private blocked = 0;
  private answers = 0;
  private timer = 0;
  private flushing = 0;
  private pending: Entry[] = [];
  private over = false;
  private readonly wake = (): void => {
    if (this.timer && document.visibilityState === "visible") this.connect();
  };
  /** Another network may have silenced a connection that still seems open. */
  private readonly online = (): void => {
    if (this.timer || this.socket?.readyState === WebSocket.OPEN) this.connect();
  };

  /** begun says that much may have happened, which comes sooner in one answer than as so many messages. */
  constructor(private readonly run: string, private readonly listener: Listener, begun: boolean) {
    addEventListener("online", this.online);
    document.addEventListener("visibilitychange", this.wake);
    if (begun) void this.catchUp();
    else this.connect();
  }

  /** Takes what has happened so far, and then what comes. */
  private async catchUp(): Promise<void> {
    const later = await this.later(0).catch(() => undefined);
    if (this.over || this.socket) return;
    if (later) this.listener.take(later.entries);
    if (later?.ended) this.finish("ended");
    else this.connect();
  }

  /** The entries after a seq; undefined if the server does not know the run. */
  private async later(after: number): Promise<Later | undefined> {
    const answer = await fetch(this.address(`timeline?after=${after}`), { cache: "no-store", signal: AbortSignal.timeout(answerPatience) });
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return (await answer.json()) as Later;
  }

  /** Ends the connection for good. */
  close(): void {
    this.over = true;
    clearTimeout(this.timer);
    clearTimeout(this.flushing);
    removeEventListener("online", this.online);
    document.removeEventListener("visibilitychange", this.wake);
    this.socket?.close();
  }

  /**
   * The seq after which entries are asked for: the last one comes again, so that it
   * shows whether the server still has the same, which it may not after a crash.
   */
  private get after(): number {
    return Math.max(0, this.listener.last() - 1);
  }

  private address(path: string): URL {
    return new URL(`/api/runs/${encodeURIComponent(this.run)}/${path}`, location.href);
  }

  private connect(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    this.flush();
    if (this.over) return;
    this.socket?.close();
    const after = this.after;
    const url = this.address(`stream?after=${after}`);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url);
    this.socket = socket;
    let opened = false;
    const impatient = setTimeout(() => socket.close(), patience);
    socket.onopen = () => {
      if (socket !== this.socket) return;
      opened = true;
      clearTimeout(impatient);
      this.failures = this.blocked = 0;
      this.listener.state("open");
    };
    socket.onmessage = (m: MessageEvent<string>) => {
      if (socket !== this.socket) return;
      this.pending.push(JSON.parse(m.data) as Entry);
      this.flushing ||= setTimeout(() => this.flush(), gather);
    };
    socket.onclose = (e) => {
      clearTimeout(impatient);
      if (this.over || socket !== this.socket) return;
      this.flush();
      if (this.over || socket !== this.socket) return;
      if (e.code === 1000 || this.listener.complete()) this.end(after);
      else void this.lose(opened);
    };
  }

  private flush(): void {
    clearTimeout(this.flushing);
    this.flushing = 0;
    const entries = this.pending;
    this.pending = [];
    if (entries.length === 0) return;
    const taken = this.listener.take(entries);
    if (taken === "changed") this.renew();
    else if (taken === "missing") this.socket?.close(4000, "entries are missing");
  }

  /** All that the server has after a seq has come. Without the last entry of all, it has other entries than the page. */
  private end(after: number): void {
    if (after > 0 && !this.listener.complete()) return this.renew();
    this.finish("ended");
  }

  private finish(state: Connection): void {
    this.close();
    this.listener.state(state);
  }

  /** Asks for all entries anew. */
  private renew(): void {
    this.pending = [];
    this.listener.restart();
    this.connect();
  }

  /** The stream is lost, or could not be had. */
  private async lose(wasOpen: boolean): Promise<void> {
    if (wasOpen) return this.retry("lost");
    await this.ask();
  }

  /** Asks for entries without the stream, which also tells why that failed. */
  private async ask(): Promise<void> {
    const socket = this.socket;
    const after = this.after;
    let later: Later | undefined;
    try {
      later = await this.later(after);
    } catch {
      if (this.over || socket !== this.socket) return;
      return this.retry("unreachable");
    }
    if (this.over || socket !== this.socket) return;
    if (!later) return this.finish("gone");
    const taken = this.listener.take(later.entries);
    if (taken === "changed") return this.renew();
    if (taken === "missing") return this.retry("lost");
    if (later.ended) return this.end(after);
    this.heard();
  }

  /** The server has answered, though not by the stream. */
  private heard(): void {
    if (++this.blocked < blockedAfter) return this.retry("lost");
    this.failures = 0;
    this.listener.state("polling");
    const again = ++this.answers % tryAfter === 0;
    this.timer = setTimeout(() => {
      if (again) return this.connect();
      this.timer = 0;
      void this.ask();
    }, askEvery);
  }

  private retry(state: Connection): void {
    this.listener.state(state);
    const wait = Math.min(longestWait, firstWait * 2 ** this.failures++);
    this.timer = setTimeout(() => this.connect(), wait * (0.5 + Math.random() / 2));
  }
}
