package access

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// fakeAPI grants what it is asked for, but for what it refuses.
type fakeAPI struct {
	*httptest.Server
	tokenEnds time.Time

	mu      sync.Mutex
	refuse  map[string]int // the status of a request, by method and path
	known   int            // how often the rights are not known yet
	asked   []string
	tokens  []string // with which
	seconds int64    // that a token was asked for
}

func newFakeAPI(t *testing.T) *fakeAPI {
	f := &fakeAPI{refuse: map[string]int{}, tokenEnds: time.Now().Add(time.Hour)}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	return f
}

func (f *fakeAPI) serve(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	line := r.Method + " " + r.URL.Path
	f.asked = append(f.asked, line)
	f.tokens = append(f.tokens, r.Header.Get("Authorization"))
	w.Header().Set("Content-Type", "application/json")
	status := f.refuse[line]
	reasons := map[int]metav1.StatusReason{403: metav1.StatusReasonForbidden, 404: metav1.StatusReasonNotFound, 409: metav1.StatusReasonAlreadyExists}
	if status != 0 {
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(metav1.Status{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}, Status: metav1.StatusFailure, Reason: reasons[status], Code: int32(status), Message: "no"})
		return
	}
	if r.Method == http.MethodGet {
		json.NewEncoder(w).Encode(rbacv1.ClusterRole{TypeMeta: metav1.TypeMeta{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "ClusterRole"}})
		return
	}
	body, err := io.ReadAll(r.Body)
	object, kind, decodeErr := scheme.Codecs.UniversalDeserializer().Decode(body, nil, nil)
	if err != nil || decodeErr != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	switch o := object.(type) {
	case *authenticationv1.TokenRequest:
		f.seconds = *o.Spec.ExpirationSeconds
		o.Status = authenticationv1.TokenRequestStatus{Token: "secret-token", ExpirationTimestamp: metav1.NewTime(f.tokenEnds)}
	case *authorizationv1.SelfSubjectAccessReview:
		f.known--
		o.Status.Allowed = f.known < 0
	}
	object.GetObjectKind().SetGroupVersionKind(*kind)
	json.NewEncoder(w).Encode(object)
}

func (f *fakeAPI) config() *rest.Config {
	return &rest.Config{Host: f.URL, BearerToken: "admin-token", QPS: -1}
}

func (f *fakeAPI) identities(shared bool) *Identities {
	return New(f.config, func() bool { return shared })
}

func lasting(d time.Duration) Space { return Space{Name: "lab-x", Expires: time.Now().Add(d)} }

const (
	createAccount = "POST /api/v1/namespaces/lab-x/serviceaccounts"
	createToken   = "POST /api/v1/namespaces/lab-x/serviceaccounts/learner/token"
	createRole    = "POST /apis/rbac.authorization.k8s.io/v1/namespaces/lab-x/roles"
	createBinding = "POST /apis/rbac.authorization.k8s.io/v1/namespaces/lab-x/rolebindings"
	getRole       = "GET /apis/rbac.authorization.k8s.io/v1/clusterroles/joblab-run"
	review        = "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
)

func TestIdentityIsMadeOnceAndWorks(t *testing.T) {
	api := newFakeAPI(t)
	api.known = 2
	identities := api.identities(false)
	if api.asked != nil {
		t.Fatalf("asked for %v before anybody asked for an identity", api.asked)
	}
	var asking sync.WaitGroup
	for range 5 {
		asking.Go(func() {
			i, err := identities.Get(t.Context(), lasting(time.Hour))
			if err != nil || i.Token != "secret-token" || i.Namespace != "lab-x" {
				t.Errorf("got %+v, %v", i, err)
			}
		})
	}
	asking.Wait()
	want := []string{createAccount, createRole, createBinding, createToken, review, review, review}
	if diff := cmp.Diff(want, api.asked); diff != "" {
		t.Errorf("requests (-want +got)\n%s", diff)
	}
	for i, line := range api.asked {
		if want := "Bearer admin-token"; line != review && api.tokens[i] != want || line == review && api.tokens[i] != "Bearer secret-token" {
			t.Errorf("%s with %q", line, api.tokens[i])
		}
	}
	if api.seconds < 3590 || api.seconds > 3600 {
		t.Errorf("a token for %d s was asked for, want one for as long as the namespace", api.seconds)
	}
}

