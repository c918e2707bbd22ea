package web

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/joblab/joblab/internal/browsertest"
)

func TestEditorNamesThePlace(t *testing.T) {
	e := newEditor(t, "/labs/never-with-limit?lang=en")
	const job = "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: j\nspec:\n  backoffLimit: 3\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n      - name: c\n        command: [\"sh\", \"-c\"]\n"
	type place struct{ Path, Role, Kind string }
	for _, c := range []struct {
		name, text string // with | at the cursor
		want       place
	}{
		{"a field's name", strings.Replace(job, "backoff", "back|off", 1), place{"spec.backoffLimit", "key", "Job"}},
		{"its end", strings.Replace(job, "Limit:", "Limit|:", 1), place{"spec.backoffLimit", "key", "Job"}},
		{"its value", strings.Replace(job, "3", "3|", 1), place{"spec.backoffLimit", "value", "Job"}},
		{"an item's field", strings.Replace(job, "- name", "- na|me", 1), place{"spec.template.spec.containers[0].name", "key", "Job"}},
		{"an item in brackets", strings.Replace(job, `"-c"`, `"-|c"`, 1), place{"spec.template.spec.containers[0].command[1]", "value", "Job"}},
		{"a half-typed field", job + "        im|", place{"spec.template.spec.containers[0].im", "key", "Job"}},
		{"less indented", job + "      ho|\n", place{"spec.template.spec.ho", "key", "Job"}},
		{"in the middle", strings.Replace(job, "  template", "  comp|\n  template", 1), place{"spec.comp", "key", "Job"}},
		{"another item", job + "      - na|", place{"spec.template.spec.containers[1].na", "key", "Job"}},
		{"a half-typed value", strings.Replace(job, "  template", "  completionMode: In|\n  template", 1), place{"spec.completionMode", "value", "Job"}},
		{"no value yet", strings.Replace(job, "  template", "  completionMode: |\n  template", 1), place{"spec.completionMode", "value", "Job"}},
		{"in braces", job + "        env: [{name: A, va|}]\n", place{"spec.template.spec.containers[0].env[0].va", "key", "Job"}},
		{"in braces that are open", job + "        resources: {li|\n", place{"spec.template.spec.containers[0].resources.li", "key", "Job"}},
		{"in braces over lines", job + "        resources: {\n          li|: 1}\n", place{"spec.template.spec.containers[0].resources.li", "key", "Job"}},
		{"another document", job + "---\napiVersion: v1\nkind: Pod\nspec:\n  res|\n", place{"spec.res", "key", "Pod"}},
		{"before another document", strings.Replace(job, "3\n", "3\n  su|\n", 1) + "---\nkind: Pod\n", place{"spec.su", "key", "Job"}},
		{"in quotes", strings.Replace(job, "backoffLimit", `"backoff|Limit"`, 1), place{"spec.backoffLimit", "key", "Job"}},
		{"a text of lines", job + "        args:\n        - |\n          ec|ho: x\n", place{"spec.template.spec.containers[0].args[0]", "value", "Job"}},
		{"a broken line elsewhere", "kind: Job\nspec:\n  par|\n  oops\n", place{"spec.par", "key", "Job"}},
		{"nothing yet", "ki|", place{"ki", "key", ""}},
		{"a comment", "kind: Job # a com|ment\n", place{}},
		{"the dash of an item", strings.Replace(job, "- name", "-| name", 1), place{}},
	} {
		// The last | is the cursor, for YAML has it as well.
		at := strings.LastIndex(c.text, "|")
		text := c.text[:at] + c.text[at+1:]
		encoded, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		got := browsertest.Evaluate[place](e.Tab, fmt.Sprintf(`import(document.querySelector("[data-editor]").dataset.editorSrc).then(({ placeAt, pathText }) => {
			const p = placeAt(%s, %d);
			return p ? { path: pathText(p.path), role: p.role, kind: p.kind } : {};
		})`, encoded, at), chromedp.EvalAwaitPromise)
		if got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestEditorHelps(t *testing.T) {
	e := newEditor(t, "/labs/never-with-limit?lang=en")
	const card = `document.querySelector("[data-help='%s']")?.textContent`
	e.cursor("restartPol")
	e.press(kb.F1)
	policy := fmt.Sprintf(card, "spec.template.spec.restartPolicy")
	e.Wait("help by key", policy)
	for _, want := range []string{"string", "one of Always, Never, OnFailure", "Restart policy for all containers within the pod"} {
		if got := e.Text(policy); !strings.Contains(got, want) {
			t.Errorf("the help is %q, want %q in it", got, want)
		}
	}
	if !e.Holds(`document.querySelector(".cm-announced").textContent.includes("spec.template.spec.restartPolicy")`) {
		t.Error("the help is not said")
	}
	e.Shoot("editor-help")
	e.press(kb.Escape)
	e.Wait("the help to go", `!document.querySelector("[data-help]")`)
	e.cursor("- na")
	e.press("i", chromedp.ModifierCtrl)
	e.Wait("help by the other key", fmt.Sprintf(card, "spec.template.spec.containers[0].name")+`?.includes("required")`)
	e.press(kb.ArrowDown)
	e.Wait("the help to go with the cursor", `!document.querySelector("[data-help]")`)
	at := browsertest.Evaluate[[]float64](e.Tab, `(() => {
		const box = [...document.querySelectorAll(".cm-line .key")].find((k) => k.textContent === "backoffLimit").getBoundingClientRect();
		return [box.left + box.width / 2, box.top + box.height / 2];
	})()`)
	e.Do("point at a field", chromedp.MouseEvent(chromedp.MouseMoved, at[0]-3, at[1]), chromedp.MouseEvent(chromedp.MouseMoved, at[0], at[1]))
	e.Wait("help under the pointer", fmt.Sprintf(card, "spec.backoffLimit")+`?.includes("integer")`)
	e.NoErrors()
}

func TestEditorCompletes(t *testing.T) {
	e := newEditor(t, "/labs/never-with-limit?lang=en")
	const list = `[...document.querySelectorAll(".cm-tooltip-autocomplete li .cm-completionLabel")].map((l) => l.textContent)`
	e.cursor("backoffLimit: 3")
	e.press(kb.End)
	e.press("\rcompl")
	e.Wait("field names", list+`.includes("completionMode")`)
	if e.Holds(list + `.some((name) => ["backoffLimit", "restartPolicy", "status"].includes(name))`) {
		t.Errorf("it proposes %s", e.Text(`JSON.stringify(`+list+`)`))
	}
	e.press("etionM")
	e.Wait("the one name", list+`.length === 1 && document.querySelector(".cm-completionInfo")?.checkVisibility() && document.querySelector(".cm-completionInfo").textContent.includes("specifies how Pod completions are tracked")`)
	e.Shoot("editor-complete")
	// What opens is not for keys that were meant for the text before it.
	e.Wait("the name to be taken", takeCompletion)
	e.Wait("its values", list+`.includes("Indexed") && `+content+`.includes("\n  completionMode: \n")`)
	e.press("NonI")
	e.Wait("the one value", list+`.length === 1`)
	e.Wait("the value to be taken", takeCompletion)
	e.Wait("the value", content+`.includes("\n  completionMode: NonIndexed\n")`)
	e.cursor("command:")
	e.press(kb.Home)
	e.press("\r" + kb.ArrowUp)
	e.press(" ", chromedp.ModifierCtrl)
	e.Wait("names by key", list+`.includes("env")`)
	if e.Holds(list + `.includes("image")`) {
		t.Error("it proposes a field that is there")
	}
	e.NoErrors()
}

// takeCompletion takes what is selected once the editor takes it.
const takeCompletion = `(() => {
	const before = document.querySelector("textarea").value;
	document.querySelector(".cm-content").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 13, bubbles: true, cancelable: true }));
	return document.querySelector("textarea").value !== before;
})()`
