package network

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"syscall"
	"time"
)

// Serve answers the requests that come from a container through socket, one
// after the other, until the container hangs up, says what no container of ours
// says, or ctx ends. It closes socket.
func Serve(ctx context.Context, socket *os.File, n Network) {
	defer socket.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { socket.Close() })
	defer stop()
	var buffer [maxRequest]byte
	for {
		// Descriptors that come with a packet are closed by the kernel, because
		// this asks for none.
		count, err := socket.Read(buffer[:])
		if err != nil || count == len(buffer) {
			return
		}
		var req request
		if err := json.Unmarshal(buffer[:count], &req); err != nil {
			return
		}
		resp, file := answer(ctx, n, &req)
		packet, err := json.Marshal(resp)
		if err == nil {
			err = send(socket, packet, file, true)
		}
		if file != nil {
			file.Close()
		}
		if err != nil {
			return
		}
	}
}

// answerTime bounds how long a container waits for whoever knows the answer.
const answerTime = 5 * time.Second

// answer does what a request asks for.
func answer(ctx context.Context, n Network, req *request) (*response, *os.File) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	resp := &response{ID: req.ID}
	var file *os.File
	var err error
	switch {
	case req.Query != nil:
		var a Answer
		a, err = n.Query(ctx, req.Query.Server, req.Query.Question)
		a.Records = a.Records[:min(len(a.Records), maxRecords)]
		resp.Answer = &a
	case req.Dial != nil:
		file, resp.Local, err = n.Dial(ctx, *req.Dial)
	case req.Listen != nil:
		file, resp.Local, err = n.Listen(ctx, *req.Listen)
	case req.Echo != nil:
		err = n.Echo(ctx, *req.Echo)
	default:
		err = syscall.EINVAL
	}
	if err != nil && !errors.As(err, &resp.Errno) {
		resp.Errno = syscall.ENETDOWN
	}
	return resp, file
}
