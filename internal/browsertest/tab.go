package browsertest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Tab is a tab of the browser, and what its pages wrote to the console. What cannot
// be done fails the test at once, with a screenshot named failure.
type Tab struct {
	T testing.TB
	// Ctx is what actions of chromedp run in.
	Ctx context.Context

	mu     sync.Mutex
	errors []string
}

// kept is the variable of the environment that names where screenshots are kept.
const kept = "JOBLAB_SCREENSHOTS"

// limit is how long a step may take: a test of many steps on a busy machine has
// much time, and one that hangs ends.
const limit = 2 * time.Minute

// Tab opens a tab, which closes with the test.
func (b *Browser) Tab(t testing.TB) *Tab {
	t.Helper()
	ctx, closeTab := chromedp.NewContext(b.ctx)
	tab := &Tab{T: t, Ctx: ctx}
	console := chromedp.Console(ctx)
	var reading sync.WaitGroup
	reading.Go(func() {
		for m, err := range console {
			if err != nil {
				return
			}
			if m.Type == chromedp.ConsoleError || m.IsException() {
				tab.mu.Lock()
				tab.errors = append(tab.errors, m.String())
				tab.mu.Unlock()
			}
		}
	})
	t.Cleanup(func() {
		closeTab()
		reading.Wait()
	})
	return tab
}

// try does what can fail, in no more than the limit.
func (tab *Tab) try(what string, do func(context.Context) error) {
	tab.T.Helper()
	ctx, cancel := context.WithTimeout(tab.Ctx, limit)
	defer cancel()
	if err := do(ctx); err != nil {
		tab.Shoot("failure")
		tab.T.Fatalf("%s: %v", what, err)
	}
}

// Do runs actions, which what describes.
func (tab *Tab) Do(what string, steps ...chromedp.Action[chromedp.Void]) {
	tab.T.Helper()
	tab.try(what, func(ctx context.Context) error { return chromedp.Do(ctx, steps...) })
}

// Call gives the browser a command about a tab, which what describes.
func Call[P, R any](tab *Tab, what string, command cdp.Command[P, R], params P) R {
	tab.T.Helper()
	var result R
	tab.try(what, func(ctx context.Context) (err error) {
		result, err = chromedp.Call(ctx, command, params)
		return err
	})
	return result
}

// Open goes to an address and waits until it is loaded.
func (tab *Tab) Open(address string) {
	tab.T.Helper()
	tab.Do("open "+address, chromedp.Navigate(address))
}

// OpenWhole goes to an address and waits until all is loaded, that which scripts ask
// for later, too: until little has been going on for half a second, since some
// answers, such as the cluster's events, never end.
func (tab *Tab) OpenWhole(address string) {
	tab.T.Helper()
	there := false // instead of the page before, which may only now be quiet
	quiet := func(e page.EventLifecycleEvent) bool {
		there = there || e.Name == "init"
		return there && e.Name == "networkAlmostIdle"
	}
	tab.try("open "+address, func(ctx context.Context) error {
		_, err := chromedp.Run(ctx, chromedp.WaitEvent(page.LifecycleEvent, quiet, chromedp.Navigate(address)))
		return err
	})
}

