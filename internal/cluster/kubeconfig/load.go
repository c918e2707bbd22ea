package kubeconfig

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/joblab/joblab/internal/cluster/remote"
)

// load finds the kubeconfig and the context in it.
func load(config Config) (remote.Access, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = config.File
	rules.WarnIfAllMissing = false
	file, err := rules.Load()
	if errors.Is(err, fs.ErrNotExist) {
		return remote.Access{}, fmt.Errorf("there is no kubeconfig %s: name another with -kubeconfig, or run on the embedded cluster, which needs none (-cluster embedded)", config.File)
	}
	if err != nil {
		return remote.Access{}, remote.OneLine(fmt.Errorf("read the kubeconfig: %w", err))
	}
	where := strings.Join(rules.GetLoadingPrecedence(), ", ")
	if config.File != "" {
		where = config.File
	}
	name, err := choose(file, config.Context, where)
	if err != nil {
		return remote.Access{}, err
	}
	client, err := clientcmd.NewNonInteractiveClientConfig(*file, name, &clientcmd.ConfigOverrides{}, rules).ClientConfig()
	if err != nil {
		return remote.Access{}, remote.OneLine(fmt.Errorf("context %q of kubeconfig %s: %w", name, where, err))
	}
	printed, err := flatten(file, name)
	if err != nil {
		return remote.Access{}, remote.OneLine(fmt.Errorf("context %q of kubeconfig %s: %w", name, where, err))
	}
	return remote.Access{Config: client, Kubeconfig: printed}, nil
}

// choose returns the name of the context.
func choose(file *api.Config, name, where string) (string, error) {
	contexts := slices.Sorted(maps.Keys(file.Contexts))
	there := strings.Join(contexts, ", ")
	switch {
	case len(contexts) == 0:
		return "", fmt.Errorf("kubeconfig %s names no cluster: say -kubeconfig FILE", where)
	case name == "" && file.CurrentContext == "":
		return "", fmt.Errorf("kubeconfig %s has no current context: choose one of %s with -context", where, there)
	case name == "":
		name = file.CurrentContext
	}
	if file.Contexts[name] == nil {
		return "", fmt.Errorf("kubeconfig %s has no context %q: it has %s", where, name, there)
	}
	return name, nil
}

// flatten returns the kubeconfig with that context alone, and with what it
// refers to in place of the references.
func flatten(file *api.Config, name string) ([]byte, error) {
	file = file.DeepCopy()
	file.CurrentContext = name
	if err := api.MinifyConfig(file); err != nil {
		return nil, err
	}
	if err := api.FlattenConfig(file); err != nil {
		return nil, err
	}
	for _, user := range file.AuthInfos {
		if user.TokenFile == "" {
			continue
		}
		token, err := os.ReadFile(user.TokenFile)
		if err != nil {
			return nil, err
		}
		user.Token, user.TokenFile = strings.TrimSpace(string(token)), ""
	}
	return clientcmd.Write(*file)
}
