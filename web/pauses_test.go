package web

import (
	"fmt"

	"github.com/joblab/joblab/internal/browsertest"
)

// holdPauses keeps timers of so many milliseconds from ending before endPause, in
// the pages opened from now on: however slow the machine is, a pause is over when the
// test says so.
func holdPauses(tab *browsertest.Tab, ms int) {
	tab.T.Helper()
	tab.BeforeScripts(fmt.Sprintf(`{
		const pauses = new Map(), { setTimeout, clearTimeout } = window;
		window.setTimeout = (f, ms, ...rest) => ms !== %d ? setTimeout(f, ms, ...rest) : (pauses.set(-pauses.size - 1, f), -pauses.size);
		window.clearTimeout = (id) => pauses.delete(id) || clearTimeout(id);
		window.pauses = pauses;
		window.endPause = () => { const all = [...pauses.values()]; pauses.clear(); all.forEach((f) => f()); };
	}`, ms))
}

// endPause ends the pauses that are held.
func endPause(tab *browsertest.Tab) {
	tab.T.Helper()
	tab.Text(`endPause(), ""`)
}

// paused is how many pauses are held.
func paused(tab *browsertest.Tab) int {
	tab.T.Helper()
	return browsertest.Evaluate[int](tab, `pauses.size`)
}
