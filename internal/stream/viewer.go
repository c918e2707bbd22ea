package stream

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"nhooyr.io/websocket"

	"github.com/joblab/joblab/internal/timeline"
)

// errGone is why a stream ends whose viewer has closed or lost the connection.
var errGone = errors.New("the viewer has gone")

// viewer is one connection.
type viewer struct {
	log  *slog.Logger
	wire *wire
	conn *websocket.Conn // set once it is accepted
}

// serve sends the records of l after a sequence number until the log or ctx
// ends, and closes the connection with the code that says which.
func (v *viewer) serve(ctx context.Context, l *timeline.Log, after timeline.Seq) {
	pings, stopPings := context.WithCancel(ctx)
	var attending sync.WaitGroup
	attending.Go(func() { v.ping(pings) })
	defer attending.Wait()
	defer stopPings()

	if err := v.send(ctx, l, after); err != nil {
		v.log.Debug("stream cut off", "err", err)
		v.conn.CloseNow()
		return
	}
	v.wire.closing.Store(true)
	// Close also frees a ping that waits for its answer.
	switch cause := context.Cause(ctx); cause {
	case nil:
		v.conn.Close(websocket.StatusNormalClosure, "the run has ended")
	case ErrShutdown:
		v.conn.Close(websocket.StatusGoingAway, cause.Error())
	default:
		v.conn.CloseNow()
	}
}

// send writes the records of l to the connection. It returns nil when the log or
// ctx has ended.
func (v *viewer) send(ctx context.Context, l *timeline.Log, after timeline.Seq) error {
	// One context and one timer serve all writes: a context of its own for each
	// would be the only memory that a message costs. A write is not bound to ctx,
	// since the library drops the connection of a write that is cancelled.
	writing, cut := context.WithCancelCause(context.Background())
	defer cut(nil)
	timer := time.AfterFunc(WriteTimeout, func() { cut(context.DeadlineExceeded) })
	timer.Stop()

	for record := range l.Follow(ctx, after) {
		timer.Reset(WriteTimeout)
		err := v.conn.Write(writing, websocket.MessageText, record.JSON)
		timer.Stop()
		if err != nil {
			return err
		}
	}
	return nil
}

// ping asks the viewer every now and then whether it is there until ctx ends,
// and drops the connection if it is not.
func (v *viewer) ping(ctx context.Context) {
	ticker := time.NewTicker(PingInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		waiting, cancel := context.WithTimeout(context.Background(), PingInterval)
		err := v.conn.Ping(waiting)
		cancel()
		if err != nil {
			v.log.Debug("stream without answer", "err", err)
			v.conn.CloseNow()
			return
		}
	}
}
