package kubeconfig_test

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	authorizationv1 "k8s.io/api/authorization/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/cluster/kubeconfig"
	"github.com/joblab/joblab/internal/cluster/remote"
)

// server answers as an API server that takes the token "good", and allows what
// may says.
func server(t *testing.T, version string, may func(*authorizationv1.ResourceAttributes) bool) *api.Cluster {
	t.Helper()
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.Header.Get("Authorization") != "Bearer good":
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Unauthorized","message":"Unauthorized","code":401}`)
		case r.URL.Path == "/version":
			fmt.Fprintf(w, `{"gitVersion":%q}`, version)
		case r.URL.Path == "/api/v1/namespaces/kube-system" && !may(&authorizationv1.ResourceAttributes{Verb: "get", Resource: "namespaces", Name: "kube-system"}):
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","message":"not for you","code":403}`)
		case r.URL.Path == "/api/v1/namespaces/kube-system":
			fmt.Fprint(w, `{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"kube-system","uid":"one","resourceVersion":"7"}}`)
		case r.URL.Path == "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews":
			var review authorizationv1.SelfSubjectAccessReview
			body, _ := io.ReadAll(r.Body)
			if _, _, err := scheme.Codecs.UniversalDeserializer().Decode(body, nil, &review); err != nil {
				t.Error(err)
				return
			}
			review.Status.Allowed = may(review.Spec.ResourceAttributes)
			review.SetGroupVersionKind(authorizationv1.SchemeGroupVersion.WithKind("SelfSubjectAccessReview"))
			w.WriteHeader(http.StatusCreated)
			if err := json.NewEncoder(w).Encode(&review); err != nil {
				t.Error(err)
			}
		default:
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}
	}))
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return &api.Cluster{
		Server:                   s.URL,
		CertificateAuthorityData: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}),
	}
}

func all(*authorizationv1.ResourceAttributes) bool { return true }

// write writes a kubeconfig whose contexts "lab" and "other" lead to a cluster.
func write(t *testing.T, cluster *api.Cluster, user *api.AuthInfo, current string) string {
	t.Helper()
	file := api.NewConfig()
	file.Clusters["c"], file.AuthInfos["u"] = cluster, user
	file.Contexts["lab"] = &api.Context{Cluster: "c", AuthInfo: "u"}
	file.Contexts["other"] = &api.Context{Cluster: "c", AuthInfo: "u"}
	file.CurrentContext = current
	path := filepath.Join(t.TempDir(), "config")
	if err := clientcmd.WriteToFile(*file, path); err != nil {
		t.Fatal(err)
	}
	return path
}

