// Package browsertest lets tests use pages as a person does, in headless
// Chromium.
//
// Guarantees:
//   - A browser has a profile of its own and ends with the test that started it.
//   - What pages write to the console as errors is kept, and [Tab.NoErrors] tells.
//   - Nothing waits for a time: [Tab.Wait] waits for what an expression says. A step
//     that takes minutes fails the test; a test may be of as many steps as it likes.
//   - Screenshots are kept in the directory that the variable JOBLAB_SCREENSHOTS of
//     the environment names, and nowhere without it.
package browsertest

import (
	"context"
	"os/exec"
	"testing"

	"github.com/chromedp/chromedp"
)

const program = "chromium"

// Browser is a running browser. Its tabs share cookies and storage.
type Browser struct{ ctx context.Context }

// Need skips a test where there is no browser.
func Need(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skip("there is no " + program + " here")
	}
}

// Start starts a browser, which ends with the test. It skips the test where there
// is none.
func Start(t testing.TB) *Browser {
	t.Helper()
	Need(t)
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(program), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1440, 1000),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	browser, closeBrowser := chromedp.NewContext(allocator)
	t.Cleanup(closeBrowser)
	if err := chromedp.Do(browser); err != nil {
		t.Fatalf("start %s: %v", program, err)
	}
	return &Browser{browser}
}
