package timeline

// scripted is a judge that decides the check "note" at the first note, "late" at
// time deadline, and "end" when settled.
type scripted struct {
	deadline float64
	observed []Seq
	state    map[string]State
}

func newScripted(deadline float64) *scripted {
	return &scripted{deadline: deadline, state: map[string]State{"note": Pending, "late": Pending, "end": Pending}}
}

func (j *scripted) decide(id string, s State) []Verdict {
	if j.state[id] != Pending {
		return nil
	}
	j.state[id] = s
	return []Verdict{{ID: id, State: s}}
}

func (j *scripted) Observe(e *Entry) []Verdict {
	j.observed = append(j.observed, e.Seq)
	if e.Note != nil {
		return j.decide("note", Met)
	}
	return nil
}

func (j *scripted) Deadline() (float64, bool) { return j.deadline, j.state["late"] == Pending }

func (j *scripted) Tick(t float64) []Verdict {
	if t < j.deadline {
		return nil
	}
	return j.decide("late", Diverged)
}

func (j *scripted) Done() bool { return j.state["note"] == Met }

func (j *scripted) Settle(settled bool) Verdict {
	if settled {
		j.decide("end", Met)
	}
	for id := range j.state {
		j.decide(id, Undecided)
	}
	return Verdict{Outcome: Undecided, Checks: j.Checks()}
}

func (j *scripted) Checks() []Verdict {
	var vs []Verdict
	for _, id := range []string{"note", "late", "end"} {
		vs = append(vs, Verdict{ID: id, State: j.state[id]})
	}
	return vs
}
