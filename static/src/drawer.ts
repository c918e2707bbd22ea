// From entries to lanes: the same rules as timeline.Drawer in Go, of which this
// is a translation. It has no side effects; a test compares the two.

import type {
  Container, Entry, JobLane, JobSegment, KubeEvent, Lane, Mark, Pod, Segment, StepMark,
} from "./wire.ts";

interface DrawnLane {
  lane: Lane;
  pod?: Pod;
  containers: Map<string, { started: number; ended: number }>;
  scheduled: boolean;
  deleted: boolean;
  /** The restart count up to which sigterm is marked, plus one. */
  stopped: number;
}

const jobStates = ["Suspended", "FailureTarget", "SuccessCriteriaMet", "Failed", "Complete"];

export class Drawer {
  readonly lanes: Lane[] = [];
  readonly jobs: JobLane[] = [];
  readonly marks: StepMark[] = [];
  private readonly drawn = new Map<string, DrawnLane>();
  private readonly jobsByUID = new Map<string, JobLane>();

  /** Draws the next entry; entries come in the order of seq. */
  add(e: Entry): void {
    if (e.pod) {
      this.addPod(this.laneOf(e), e, e.pod);
    } else if (e.job) {
      this.addJob(e);
    } else if (e.event) {
      const l = this.drawn.get(e.event.objectUID ?? "");
      if (l) addEvent(l, e, e.event);
    } else if (e.note?.step && e.note.code !== "ready") {
      const kind = e.note.code === "refused" ? "refused" : "step";
      this.marks.push({ t: e.t, kind, seq: e.seq, step: e.note.step, text: e.note.text });
    } else if (e.note?.code === "gap") {
      for (const l of this.drawn.values()) {
        if (!l.deleted) mark(l, e, { kind: "gap", text: e.note.text });
      }
    }
  }

  /** The lane of a pod. */
  lane(uid: string): Lane | undefined {
    return this.drawn.get(uid)?.lane;
  }

  private laneOf(e: Entry): DrawnLane {
    const uid = e.uid ?? "";
    let l = this.drawn.get(uid);
    if (!l) {
      l = {
        lane: { pod: e.name ?? "", uid, owner: "", index: null, segments: [], marks: [] },
        containers: new Map(), scheduled: false, deleted: false, stopped: 0,
      };
      this.drawn.set(uid, l);
      this.lanes.push(l.lane);
      mark(l, e, { kind: "created", text: "" });
    }
    return l;
  }

  private addPod(l: DrawnLane, e: Entry, p: Pod): void {
    l.lane.owner = p.owner;
    l.lane.index = p.index;
    const isScheduled = p.conditions.some((c) => c.type === "PodScheduled" && c.status === "True");
    if (!l.scheduled && !e.inferred && isScheduled) {
      l.scheduled = true;
      mark(l, e, { kind: "scheduled", text: p.node });
    }
    if (l.pod && p.restarts > l.pod.restarts) mark(l, e, { kind: "restart", text: String(p.restarts) });
    for (const c of p.containers) addContainer(l, e, c);
    const running = p.containers.some((c) => c.state === "running");
    if (p.deletionTimestamp && !l.pod?.deletionTimestamp && running) {
      sigterm(l, e, p.restarts, "the pod is deleted");
    }
    l.pod = p;
    if (e.type === "deleted") {
      l.deleted = true;
      close(l, e);
      mark(l, e, { kind: "deleted", text: "" });
      return;
    }
    addSegment(l, e, p);
  }

  private addJob(e: Entry): void {
    const uid = e.uid ?? "";
    let j = this.jobsByUID.get(uid);
    if (!j) {
      j = { name: e.name ?? "", uid, owner: e.job?.owner ?? "", segments: [] };
      this.jobsByUID.set(uid, j);
      this.jobs.push(j);
    }
    const next = jobSegment(e);
    const last = j.segments.at(-1);
    if (last) {
      if (sameJob(last, next)) return;
      last.to = e.t;
    }
    j.segments.push(next);
  }
}

