package commands

import "strconv"

// surroundings are the lines around those that grep selects in one file.
type surroundings struct {
	*grepper
	label  string
	recent []string // up to grepper.before lines that have not been printed
	left   int      // how many of the next lines are context
	last   int      // number of the last line printed, 0 if none was
}

// shown reports whether lines around are printed at all.
func (s *surroundings) shown() bool {
	return s.before+s.after > 0 && !s.has('q') && !s.has('l') && !s.has('L') && !s.has('c') && !s.has('o')
}

// lead prints what comes before a selected line: the line between groups, and
// the lines of context.
func (s *surroundings) lead(number int) int {
	if !s.shown() {
		return 0
	}
	first := number - len(s.recent)
	if s.groups && (s.last == 0 || first > s.last+1) {
		if code := s.write([]byte("--\n")); code != 0 {
			return code
		}
	}
	for i, line := range s.recent {
		if code := s.line(first+i, line); code != 0 {
			return code
		}
	}
	s.groups, s.recent, s.left, s.last = true, nil, s.after, number
	return 0
}

// other notes a line that is not selected, or prints it as context. Once done
// is set, the code is -1 after the last line of context.
func (s *surroundings) other(number int, line string, done bool) int {
	code := 0
	switch {
	case s.left > 0:
		s.left--
		s.last = number
		code = s.line(number, line)
	case s.before > 0:
		s.recent = append(s.recent, line)
		s.recent = s.recent[max(0, len(s.recent)-s.before):]
	}
	if code == 0 && done && s.left == 0 {
		return -1
	}
	return code
}

func (s *surroundings) line(number int, line string) int {
	prefix := ""
	if s.names {
		prefix = s.label + "-"
	}
	if s.has('n') {
		prefix += strconv.Itoa(number) + "-"
	}
	return s.write([]byte(prefix + line + "\n"))
}
