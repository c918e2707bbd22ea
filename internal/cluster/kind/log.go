package kind

import (
	"context"
	"fmt"
	"log/slog"

	kindlog "sigs.k8s.io/kind/pkg/log"
)

// logger passes kind's messages on: its steps as Info, its debug messages, from
// V(1) up, as Debug.
type logger struct{ log *slog.Logger }

var _ kindlog.Logger = logger{}

func (l logger) Warn(message string)            { l.log.Warn("kind", "message", message) }
func (l logger) Warnf(format string, a ...any)  { l.Warn(fmt.Sprintf(format, a...)) }
func (l logger) Error(message string)           { l.log.Error("kind", "message", message) }
func (l logger) Errorf(format string, a ...any) { l.Error(fmt.Sprintf(format, a...)) }

func (l logger) V(level kindlog.Level) kindlog.InfoLogger {
	if level > 0 {
		return infoLogger{l.log, slog.LevelDebug}
	}
	return infoLogger{l.log, slog.LevelInfo}
}

type infoLogger struct {
	log   *slog.Logger
	level slog.Level
}

func (l infoLogger) Enabled() bool { return l.log.Enabled(context.Background(), l.level) }

func (l infoLogger) Info(message string) {
	l.log.Log(context.Background(), l.level, "kind", "message", message)
}

func (l infoLogger) Infof(format string, a ...any) {
	if l.Enabled() {
		l.Info(fmt.Sprintf(format, a...))
	}
}