// Click clicks on what a selector finds first.
func (tab *Tab) Click(selector string) {
	tab.T.Helper()
	tab.Do("click on "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// Press presses keys, one after the other. The package kb of chromedp names those
// that are not characters.
func (tab *Tab) Press(keys string, options ...chromedp.KeyOption) {
	tab.T.Helper()
	tab.Do(fmt.Sprintf("press %q", keys), chromedp.KeyEvent(keys, options...))
}

// Leave clicks on what leads to another page, and waits for that.
func (tab *Tab) Leave(selector string) {
	tab.T.Helper()
	tab.LeaveBy("click on "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// LeaveBy does something else that leads to another page, and waits for that.
func (tab *Tab) LeaveBy(what string, step chromedp.Action[chromedp.Void]) {
	tab.T.Helper()
	tab.try(what, func(ctx context.Context) error {
		_, err := chromedp.RunResponse(ctx, step)
		return err
	})
}

// Wait waits until an expression is true in the page.
func (tab *Tab) Wait(what, expression string) {
	tab.T.Helper()
	tab.Do("wait for "+what, func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Poll[bool]("Boolean("+expression+")", chromedp.WithPollingTimeout(limit))(ctx, t)
		return chromedp.Void{}, err
	})
}

// Text is the string that an expression gives in the page.
func (tab *Tab) Text(expression string) string {
	tab.T.Helper()
	return Evaluate[string](tab, expression)
}

// Holds reports whether an expression is true in the page.
func (tab *Tab) Holds(expression string) bool {
	tab.T.Helper()
	return Evaluate[bool](tab, expression)
}

// Evaluate is what an expression gives in the page.
func Evaluate[T any](tab *Tab, expression string, options ...chromedp.EvaluateOption) T {
	tab.T.Helper()
	var v T
	tab.try("evaluate "+expression, func(ctx context.Context) (err error) {
		v, err = chromedp.Run(ctx, chromedp.Evaluate[T](expression, options...))
		return err
	})
	return v
}

// Resize makes the tab as large as told, in CSS pixels.
func (tab *Tab) Resize(width, height int64) {
	tab.T.Helper()
	tab.Do("resize", chromedp.EmulateViewport(width, height))
}

// Prefer sets media features, such as "prefers-color-scheme": "dark".
func (tab *Tab) Prefer(features map[string]string) {
	tab.T.Helper()
	p := emulation.SetEmulatedMediaParams{}
	for name, value := range features {
		p.Features = append(p.Features, &emulation.MediaFeature{Name: name, Value: value})
	}
	Call(tab, fmt.Sprintf("prefer %v", features), emulation.SetEmulatedMedia, p)
}

// BeforeScripts runs a script of the test in the pages opened from now on, before
// their own.
func (tab *Tab) BeforeScripts(script string) {
	tab.T.Helper()
	Call(tab, "add a script", page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
}

// WithoutScript switches scripts off for the pages opened from now on.
func (tab *Tab) WithoutScript() {
	tab.T.Helper()
	Call(tab, "switch scripts off", emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}

// Shoot keeps a screenshot of the whole page, if a directory is named for them.
func (tab *Tab) Shoot(name string) {
	tab.T.Helper()
	tab.keep(name, chromedp.FullScreenshot(100))
}

// ShootPart keeps a screenshot of what a selector finds first, likewise.
func (tab *Tab) ShootPart(name, selector string) {
	tab.T.Helper()
	tab.keep(name, chromedp.Screenshot(chromedp.CSS(selector)))
}

func (tab *Tab) keep(name string, shoot chromedp.Action[[]byte]) {
	tab.T.Helper()
	if os.Getenv(kept) == "" {
		return
	}
	ctx, cancel := context.WithTimeout(tab.Ctx, limit)
	defer cancel()
	png, err := chromedp.Run(ctx, shoot)
	if err != nil {
		tab.T.Errorf("screenshot %s: %v", name, err)
		return
	}
	tab.Keep(name+".png", png)
}

// Keep keeps a file beside the screenshots, if a directory is named for them.
func (tab *Tab) Keep(name string, file []byte) {
	tab.T.Helper()
	dir := os.Getenv(kept)
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name), file, 0o644); err != nil {
		tab.T.Errorf("keep %s: %v", name, err)
	}
}

// NoErrors fails the test if the pages wrote errors to the console, other than
// those that hold one of the texts.
func (tab *Tab) NoErrors(but ...string) {
	tab.T.Helper()
	tab.mu.Lock()
	defer tab.mu.Unlock()
	for _, e := range tab.errors {
		if !slices.ContainsFunc(but, func(text string) bool { return strings.Contains(e, text) }) {
			tab.T.Errorf("console: %s", e)
		}
	}
}
