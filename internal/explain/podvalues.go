package explain

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/joblab/joblab/internal/timeline"
)

func (m *moment) containerName() string {
	if m.container != nil {
		return m.container.Name
	}
	var names []string
	for _, c := range m.entry.Pod.Containers {
		if !c.Init {
			names = append(names, c.Name)
		}
	}
	return strings.Join(names, ", ")
}

func (m *moment) image() string {
	if v := m.value("container.image"); v != "" {
		return v
	}
	if m.container != nil {
		return m.container.Image
	}
	return ""
}

// exitCode is how the container of STATUS ended, or its last instance.
func (m *moment) exitCode() string {
	if code, ok := m.exit(); ok {
		return strconv.Itoa(int(code))
	}
	return ""
}

func (m *moment) exit() (code int32, ok bool) {
	c := m.container
	switch {
	case c == nil:
	case c.ExitCode != nil:
		return *c.ExitCode, true
	case c.Last != nil:
		return c.Last.ExitCode, true
	}
	return 0, false
}

// signals are those that end programs in labs; see signal(7).
var signals = map[int32]string{1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM", 24: "SIGXCPU", 25: "SIGXFSZ"}

// signal is what an exit code above 128 tells: "9 (SIGKILL)".
func (m *moment) signal() string {
	code, _ := m.exit()
	n := code - 128
	if name, ok := signals[n]; ok {
		return fmt.Sprintf("%d (%s)", n, name)
	}
	return strconv.Itoa(int(n))
}

// bySignal reports whether an exit code is that of a known signal.
func (m *moment) bySignal() bool {
	code, ok := m.exit()
	return ok && signals[code-128] != ""
}

// command is what the container runs, as the manifest has it: command and args
// together.
func (m *moment) command() string {
	command, args := m.value("container.command"), m.value("container.args")
	both := command + args
	if command != "" && args != "" {
		both = shorten(strings.TrimSuffix(command, "]") + ", " + strings.TrimPrefix(args, "["))
	}
	if both != "" {
		return quoted(both)
	}
	if m.lang == "ko" {
		return "이미지에 정해진 명령"
	}
	return "the image's own command"
}

// longestCommand is how much of a command is said in a sentence.
const longestCommand = 64

// quoted is a value as code in a sentence.
func quoted(value string) string {
	value = strings.ReplaceAll(value, "`", "'")
	if r := []rune(value); len(r) > longestCommand {
		value = string(r[:longestCommand-1]) + "…"
	}
	return "`" + value + "`"
}

// program is what the runtime starts: the first word of command, or of args if the
// image has no entry point of its own.
func (m *moment) program() string {
	for _, field := range []string{"container.command[0]", "container.args[0]"} {
		if v := m.value(field); v != "" {
			return quoted(v)
		}
	}
	return m.command()
}

// lived is how long the container of STATUS ran.
func (m *moment) lived() string {
	c := m.container
	if c == nil || c.StartedAt == nil || c.FinishedAt == nil {
		return "?"
	}
	if ran := c.FinishedAt.Sub(*c.StartedAt); ran > 0 {
		return m.seconds(ran.Seconds())
	}
	short := words{"less than 1 s", "1초 미만"} // the times are whole seconds
	return short.in(m.lang)
}

// The back-offs of the kubelet and of the Job controller: the first wait, which
// doubles each time, and the longest. See initialCrashLoopBackOff and
// imageBackOffPeriod in pkg/kubelet/kubelet.go, DefaultJobPodFailureBackOff and
// MaxJobPodFailureBackOff in pkg/controller/job/job_controller.go.
const (
	firstWait      = 10.0
	longestKubelet = 300.0
	longestJob     = 600.0
)

// retry is what the Job controller waits for after failures in a row.
func (m *moment) retry() string {
	text, _ := m.power(firstWait, max(m.birth.failures-1, 0), longestJob)
	return text
}

var backOff = regexp.MustCompile(`(?i)back-off ([0-9a-z.]+) `)

// crash is what the kubelet waits for before the next start: the wait doubles with
// each restart, and a pod that waits is looked at again after 1.0 to 1.5 times
// what is left, at the latest after a minute and a half. The cluster's own message
// is believed before the count.
func (m *moment) crash() string {
	restarts := 0
	if m.container != nil {
		restarts = m.container.Restarts
		// A crash is counted as a restart when the next instance is made.
		if m.container.Last != nil && m.container.Last.ContainerID != m.container.ContainerID {
			restarts--
		}
	}
	text, wait := m.power(firstWait, max(restarts-1, 0), longestKubelet)
	if found := backOff.FindStringSubmatch(m.message()); found != nil {
		if d, err := time.ParseDuration(found[1]); err == nil && d.Seconds() != wait {
			wait = d.Seconds()
			text = m.seconds(wait)
		}
	}
	late := wait + min(wait/2, 30)
	between := words{
		fmt.Sprintf("%s, and up to half as much again: %s to %s", text, m.seconds(wait), m.seconds(late)),
		fmt.Sprintf("%s, 여기에 절반까지 더해져요: %s에서 %s 사이", text, m.seconds(wait), m.seconds(late)),
	}
	return between.in(m.lang)
}

// pull is how long the kubelet waits before the next pull: each failed pull
// doubles it.
func (m *moment) pull() string {
	pulls := 0
	for _, e := range m.story.objects[m.entry.UID].entries {
		if e.Seq > m.entry.Seq {
			break
		}
		if strings.HasSuffix(e.Pod.Status, "ErrImagePull") {
			pulls++
		}
	}
	text, _ := m.power(firstWait, max(pulls-1, 0), longestKubelet)
	return text
}

// initDone is how many init containers have ended: "1 of 3".
func (m *moment) initDone() string {
	done, all := 0, 0
	for _, c := range m.entry.Pod.Containers {
		if !c.Init {
			continue
		}
		all++
		if c.State == timeline.Terminated && c.ExitCode != nil && *c.ExitCode == 0 || c.Ready {
			done++
		}
	}
	if m.lang == "ko" {
		return fmt.Sprintf("%d개 중 %d개", all, done)
	}
	return fmt.Sprintf("%d of %d", done, all)
}

// waitingContainers names the containers that are not ready.
func (m *moment) waitingContainers() string {
	var names []string
	for _, c := range m.entry.Pod.Containers {
		if !c.Init && !c.Ready {
			names = append(names, c.Name)
		}
	}
	return strings.Join(names, ", ")
}
