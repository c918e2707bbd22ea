package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	restclient "k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"github.com/joblab/joblab/internal/access"
	"github.com/joblab/joblab/internal/cluster/embedded/embeddedtest"
)

// TestAccountTouchesNothingElse tries what a stolen token would be tried for.
func TestAccountTouchesNothingElse(t *testing.T) {
	admin := embeddedtest.Start(t)
	client, err := kubernetes.NewForConfig(admin.Config())
	if err != nil {
		t.Fatal(err)
	}
	deploy(t, client)
	account, err := kubernetes.NewForConfig(asAccount(t, client, admin.Config(), &askedFor{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"theirs", "lab-there"} {
		if _, err := client.CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	secrets := &rbacv1.ClusterRole{
		ObjectMeta: metav1.ObjectMeta{Name: "secret-reader"},
		Rules:      []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"secrets"}, Verbs: []string{"get"}}},
	}
	if _, err := client.RbacV1().ClusterRoles().Create(t.Context(), secrets, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	theirs := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "theirs"}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "centos:7"}}}}
	waitFor(t, "pods to be possible there", func() bool {
		_, err := client.CoreV1().Pods("theirs").Create(t.Context(), theirs, metav1.CreateOptions{})
		return err == nil
	})
	// The API server takes a while to know a policy; what it still allows in that
	// time is only asked for.
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "thief"}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "centos:7"}}}}
	dryRun := metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}}
	waitFor(t, "the policy to refuse a pod elsewhere", func() bool {
		_, err := account.CoreV1().Pods("theirs").Create(t.Context(), pod, dryRun)
		return apierrors.IsForbidden(err) || apierrors.IsInvalid(err)
	})
	for what, do := range map[string]func(context.Context) error{
		"make a pod in another's namespace": func(ctx context.Context) error {
			_, err := account.CoreV1().Pods("theirs").Create(ctx, pod, metav1.CreateOptions{})
			return err
		},
		"delete another's namespace": func(ctx context.Context) error {
			return account.CoreV1().Namespaces().Delete(ctx, "theirs", metav1.DeleteOptions{})
		},
		"delete the pods of another's namespace": func(ctx context.Context) error {
			return account.CoreV1().Pods("theirs").DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{})
		},
		"make a namespace with another name": func(ctx context.Context) error {
			_, err := account.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "odd"}}, metav1.CreateOptions{})
			return err
		},
		"patch another's pod": func(ctx context.Context) error {
			_, err := account.CoreV1().Pods("theirs").Patch(ctx, "theirs", types.MergePatchType, []byte(labelled), metav1.PatchOptions{})
			return err
		},
		"delete another's pod": func(ctx context.Context) error {
			return account.CoreV1().Pods("theirs").Delete(ctx, "theirs", metav1.DeleteOptions{})
		},
		"read the Secrets": func(ctx context.Context) error {
			_, err := account.CoreV1().Secrets("").List(ctx, metav1.ListOptions{})
			return err
		},
		"read another ConfigMap": func(ctx context.Context) error {
			_, err := account.CoreV1().ConfigMaps("kube-system").Get(ctx, "extension-apiserver-authentication", metav1.GetOptions{})
			return err
		},
		"give away the rights of a run elsewhere": func(ctx context.Context) error {
			_, err := account.RbacV1().RoleBindings("theirs").Create(ctx, binding(access.RoleName), metav1.CreateOptions{})
			return err
		},
		"give away other rights": func(ctx context.Context) error {
			_, err := account.RbacV1().RoleBindings("lab-there").Create(ctx, binding("secret-reader"), metav1.CreateOptions{})
			return err
		},
		"read the nodes": func(ctx context.Context) error {
			_, err := account.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
			return err
		},
	} {
		if err := do(t.Context()); !apierrors.IsForbidden(err) && !apierrors.IsInvalid(err) {
			t.Errorf("%s: got %v, want it refused", what, err)
		}
	}
}

// binding binds a ClusterRole to the account itself.
func binding(role string) *rbacv1.RoleBinding {
	return &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "thief"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Name: "joblab", Namespace: "joblab"}},
	}
}

// deploy applies the files of deploy/ and returns the role.
func deploy(t *testing.T, client kubernetes.Interface) *rbacv1.ClusterRole {
	t.Helper()
	var role rbacv1.ClusterRole
	for _, name := range []string{"clusterrole.yaml", "account.yaml", "policy.yaml"} {
		text, err := os.ReadFile(filepath.Join("../../deploy", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, doc := range bytes.Split(text, []byte("\n---\n")) {
			var head metav1.TypeMeta
			object, err := yaml.YAMLToJSONStrict(doc)
			if err == nil {
				err = yaml.Unmarshal(doc, &head)
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if head.Kind == "ClusterRole" {
				var one rbacv1.ClusterRole
				if err := yaml.UnmarshalStrict(doc, &one); err != nil {
					t.Fatal(err)
				}
				if one.Name == access.RoleName {
					if diff := cmp.Diff(access.Rules(), one.Rules); diff != "" {
						t.Errorf("rules of %s (-in the program +in %s):\n%s", one.Name, name, diff)
					}
				} else {
					role = one
				}
			}
			path, ok := collections[head.Kind]
			if !ok {
				t.Fatalf("%s holds a %s", name, head.Kind)
			}
			result := client.CoreV1().RESTClient().Post().AbsPath(path).Param("fieldValidation", "Strict").
				SetHeader("Content-Type", "application/json").Body(object).Do(t.Context())
			if err := result.Error(); err != nil {
				t.Fatalf("%s: create %s: %v", name, head.Kind, err)
			}
		}
	}
	return &role
}

// collections are where the objects of deploy/ are created.
var collections = map[string]string{
	"Namespace":                        "/api/v1/namespaces",
	"ServiceAccount":                   "/api/v1/namespaces/joblab/serviceaccounts",
	"ClusterRole":                      "/apis/rbac.authorization.k8s.io/v1/clusterroles",
	"ClusterRoleBinding":               "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
	"ValidatingAdmissionPolicy":        "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies",
	"ValidatingAdmissionPolicyBinding": "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings",
}

// asAccount returns the configuration of a client with a token of the account.
func asAccount(t *testing.T, admin kubernetes.Interface, cfg *restclient.Config, asked *askedFor) *restclient.Config {
	t.Helper()
	token, err := admin.CoreV1().ServiceAccounts("joblab").CreateToken(t.Context(), "joblab", &authenticationv1.TokenRequest{}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	account := restclient.AnonymousClientConfig(cfg)
	account.BearerToken, account.QPS, account.WrapTransport = token.Status.Token, -1, asked.wrap
	return account
}
