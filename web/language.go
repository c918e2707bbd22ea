package web

import (
	"net/http"
	"time"

	"golang.org/x/text/language"

	"github.com/joblab/joblab/web/view"
)

// languageCookie holds the language that the reader chose.
const languageCookie = "lang"

var languages = language.NewMatcher([]language.Tag{language.English, language.Korean})

// words are the words of the request's language: that of "?lang=", which is
// kept in a cookie, else of the cookie, else what the browser prefers.
func (s *Server) words(w http.ResponseWriter, r *http.Request) *view.Words {
	if lang := r.URL.Query().Get("lang"); view.Known(lang) {
		http.SetCookie(w, &http.Cookie{
			Name: languageCookie, Value: lang, Path: "/",
			MaxAge: int((365 * 24 * time.Hour).Seconds()), HttpOnly: true, SameSite: http.SameSiteLaxMode,
		})
		return view.In(lang)
	}
	if c, err := r.Cookie(languageCookie); err == nil && view.Known(c.Value) {
		return view.In(c.Value)
	}
	_, i := language.MatchStrings(languages, r.Header.Get("Accept-Language"))
	return view.In(view.Languages[i])
}

// self is the request's address without the language.
func self(r *http.Request) string {
	u := *r.URL
	q := u.Query()
	q.Del("lang")
	u.RawQuery = q.Encode()
	return u.RequestURI()
}
