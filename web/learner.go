package web

import "net/http"

// learnerCookie names the learner, by an id that is also the proof of being it.
const learnerCookie = "learner"

// learnerOf is the id of the learner who asks; empty for one who has none yet.
func learnerOf(r *http.Request) string {
	c, err := r.Cookie(learnerCookie)
	if err != nil {
		return ""
	}
	return c.Value
}