func text(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func start(t *testing.T, config kubeconfig.Config) *remote.Cluster {
	t.Helper()
	c, err := kubeconfig.Start(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return c
}

// TestStart uses a kubeconfig that keeps its token and its authority in files.
func TestStart(t *testing.T) {
	there := server(t, "v1.35.0", all)
	ca := text(t, string(there.CertificateAuthorityData))
	path := write(t, &api.Cluster{Server: there.Server, CertificateAuthority: ca}, &api.AuthInfo{TokenFile: text(t, "good\n")}, "other")
	c := start(t, kubeconfig.Config{File: path, Context: "lab"})
	if _, err := cluster.WaitReady(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if got, want := c.Info(), (cluster.Info{Backend: "kubeconfig", Version: "v1.35.0", Shared: true}); got != want {
		t.Errorf("Info: got %+v, want %+v", got, want)
	}
	printed, err := c.Kubeconfig()
	if err != nil {
		t.Fatal(err)
	}
	file, err := clientcmd.Load(printed)
	if err != nil {
		t.Fatal(err)
	}
	user, where := file.AuthInfos["u"], file.Clusters["c"]
	if file.CurrentContext != "lab" || len(file.Contexts) != 1 || user.Token != "good" || user.TokenFile != "" ||
		where.CertificateAuthority != "" || string(where.CertificateAuthorityData) != string(there.CertificateAuthorityData) {
		t.Errorf("the kubeconfig is not of the context alone, or refers to files:\n%s", printed)
	}
}

func TestStartByEnvironment(t *testing.T) {
	t.Setenv("KUBECONFIG", filepath.Join(t.TempDir(), "none")+string(os.PathListSeparator)+write(t, server(t, "v1.35.0", all), &api.AuthInfo{Token: "good"}, "lab"))
	c := start(t, kubeconfig.Config{})
	if _, err := cluster.WaitReady(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

// TestRefused gives each kubeconfig that leads to no cluster on which runs work.
func TestRefused(t *testing.T) {
	good := &api.AuthInfo{Token: "good"}
	there := server(t, "v1.37.2", all)
	missing := filepath.Join(t.TempDir(), "missing")
	t.Setenv("KUBECONFIG", missing)
	for _, test := range []struct {
		name   string
		config kubeconfig.Config
		want   error // nil: any
		text   []string
	}{
		{"no file", kubeconfig.Config{File: missing}, nil, []string{"there is no kubeconfig " + missing}},
		{"none by default", kubeconfig.Config{}, nil, []string{missing, "names no cluster: say -kubeconfig FILE"}},
		{"empty", kubeconfig.Config{File: text(t, "")}, nil, []string{"names no cluster"}},
		{"not YAML", kubeconfig.Config{File: text(t, "a: [\n")}, nil, []string{"read the kubeconfig"}},
		{"unknown context", kubeconfig.Config{File: write(t, there, good, "lab"), Context: "lob"}, nil, []string{`no context "lob": it has lab, other`}},
		{"no current context", kubeconfig.Config{File: write(t, there, good, "")}, nil, []string{"choose one of lab, other with -context"}},
		{"no such certificate", kubeconfig.Config{File: write(t, there, &api.AuthInfo{ClientCertificate: missing, ClientKey: missing}, "lab")}, nil, []string{missing}},
		{"expired token", kubeconfig.Config{File: write(t, there, &api.AuthInfo{Token: "old"}, "lab")}, remote.ErrUnauthorized, []string{there.Server, "have they expired?"}},
		{"a plugin that is not there", kubeconfig.Config{File: write(t, there, &api.AuthInfo{Exec: &api.ExecConfig{
			APIVersion: "client.authentication.k8s.io/v1", Command: "joblab-no-such-plugin", InteractiveMode: api.NeverExecInteractiveMode,
			InstallHint: "Install it\nfirst.",
		}}, "lab")}, remote.ErrNoCredentials, []string{"joblab-no-such-plugin", "Install it first.", "does kubectl work"}},
		{"an old cluster", kubeconfig.Config{File: write(t, server(t, "v1.30.1", all), good, "lab")}, remote.ErrTooOld, []string{"v1.30.1"}},
		{"not trusted", kubeconfig.Config{File: write(t, &api.Cluster{Server: there.Server}, good, "lab")}, remote.ErrUntrusted, []string{there.Server}},
		{"unreachable", kubeconfig.Config{File: write(t, &api.Cluster{Server: "https://127.0.0.1:1"}, good, "lab")}, remote.ErrNoAnswer, []string{"https://127.0.0.1:1", "connection refused"}},
		{"few rights", kubeconfig.Config{File: write(t, server(t, "v1.37.2", func(a *authorizationv1.ResourceAttributes) bool {
			return a.Verb != "watch" && a.Subresource != "log" && (a.Resource != "namespaces" || a.Verb == "get")
		}), good, "lab")}, kubeconfig.ErrMissingRights, []string{
			"namespaces (create, delete, list)", "namespaces/kube-system (watch)", "pods (watch)", "pods/log (get)",
			"jobs.batch (watch)", "deploy/clusterrole.yaml",
		}},
		{"no rights", kubeconfig.Config{File: write(t, server(t, "v1.37.2", func(*authorizationv1.ResourceAttributes) bool { return false }), good, "lab")}, kubeconfig.ErrMissingRights, []string{
			"namespaces (create, delete, get, list)", "configmaps/kube-root-ca.crt (get)", "cronjobs.batch (create, delete, deletecollection, get, list, patch, watch)",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := kubeconfig.Start(t.Context(), test.config)
			if err == nil {
				c.Close(t.Context())
				t.Fatal("it was taken")
			}
			if test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			for _, want := range test.text {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want %q in it", err, want)
				}
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("got %q, want one line", err)
			}
		})
	}
}
