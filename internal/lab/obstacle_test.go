package lab

import "testing"

func TestObstacle(t *testing.T) {
	l := &Lab{Backends: []string{"embedded", "kubeconfig"}, Kubernetes: ">=1.31", Gates: map[string]string{"B": "1.36", "A": "1.34"}}
	for _, c := range []struct{ backend, version, want string }{
		{"embedded", "v1.37.2", ""},
		{"kubeconfig", "v1.36.0-gke.100", ""},
		{"kubeconfig", "v1.36.0-rc.1+abc", ""},
		{"embedded", "", ""}, // not known yet
		{"embedded", "unknown", ""},
		{"kind", "v1.37.2", "this lab runs only on a cluster of the kind embedded or kubeconfig: this one is kind"},
		{"kubeconfig", "v1.30.9", "this lab needs Kubernetes 1.31 or newer: this cluster runs v1.30.9"},
		{"kubeconfig", "v1.33.5", "this lab needs the feature gate A, which is on by default from Kubernetes 1.34 on: this cluster runs v1.33.5"},
		{"kubeconfig", "v1.35.0", "this lab needs the feature gate B, which is on by default from Kubernetes 1.36 on: this cluster runs v1.35.0"},
	} {
		got := ""
		if o := l.Obstacle(c.backend, c.version); o != nil {
			got = o.Error()
		}
		if got != c.want {
			t.Errorf("%s %s: got %q, want %q", c.backend, c.version, got, c.want)
		}
	}
}

func TestNoObstacle(t *testing.T) {
	if o := (&Lab{}).Obstacle("kind", "v1.37.2"); o != nil {
		t.Errorf("a lab that says nothing: %v", o)
	}
}