// TestRepeatingIsHarmless: a server that was started anew finds what was made.
func TestRepeatingIsHarmless(t *testing.T) {
	api := newFakeAPI(t)
	for _, line := range []string{createAccount, createRole, createBinding} {
		api.refuse[line] = http.StatusConflict
	}
	if _, err := api.identities(false).Get(t.Context(), lasting(time.Hour)); err != nil {
		t.Error(err)
	}
}

func TestSharedClusterBindsTheClusterRole(t *testing.T) {
	api := newFakeAPI(t)
	if _, err := api.identities(true).Get(t.Context(), lasting(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{createAccount, getRole, createBinding, createToken, review}, api.asked); diff != "" {
		t.Errorf("requests (-want +got)\n%s", diff)
	}
}

// TestSharedClusterWithoutTheClusterRole: whose credentials have all rights may
// make a role.
func TestSharedClusterWithoutTheClusterRole(t *testing.T) {
	api := newFakeAPI(t)
	api.refuse[getRole] = http.StatusNotFound
	if _, err := api.identities(true).Get(t.Context(), lasting(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{createAccount, getRole, createRole, createBinding, createToken, review}, api.asked); diff != "" {
		t.Errorf("requests (-want +got)\n%s", diff)
	}
}

func TestWhatIsNotAllowed(t *testing.T) {
	for _, line := range []string{createAccount, createRole, createBinding, createToken} {
		api := newFakeAPI(t)
		api.refuse[getRole], api.refuse[line] = http.StatusForbidden, http.StatusForbidden
		_, err := api.identities(true).Get(t.Context(), lasting(time.Hour))
		if !errors.Is(err, ErrNotAllowed) || !strings.Contains(err.Error(), "deploy/clusterrole.yaml") {
			t.Errorf("%s is refused: got %v, want ErrNotAllowed and what to do", line, err)
		}
	}
}

func TestNamespaceIsGone(t *testing.T) {
	api := newFakeAPI(t)
	api.refuse[createAccount] = http.StatusNotFound
	if _, err := api.identities(false).Get(t.Context(), lasting(time.Hour)); !apierrors.IsNotFound(err) {
		t.Errorf("got %v, want not found", err)
	}
}

// TestTokenIsReplaced before it ends, unless its namespace ends with it.
func TestTokenIsReplaced(t *testing.T) {
	api := newFakeAPI(t)
	identities := api.identities(false)
	now := time.Now()
	identities.now = func() time.Time { return now }
	for _, space := range []Space{lasting(3 * time.Hour), lasting(3 * time.Hour), {"lab-x", api.tokenEnds}} {
		if _, err := identities.Get(t.Context(), space); err != nil {
			t.Fatal(err)
		}
		now = api.tokenEnds.Add(-5 * time.Minute)
	}
	tokens := 0
	for _, line := range api.asked {
		if line == createToken {
			tokens++
		}
	}
	if tokens != 2 {
		t.Errorf("%d tokens were made, want 2", tokens)
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	api := newFakeAPI(t)
	api.known = 1 << 30
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := api.identities(false).Get(ctx, lasting(time.Hour)); err == nil {
		t.Error("an identity whose rights are not known was returned")
	}
}

func TestKubeconfigHoldsNothingOfTheServers(t *testing.T) {
	server := &rest.Config{
		Host: "https://1.2.3.4:6443", BearerToken: "admin-token", Username: "admin", Password: "admin-password",
		TLSClientConfig: rest.TLSClientConfig{CAData: []byte("the CA"), CertData: []byte("admin-cert"), KeyData: []byte("admin-key"), ServerName: "kubernetes"},
	}
	text, err := Identity{Namespace: "lab-x", Token: "secret-token"}.Kubeconfig(server)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "admin") || strings.Contains(string(text), "client-") {
		t.Errorf("it holds the server's credentials:\n%s", text)
	}
	cfg, err := clientcmd.RESTConfigFromKubeConfig(text)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Host != server.Host || cfg.BearerToken != "secret-token" || string(cfg.CAData) != "the CA" || cfg.ServerName != "kubernetes" {
		t.Errorf("got %v", cfg)
	}
	loaded, err := clientcmd.Load(text)
	if err != nil {
		t.Fatal(err)
	}
	if namespace := loaded.Contexts[loaded.CurrentContext].Namespace; namespace != "lab-x" {
		t.Errorf("namespace %q", namespace)
	}
}
