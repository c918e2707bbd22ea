package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apiserver/pkg/endpoints/request"
)

// askedFor remembers which rights requests take, and which were refused.
type askedFor struct {
	mu      sync.Mutex
	rights  map[string]bool
	refusal []string
}

func (a *askedFor) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		response, err := next.RoundTrip(r)
		factory := request.RequestInfoFactory{APIPrefixes: sets.NewString("api", "apis"), GrouplessAPIPrefixes: sets.NewString("api")}
		info, infoErr := factory.NewRequestInfo(r)
		a.mu.Lock()
		defer a.mu.Unlock()
		if infoErr != nil || !info.IsResourceRequest {
			return response, err
		}
		resource := info.Resource
		if info.Subresource != "" {
			resource += "/" + info.Subresource
		}
		if a.rights == nil {
			a.rights = map[string]bool{}
		}
		name := ""
		named := resource == "configmaps" || resource == "clusterroles"
		if named && info.Verb == "get" || info.Verb == "watch" {
			name = info.Name
		}
		a.rights[right(info.Verb, info.APIGroup, resource, name)] = true
		if err == nil && response.StatusCode == http.StatusForbidden {
			a.refusal = append(a.refusal, info.Verb+" "+info.Path)
		}
		return response, err
	})
}

func (a *askedFor) sorted() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Sorted(maps.Keys(a.rights))
}

func (a *askedFor) refused() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.refusal
}

// granted are the rights of a role.
func granted(role *rbacv1.ClusterRole) []string {
	all := map[string]bool{}
	for _, rule := range role.Rules {
		names := rule.ResourceNames
		if names == nil {
			names = []string{""}
		}
		for _, group := range rule.APIGroups {
			for _, resource := range rule.Resources {
				for _, verb := range rule.Verbs {
					for _, name := range names {
						all[right(verb, group, resource, name)] = true
					}
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func right(verb, group, resource, name string) string {
	if group != "" {
		resource += "." + group
	}
	if name != "" {
		resource += " " + name
	}
	return fmt.Sprintf("%s %s", verb, resource)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
