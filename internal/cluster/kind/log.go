package kind

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"unicode"

	kindlog "sigs.k8s.io/kind/pkg/log"
)

// logger takes kind's messages. Those that begin a step are told as such; the
// others go to the log, warnings and worse as they are, the rest as debugging.
type logger struct {
	log  *slog.Logger
	step func(string)
}

var _ kindlog.Logger = logger{}

func (l logger) Warn(message string)            { l.log.Warn("kind", "message", message) }
func (l logger) Warnf(format string, a ...any)  { l.Warn(fmt.Sprintf(format, a...)) }
func (l logger) Error(message string)           { l.log.Error("kind", "message", message) }
func (l logger) Errorf(format string, a ...any) { l.Error(fmt.Sprintf(format, a...)) }

func (l logger) V(level kindlog.Level) kindlog.InfoLogger { return infoLogger{l, level} }

type infoLogger struct {
	logger
	level kindlog.Level
}

func (l infoLogger) Enabled() bool {
	return l.level == 0 || l.log.Enabled(context.Background(), slog.LevelDebug)
}

func (l infoLogger) Info(message string) {
	if step, ok := stepOf(message); ok && l.level == 0 {
		l.step(step)
		return
	}
	l.log.Debug("kind", "message", strings.TrimSpace(message))
}

func (l infoLogger) Infof(format string, a ...any) {
	if l.Enabled() {
		l.Info(fmt.Sprintf(format, a...))
	}
}

// stepOf returns the step that a message begins, without what decorates it:
// " • Preparing nodes 📦  ...\n" is "preparing nodes".
func stepOf(message string) (string, bool) {
	step, ok := strings.CutPrefix(strings.TrimSpace(message), "• ")
	if !ok {
		return "", false
	}
	if step, ok = strings.CutSuffix(step, "..."); !ok {
		return "", false
	}
	step = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.So, unicode.Mn, unicode.Sk) {
			return -1
		}
		return r
	}, step)
	step = strings.Join(strings.Fields(step), " ")
	if step == "" {
		return "", false
	}
	return strings.ToLower(step[:1]) + step[1:], true
}
