package commands

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"time"
)

// agnhostFlags parses the long options of a sub-command of agnhost: defaults
// has each with its default value. Messages are cobra's.
func (c *Call) agnhostFlags(defaults map[string]string) (map[string]string, bool) {
	args := c.Args[2:]
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		name, val, hasVal := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		old, ok := defaults[name]
		switch {
		case !strings.HasPrefix(arg, "--"):
			fmt.Fprintf(c.FS.Stderr, "Error: unknown command %q for %q\n", arg, "app "+c.Args[1])
			return nil, false
		case !ok:
			fmt.Fprintf(c.FS.Stderr, "Error: unknown flag: --%s\n", name)
			return nil, false
		case !hasVal && (old == "true" || old == "false"):
			val = "true"
		case !hasVal && len(args) == 0:
			fmt.Fprintf(c.FS.Stderr, "Error: flag needs an argument: --%s\n", name)
			return nil, false
		case !hasVal:
			val, args = args[0], args[1:]
		}
		defaults[name] = val
	}
	return defaults, true
}

// mountTest is agnhost's mounttest: it prints what is asked for about files,
// and makes them. The order is that of the original, whatever that of the flags.
func mountTest(ctx context.Context, c *Call) int {
	f, ok := c.agnhostFlags(map[string]string{
		"fs_type": "", "file_mode": "", "file_perm": "", "file_owner": "", "new_file_0644": "", "new_file_0666": "", "new_file_0660": "",
		"new_file_0777": "", "file_content": "", "file_content_in_loop": "", "retry_time": "180", "break_on_expected_content": "true",
	})
	if !ok {
		return 1
	}
	retry, err := strconv.Atoi(f["retry_time"])
	if err != nil {
		fmt.Fprintf(c.FS.Stderr, "Error: invalid argument %q for \"--retry_time\" flag\n", f["retry_time"])
		return 1
	}
	failed := false
	try := func(name string, do func(file string) error) {
		if f[name] != "" {
			failed = do(f[name]) != nil || failed
		}
	}
	stat := func(do func(file string, info fs.FileInfo)) func(string) error {
		return func(file string) error {
			info, err := c.FS.Stat(file)
			if err != nil {
				c.printf("error from Stat(%q): %v\n", file, err)
				return err
			}
			do(file, info)
			return nil
		}
	}
	try("fs_type", func(file string) error {
		kind, err := c.FS.Type(file)
		if err != nil {
			c.printf("error from statfs(%q): %v\n", file, err)
			return err
		}
		c.printf("mount type of %q: %s\n", file, kind)
		return nil
	})
	for _, perm := range []string{"0644", "0666", "0660", "0777"} {
		try("new_file_"+perm, func(file string) error { return c.newFile(file, perm) })
	}
	try("file_mode", stat(func(file string, info fs.FileInfo) { c.printf("mode of file %q: %v\n", file, info.Mode()) }))
	try("file_perm", stat(func(file string, info fs.FileInfo) { c.printf("perms of file %q: %v\n", file, info.Mode().Perm()) }))
	try("file_owner", stat(func(file string, _ fs.FileInfo) {
		o := c.FS.Owner(file)
		c.printf("owner UID of %q: %d\nowner GID of %q: %d\n", file, o.UID, file, o.GID)
	}))
	try("file_content", c.fileContent)
	try("file_content_in_loop", func(file string) error {
		return c.contentInLoop(ctx, file, time.Duration(retry)*time.Second, f["break_on_expected_content"] != "false")
	})
	if failed {
		return 1
	}
	return 0
}

const newFileContent = "mount-tester new file\n"

func (c *Call) newFile(file, perm string) error {
	mode, err := strconv.ParseUint(perm, 8, 32)
	if err != nil {
		return err
	}
	f, err := c.FS.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fs.FileMode(mode))
	if err == nil {
		if _, err = f.Write([]byte(newFileContent)); err == nil {
			err = c.FS.Chmod(file, fs.FileMode(mode)) // whatever the umask
		}
		f.Close()
	}
	if err != nil {
		c.printf("error writing new file %q: %v\n", file, err)
		return err
	}
	return c.fileContent(file)
}

func (c *Call) fileContent(file string) error {
	data, err := c.FS.ReadFile(file)
	if err != nil {
		c.printf("error reading file content for %q: %v\n", file, err)
		return err
	}
	c.printf("content of file %q: %s\n", file, data)
	return nil
}

// contentInLoop prints a file every two seconds.
func (c *Call) contentInLoop(ctx context.Context, file string, limit time.Duration, stop bool) error {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	end := time.Now().Add(limit)
	for {
		data, err := c.FS.ReadFile(file)
		switch {
		case err != nil:
			c.printf("Error reading file %s: %v, retrying\n", file, err)
		default:
			c.printf("content of file %q: %s\n", file, data)
			if stop && string(data) == newFileContent {
				return nil
			}
			if stop {
				c.printf("Unexpected content. Expected: %s. Retrying\n", newFileContent)
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		if !time.Now().Before(end) {
			return err
		}
	}
}

// entrypointTester prints its arguments as Go prints a list.
func entrypointTester(_ context.Context, c *Call) int { return c.printf("%v\n", c.Args) }

// logsGenerator prints lines that look like an API server's, evenly over a time.
func logsGenerator(ctx context.Context, c *Call) int {
	for i, arg := range c.Args {
		for short, long := range map[string]string{"-t": "--log-lines-total", "-d": "--run-duration"} {
			if arg == short {
				c.Args[i] = long
			}
		}
	}
	f, ok := c.agnhostFlags(map[string]string{"log-lines-total": "0", "run-duration": "0s"})
	if !ok {
		return 1
	}
	total, err := strconv.Atoi(f["log-lines-total"])
	if err != nil || total <= 0 {
		fmt.Fprintf(c.FS.Stderr, "Invalid total number of lines: %s\n", f["log-lines-total"])
		return 255
	}
	duration, err := time.ParseDuration(f["run-duration"])
	if err != nil || duration <= 0 {
		fmt.Fprintf(c.FS.Stderr, "Invalid duration: %s\n", f["run-duration"])
		return 255
	}
	tick := time.NewTicker(max(1, duration/time.Duration(total)))
	defer tick.Stop()
	for id := range total {
		const letters = "bcdfghjklmnpqrstvwxz2456789"
		name := make([]byte, 3+rand.IntN(2))
		for i := range name {
			name[i] = letters[rand.IntN(len(letters))]
		}
		method := []string{"GET", "POST", "PUT"}[rand.IntN(3)]
		namespace := []string{"kube-system", "default", "ns"}[rand.IntN(3)]
		fmt.Fprintf(c.FS.Stderr, "%s       1 logs_generator.go:76] %d %s /api/v1/namespaces/%s/pods/%s %d\n",
			time.Now().UTC().Format("I0102 15:04:05.000000"), id, method, namespace, name, 200+rand.IntN(400))
		select {
		case <-tick.C:
		case <-ctx.Done():
			return 1
		}
	}
	return 0
}
