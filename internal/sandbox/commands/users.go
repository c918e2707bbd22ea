package commands

import (
	"context"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// accounts are the entries of /etc/passwd or /etc/group: name and number.
func (c *Call) accounts(file string) (names map[string]string, numbers map[string]string) {
	names, numbers = make(map[string]string), make(map[string]string)
	data, _ := c.FS.ReadFile(file) // without the file nobody has a name
	for line := range strings.Lines(string(data)) {
		if f := strings.Split(strings.TrimSpace(line), ":"); len(f) > 2 {
			names[f[2]], numbers[f[0]] = f[0], f[2]
		}
	}
	return names, numbers
}

// owner is the user and group of a file, by number or by name where there is one.
func (c *Call) owner(file string, numeric bool) [2]string {
	o := c.FS.Owner(file)
	both := [2]string{strconv.FormatUint(uint64(o.UID), 10), strconv.FormatUint(uint64(o.GID), 10)}
	if numeric {
		return both
	}
	for i, list := range []string{"/etc/passwd", "/etc/group"} {
		names, _ := c.accounts(list)
		switch {
		case names[both[i]] != "":
			both[i] = names[both[i]]
		case both[i] == "0":
			both[i] = "root"
		}
	}
	return both
}

func whoami(_ context.Context, c *Call) int {
	uid := strconv.FormatUint(uint64(c.FS.User().UID), 10)
	names, _ := c.accounts("/etc/passwd")
	switch {
	case names[uid] != "":
		return c.printf("%s\n", names[uid])
	case uid == "0":
		return c.printf("root\n")
	}
	return c.fail("cannot find name for user ID %s", uid)
}

// groups prints the groups of the user.
func groups(ctx context.Context, c *Call) int {
	c.Args = []string{"id", "-Gn"}
	return id(ctx, c)
}

func id(_ context.Context, c *Call) int {
	f, code := c.parse("ugGnr", map[string]byte{"user": 'u', "group": 'g', "groups": 'G', "name": 'n', "real": 'r'})
	if code != 0 {
		return code
	}
	users, byName := c.accounts("/etc/passwd")
	groups, _ := c.accounts("/etc/group")
	me := c.FS.User()
	uid, gid := strconv.FormatUint(uint64(me.UID), 10), strconv.FormatUint(uint64(me.GID), 10)
	all := []string{gid}
	for _, g := range me.Groups {
		if n := strconv.FormatUint(uint64(g), 10); !slices.Contains(all, n) {
			all = append(all, n)
		}
	}
	if len(f.args) > 0 {
		number, ok := byName[f.args[0]]
		if !ok {
			return c.fail("'%s': no such user", f.args[0])
		}
		uid, gid, all = number, number, []string{number}
	}
	named := func(n string, names map[string]string) string {
		if name := names[n]; name != "" {
			return n + "(" + name + ")"
		}
		return n
	}
	plain := func(n string, names map[string]string) string {
		if name := names[n]; f.has('n') && name != "" {
			return name
		}
		return n
	}
	switch {
	case f.has('u'):
		return c.printf("%s\n", plain(uid, users))
	case f.has('g'):
		return c.printf("%s\n", plain(gid, groups))
	case f.has('G'):
		for i := range all {
			all[i] = plain(all[i], groups)
		}
		return c.printf("%s\n", strings.Join(all, " "))
	}
	for i := range all {
		all[i] = named(all[i], groups)
	}
	return c.printf("uid=%s gid=%s groups=%s\n", named(uid, users), named(gid, groups), strings.Join(all, ","))
}

// chown changes whom files belong to.
func chown(_ context.Context, c *Call) int {
	f, code := c.parse("Rvhcf", map[string]byte{"recursive": 'R', "verbose": 'v', "no-dereference": 'h', "changes": 'c', "silent": 'f', "quiet": 'f'})
	if code != 0 {
		return code
	}
	switch len(f.args) {
	case 0:
		return c.usage(1, "missing operand")
	case 1:
		return c.usage(1, "missing operand after '%s'", f.args[0])
	}
	user, group, _ := strings.Cut(f.args[0], ":")
	if c.name() == "chgrp" {
		user, group = "", f.args[0]
	}
	uid, ok := c.account("/etc/passwd", user)
	if !ok {
		return c.fail("invalid user: '%s'", f.args[0])
	}
	gid, ok := c.account("/etc/group", group)
	if !ok {
		return c.fail("invalid group: '%s'", f.args[0])
	}
	var change func(name string)
	change = func(name string) {
		info, err := c.FS.Stat(name)
		if err != nil {
			code = c.fail("cannot access '%s': %s", name, Reason(err))
			return
		}
		owner := c.FS.Owner(name)
		if uid != nil {
			owner.UID = *uid
		}
		if gid != nil {
			owner.GID = *gid
		}
		if err := c.FS.Chown(name, owner); err != nil {
			code = c.fail("changing %s of '%s': %s", map[bool]string{true: "group", false: "ownership"}[c.name() == "chgrp"], name, Reason(err))
		}
		if !f.has('R') || !info.IsDir() {
			return
		}
		entries, _ := c.FS.ReadDir(name)
		for _, e := range entries {
			if e.Type()&fs.ModeSymlink == 0 {
				change(name + "/" + e.Name())
			}
		}
	}
	for _, name := range f.args[1:] {
		change(name)
	}
	return code
}

// account is the number of a user or group, nil if name is empty.
func (c *Call) account(file, name string) (*uint32, bool) {
	if name == "" {
		return nil, true
	}
	_, numbers := c.accounts(file)
	if n, ok := numbers[name]; ok {
		name = n
	}
	n, err := strconv.ParseUint(name, 10, 32)
	id := uint32(n)
	return &id, err == nil
}
