package run

import (
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The words in which kubectl tells that an object could not be created: those
// of StandardErrorMessage, checkErr, AddSourceToErr and MultilineError in
// k8s.io/kubectl/pkg/cmd/util/helpers.go, and of the mapper in
// k8s.io/cli-runtime/pkg/resource/mapper.go, v0.37.2.

// printNoMatch is what kubectl prints for a kind that the API server has not.
// noMatch is client-go's error for it.
func printNoMatch(d *document, source string, noMatch error) string {
	return fmt.Sprintf("error: resource mapping not found for name: %q namespace: %q from %q: %v\nensure CRDs are installed first",
		d.name, d.namespace, source, noMatch)
}

// printCreate is what `kubectl create -f source` prints when the API server
// refuses an object. The invalid fields of an object are one line each.
func printCreate(source string, err error) string {
	var refusal apierrors.APIStatus
	if !errors.As(err, &refusal) {
		return "error: " + err.Error()
	}
	status := refusal.Status()
	return printStatus(&status, fmt.Sprintf("error when creating %q: ", source))
}

// printStatus is what kubectl prints when the API server refuses something; doing
// is what kubectl says of itself before.
func printStatus(status *metav1.Status, doing string) string {
	if invalid := invalidFields(status); invalid != nil {
		prefix := printInvalid(status)
		if len(invalid) == 1 {
			return prefix + ": " + invalid[0].text
		}
		lines := []string{prefix + ": "}
		for _, f := range invalid {
			lines = append(lines, "* "+f.text)
		}
		return strings.Join(lines, "\n")
	}
	message := doing + status.Message
	switch {
	case status.Reason == metav1.StatusReasonUnauthorized:
		return fmt.Sprintf("error: You must be logged in to the server (%s)", message)
	case status.Reason != "":
		return fmt.Sprintf("Error from server (%s): %s", status.Reason, message)
	}
	return "Error from server: " + message
}

// printInvalid is how the refusal of an object with invalid fields begins.
func printInvalid(status *metav1.Status) string {
	if status.Details.Kind == "" && status.Details.Name == "" {
		return "The request is invalid"
	}
	return fmt.Sprintf("The %s %q is invalid", status.Details.Kind, status.Details.Name)
}

// invalidField is a field that the API server found invalid, and its words.
type invalidField struct{ path, text string }

// invalidFields returns the fields for which an object was refused as invalid,
// each complaint once; nil if it was refused for something else.
func invalidFields(status *metav1.Status) []invalidField {
	if status.Reason != metav1.StatusReasonInvalid || status.Details == nil {
		return nil
	}
	var fields []invalidField
	seen := make(map[string]bool)
	for _, c := range status.Details.Causes {
		text := fmt.Sprintf("%s: %s", c.Field, c.Message)
		if !seen[text] {
			seen[text] = true
			fields = append(fields, invalidField{c.Field, text})
		}
	}
	return fields
}
