package commands

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
)

// stat prints what is known of files.
func stat(_ context.Context, c *Call) int {
	f, code := c.parse("c:Lt", map[string]byte{"format": 'c', "dereference": 'L', "terse": 't'})
	if code != 0 {
		return code
	}
	if len(f.args) == 0 {
		return c.usage(1, "missing operand")
	}
	format := f.value('c', "  File: %N\n  Size: %s\t\tBlocks: %b\tIO Block: 4096\t%F\n"+
		"Access: (0%a/%A)  Uid: (%u/%U)   Gid: (%g/%G)\nModify: %y")
	for _, name := range f.args {
		info, err := c.FS.Lstat(name)
		if f.has('L') && err == nil {
			info, err = c.FS.Stat(name)
		}
		if err != nil {
			code = c.fail("cannot statx '%s': %s", name, Reason(err))
			continue
		}
		c.printf("%s\n", c.statFormat(format, name, info))
	}
	return code
}

func (c *Call) statFormat(format, name string, info fs.FileInfo) string {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		switch format[i] {
		case 'n':
			b.WriteString(name)
		case 'N':
			b.WriteString("'" + name + "'")
			if to, err := c.FS.Readlink(name); err == nil {
				b.WriteString(" -> '" + to + "'")
			}
		case 's':
			fmt.Fprint(&b, info.Size())
		case 'b':
			fmt.Fprint(&b, (info.Size()+4095)/4096*8)
		case 'a':
			fmt.Fprintf(&b, "%o", info.Mode().Perm())
		case 'A':
			b.WriteString(modeString(info.Mode()))
		case 'F':
			b.WriteString(kindName(info))
		case 'h':
			fmt.Fprint(&b, links(info))
		case 'u':
			b.WriteString(c.owner(name, true)[0])
		case 'g':
			b.WriteString(c.owner(name, true)[1])
		case 'U':
			b.WriteString(c.owner(name, false)[0])
		case 'G':
			b.WriteString(c.owner(name, false)[1])
		case 'Y', 'X', 'Z':
			fmt.Fprint(&b, info.ModTime().Unix())
		case 'y', 'x', 'z':
			b.WriteString(info.ModTime().UTC().Format("2006-01-02 15:04:05.000000000 -0700"))
		case '%':
			b.WriteByte('%')
		default:
			b.WriteByte('?')
		}
	}
	return b.String()
}

func kindName(info fs.FileInfo) string {
	switch m := info.Mode(); {
	case m.IsDir():
		return "directory"
	case m&fs.ModeSymlink != 0:
		return "symbolic link"
	case m&fs.ModeNamedPipe != 0:
		return "fifo"
	case m&fs.ModeCharDevice != 0:
		return "character special file"
	case info.Size() == 0:
		return "regular empty file"
	}
	return "regular file"
}
