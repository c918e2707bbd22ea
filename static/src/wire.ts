// The shapes that the server sends; doc/api.md describes them.

export type Kind = "pod" | "job" | "cronjob" | "event" | "verdict" | "note";
export type State = "pending" | "met" | "diverged" | "undecided";

export interface Entry {
  seq: number;
  at: string;
  t: number;
  kind: Kind;
  type?: "added" | "modified" | "deleted";
  name?: string;
  uid?: string;
  pod?: Pod;
  job?: Job;
  event?: KubeEvent;
  verdict?: Verdict;
  note?: Note;
  inferred: boolean;
  proof?: string;
}

export interface Pod {
  ready: string;
  status: string;
  restarts: number;
  phase: string;
  reason?: string;
  message?: string;
  owner: string;
  index: number | null;
  node: string;
  deletionTimestamp: string | null;
  conditions: Condition[];
  containers: Container[];
}

export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

export interface Container {
  name: string;
  init: boolean;
  state: string;
  reason?: string;
  message?: string;
  exitCode?: number;
  startedAt?: string;
  restarts: number;
  containerID?: string;
  last?: { reason?: string; exitCode: number; containerID?: string };
}

export interface Job {
  active: number;
  ready: number;
  succeeded: number;
  failed: number;
  terminating: number;
  owner?: string;
  conditions: Condition[];
}

export interface KubeEvent {
  type: string;
  reason: string;
  message: string;
  object: string;
  objectUID?: string;
  count: number;
}

export interface Note {
  code: string;
  text: string;
  step?: string;
}

export interface Verdict {
  id?: string;
  state?: State;
  seq?: number;
  pod?: string;
  expected?: string;
  got?: string;
  cause?: string;
  outcome?: State;
  checks?: Verdict[];
}

export interface View {
  lanes: Lane[];
  jobs: JobLane[];
  /** The steps that were done, or refused. */
  marks?: StepMark[];
  source?: string;
  /** Seconds at which the recording ended; only in a trace. */
  end?: number;
}

export interface Lane {
  pod: string;
  uid: string;
  owner: string;
  index: number | null;
  segments: Segment[];
  marks: Mark[];
}

export interface Segment {
  status: string;
  ready: string;
  restarts: number;
  from: number;
  to: number | null;
  seq: number;
  exitCode?: number;
  message?: string;
  inferred: boolean;
}

export type MarkKind =
  | "created"
  | "scheduled"
  | "pulled"
  | "started"
  | "exit"
  | "restart"
  | "sigterm"
  | "deleted"
  | "gap";

export interface Mark {
  t: number;
  kind: MarkKind;
  seq: number;
  container?: string;
  exitCode?: number;
  text: string;
}

export interface StepMark {
  t: number;
  kind: "step" | "refused";
  seq: number;
  step: string;
  text: string;
}

export interface JobLane {
  name: string;
  uid: string;
  owner: string;
  segments: JobSegment[];
}

export interface JobSegment {
  state: string;
  from: number;
  to: number | null;
  seq: number;
  active: number;
  ready: number;
  succeeded: number;
  failed: number;
  terminating: number;
  reason?: string;
  message?: string;
}

/** What GET /api/runs/{id} answers. */
export interface RunInfo {
  id: string;
  lab: string;
  cluster: { backend: string; version: string };
  state: "pending" | "running" | "finished" | "stopped" | "interrupted" | "failed";
  reason: string;
}

/** The right answer to a question, as GET /api/runs/{id}/answers gives it; null if the run has none. */
export interface Answer {
  id: string;
  type: "int" | "seconds" | "string" | "bool";
  answer: number | string | boolean | null;
}

export interface Problem {
  path: string;
  line: number;
  message: string;
}

export interface ClusterInfo {
  backend: string;
  version: string;
  state: "starting" | "ready" | "unreachable" | "restarting" | "failed" | "closed";
  since: string;
  step: string;
  generation: number;
  restarts: number;
  error: string;
}
