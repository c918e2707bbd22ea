// Which colour and pattern a STATUS has. The words are kubectl's; a STATUS that is
// not known looks like an error if it sounds like one, else like waiting.

export type Look =
  | "pending" | "creating" | "running" | "completed" | "error" | "backoff" | "terminating" | "unknown" | "job";

const looks: Record<string, Look> = {
  Pending: "pending",
  SchedulingGated: "pending",
  ContainerCreating: "creating",
  PodInitializing: "creating",
  Running: "running",
  NotReady: "running",
  Completed: "completed",
  Succeeded: "completed",
  Terminating: "terminating",
  Evicted: "error",
  OOMKilled: "error",
  Unknown: "unknown",
};

export function lookOf(status: string): Look {
  const bare = status.replace(/^Init:/, "");
  const known = looks[bare];
  if (known) return known;
  if (/BackOff$/.test(bare)) return "backoff";
  if (/^\d+\/\d+$/.test(bare)) return "creating";
  if (/Err|Fail|ExitCode|Signal|Deadline|Cannot|Invalid|Never/.test(bare)) return "error";
  return "unknown";
}

export function lookOfJob(state: string): Look {
  switch (state) {
    case "Failed":
      return "error";
    case "FailureTarget":
      return "backoff";
    case "Complete":
    case "SuccessCriteriaMet":
      return "completed";
    case "Suspended":
      return "pending";
    case "Deleted":
      return "unknown";
  }
  return "job";
}
