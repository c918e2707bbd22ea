package lab

import (
	"fmt"
	"net/url"
	"strings"
)

// checkLink says what is wrong with a link of a guide, nothing if it leads
// somewhere: to a heading of the guide, to another lab or the catalogue, or to an
// address in the web.
func (l *loader) checkLink(g *guide, slug, destination string) string {
	if anchor, ok := strings.CutPrefix(destination, "#"); ok {
		if decoded, err := url.PathUnescape(anchor); err == nil {
			anchor = decoded
		}
		if !g.anchors[anchor] {
			return fmt.Sprintf("no heading here has the id %q", anchor)
		}
		return ""
	}
	u, err := url.Parse(destination)
	switch {
	case err != nil:
		return fmt.Sprintf("%q is no address", destination)
	case u.IsAbs() || u.Host != "":
		return checkAddress(destination)
	}
	page := (&url.URL{Path: "/labs/" + slug}).ResolveReference(u).Path
	other, ok := strings.CutPrefix(page, "/labs/")
	if page != "/" && (!ok || !l.slugs[other]) {
		return fmt.Sprintf("%q leads to %s, which is no page: want the slug of another lab", destination, page)
	}
	return ""
}

// checkAddress says what is wrong with an address in the web, nothing if it is
// well-formed.
func checkAddress(address string) string {
	if u, err := url.Parse(address); err != nil || u.Scheme != "https" || u.Host == "" {
		return fmt.Sprintf("want an address that begins with https://, not %q", address)
	}
	return ""
}
