package child

import (
	"flag"
	"fmt"

	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"
)

// configureLog makes klog, which all components log to, write what changes and
// what fails to standard error.
func configureLog() error {
	flags := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(flags)
	for name, value := range map[string]string{"logtostderr": "true", "v": "0"} {
		if err := flags.Set(name, value); err != nil {
			return fmt.Errorf("configure the log: %w", err)
		}
	}
	// Components use old API versions on purpose; the warnings are for people.
	rest.SetDefaultWarningHandler(rest.NoWarnings{})
	return nil
}