function mark(l: DrawnLane, e: Entry, m: Omit<Mark, "t" | "seq">): void {
  l.lane.marks.push({ ...m, t: e.t, seq: e.seq });
}

function close(l: DrawnLane, e: Entry): void {
  const last = l.lane.segments.at(-1);
  if (last) last.to = e.t;
}

function addSegment(l: DrawnLane, e: Entry, p: Pod): void {
  const why = explainStatus(p);
  const last = l.lane.segments.at(-1);
  if (last && last.status === p.status && last.restarts === p.restarts) {
    last.ready = p.ready;
    last.exitCode = why.exitCode;
    last.message = why.message;
    return;
  }
  close(l, e);
  const s: Segment = {
    status: p.status, ready: p.ready, restarts: p.restarts,
    from: e.t, to: null, seq: e.seq, inferred: e.inferred, ...why,
  };
  l.lane.segments.push(s);
}

function addContainer(l: DrawnLane, e: Entry, c: Container): void {
  const seen = l.containers.get(c.name) ?? { started: 0, ended: 0 };
  if (c.last) {
    // While a container waits, last is the end of its newest instance.
    const n = c.last.containerID !== c.containerID ? c.restarts - 1 : c.restarts;
    if (n >= seen.ended) {
      mark(l, e, { kind: "exit", container: c.name, exitCode: c.last.exitCode, text: c.last.reason ?? "" });
      seen.ended = n + 1;
      seen.started = Math.max(seen.started, n + 1);
    }
  }
  if (c.startedAt && c.restarts >= seen.started) {
    mark(l, e, { kind: "started", container: c.name, text: "" });
    seen.started = c.restarts + 1;
  }
  if (c.state === "terminated" && c.restarts >= seen.ended) {
    mark(l, e, { kind: "exit", container: c.name, exitCode: c.exitCode, text: c.reason ?? "" });
    seen.ended = c.restarts + 1;
  }
  l.containers.set(c.name, seen);
}

function addEvent(l: DrawnLane, e: Entry, ev: KubeEvent): void {
  if (e.type !== "added") return;
  if (ev.reason === "Pulled") mark(l, e, { kind: "pulled", text: ev.message });
  else if (ev.reason === "Killing" && l.pod) sigterm(l, e, l.pod.restarts, ev.message);
}

/** The API and the kubelet's event both say it, in either order: once per restart. */
function sigterm(l: DrawnLane, e: Entry, restarts: number, text: string): void {
  if (restarts < l.stopped) return;
  l.stopped = restarts + 1;
  mark(l, e, { kind: "sigterm", text });
}

/** Finds the container whose state STATUS names. */
function explainStatus(p: Pod): { exitCode?: number; message?: string } {
  const status = p.status.replace(/^Init:/, "");
  for (const c of p.containers) {
    if (c.state === "terminated" && (c.reason === status || (!c.reason && status.startsWith("ExitCode:")))) {
      return { exitCode: c.exitCode, message: c.message };
    }
    if (c.state === "waiting" && c.reason === status) return { message: c.message };
  }
  return p.reason === p.status ? { message: p.message } : {};
}

function jobSegment(e: Entry): JobSegment {
  const j = e.job!;
  const s: JobSegment = {
    state: "Active", from: e.t, to: null, seq: e.seq,
    active: j.active, ready: j.ready, succeeded: j.succeeded, failed: j.failed, terminating: j.terminating,
  };
  for (const state of jobStates) {
    const c = j.conditions.find((c) => c.type === state && c.status === "True");
    if (c) {
      s.state = state;
      s.reason = c.reason;
      s.message = c.message;
    }
  }
  if (e.type === "deleted") s.state = "Deleted";
  return s;
}

function sameJob(a: JobSegment, b: JobSegment): boolean {
  return a.state === b.state && a.active === b.active && a.ready === b.ready &&
    a.succeeded === b.succeeded && a.failed === b.failed && a.terminating === b.terminating &&
    (a.reason ?? "") === (b.reason ?? "") && (a.message ?? "") === (b.message ?? "");
}
