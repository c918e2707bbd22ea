package access

import (
	"context"
	"fmt"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/utils/ptr"
)

const (
	// account names the ServiceAccount, the Role and the RoleBinding of a run.
	account = "learner"

	fieldManager = "joblab"
	// shortestToken is the shortest time for which the API server gives a token.
	shortestToken = 10 * time.Minute
	// pollRights is how often the API server is asked whether it knows the rights
	// by now.
	pollRights = 20 * time.Millisecond
)

// make creates what an identity is made of, and waits until it works.
func (s *Identities) make(ctx context.Context, space Space) (Identity, error) {
	config := s.config()
	if config == nil {
		return Identity{}, fmt.Errorf("the cluster is not there yet")
	}
	config.UserAgent = fieldManager
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return Identity{}, fmt.Errorf("make a client: %w", err)
	}
	if err := s.bind(ctx, client, space.Name); err != nil {
		return Identity{}, allowed(err)
	}
	lasts := max(shortestToken, space.Expires.Sub(s.now()))
	token, err := client.CoreV1().ServiceAccounts(space.Name).CreateToken(ctx, account, &authenticationv1.TokenRequest{
		Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: ptr.To(int64(lasts / time.Second))},
	}, metav1.CreateOptions{})
	if err != nil {
		return Identity{}, allowed(fmt.Errorf("request a token: %w", err))
	}
	i := Identity{Namespace: space.Name, Token: token.Status.Token, Expires: token.Status.ExpirationTimestamp.Time}
	client, err = kubernetes.NewForConfig(i.Config(config))
	if err != nil {
		return Identity{}, fmt.Errorf("make a client: %w", err)
	}
	return i, knownTo(ctx, client, space.Name)
}

// bind creates the ServiceAccount and binds it to what it may do.
func (s *Identities) bind(ctx context.Context, client kubernetes.Interface, namespace string) error {
	named := metav1.ObjectMeta{Name: account}
	options := metav1.CreateOptions{FieldManager: fieldManager}
	_, err := client.CoreV1().ServiceAccounts(namespace).Create(ctx, &corev1.ServiceAccount{
		ObjectMeta: named,
		// A pod that names the account has not got its token for that.
		AutomountServiceAccountToken: ptr.To(false),
	}, options)
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("create service account: %w", err)
	}
	role, err := s.role(ctx, client, namespace)
	if err != nil {
		return err
	}
	_, err = client.RbacV1().RoleBindings(namespace).Create(ctx, &rbacv1.RoleBinding{
		ObjectMeta: named,
		RoleRef:    role,
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Name: account, Namespace: namespace}},
	}, options)
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("bind the role: %w", err)
	}
	return nil
}

// role returns the role to bind. Only who has all rights of a Role may create it,
// or bind it. On a cluster of our own the server has them. On somebody else's it
// need not: there it may bind one ClusterRole, and looks for that first.
func (s *Identities) role(ctx context.Context, client kubernetes.Interface, namespace string) (rbacv1.RoleRef, error) {
	if s.shared() {
		_, err := client.RbacV1().ClusterRoles().Get(ctx, RoleName, metav1.GetOptions{})
		switch {
		case err == nil:
			return rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: RoleName}, nil
		case !apierrors.IsNotFound(err) && !apierrors.IsForbidden(err):
			return rbacv1.RoleRef{}, fmt.Errorf("look up the cluster role %s: %w", RoleName, err)
		}
	}
	_, err := client.RbacV1().Roles(namespace).Create(ctx,
		&rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Name: account}, Rules: Rules()}, metav1.CreateOptions{FieldManager: fieldManager})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return rbacv1.RoleRef{}, fmt.Errorf("create role: %w", err)
	}
	return rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: account}, nil
}

// knownTo waits until the API server's authorizer, which watches roles and
// bindings, knows those of an identity.
func knownTo(ctx context.Context, client kubernetes.Interface, namespace string) error {
	review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{
		ResourceAttributes: &authorizationv1.ResourceAttributes{Namespace: namespace, Verb: "list", Resource: "pods"},
	}}
	var last error
	err := wait.PollUntilContextCancel(ctx, pollRights, true, func(ctx context.Context) (bool, error) {
		var answer *authorizationv1.SelfSubjectAccessReview
		answer, last = client.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
		return last == nil && answer.Status.Allowed, nil
	})
	if err == nil {
		return nil
	}
	if last == nil {
		last = fmt.Errorf("%w: its rights have no effect", ErrNotAllowed)
	}
	return fmt.Errorf("wait until the identity works: %w", last)
}

// allowed tells a refusal for want of rights from other errors.
func allowed(err error) error {
	if apierrors.IsForbidden(err) && !apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause) {
		return fmt.Errorf("%w (deploy/clusterrole.yaml grants what it takes): %w", ErrNotAllowed, err)
	}
	return err
}
