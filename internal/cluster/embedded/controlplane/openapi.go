package controlplane

import (
	"errors"
	"net/http"
	"sync"
	"weak"

	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/apiserver/pkg/server/mux"
	"k8s.io/apiserver/pkg/server/routes"
	openapi "k8s.io/kube-openapi/pkg/common"
	"k8s.io/kube-openapi/pkg/validation/spec"
)

// openAPI answers requests for OpenAPI version 3 with the API server's own
// documents. The API server would make those of all groups when it starts, and
// keep them. These are made when somebody asks, in about 0.2 s, and kept until
// a garbage collection: running Jobs needs none.
type openAPI struct {
	server *genericapiserver.GenericAPIServer // whose routes are described
	config openapi.OpenAPIV3Config

	mu   sync.Mutex
	made weak.Pointer[mux.PathRecorderMux]
}

// serveOpenAPI has the Kubernetes API server of a chain answer requests for
// OpenAPI. It takes the config over: no other documents must be made with it.
func serveOpenAPI(chain *genericapiserver.GenericAPIServer, config *openapi.OpenAPIV3Config) error {
	server, ok := chain.NextDelegate().(*genericapiserver.GenericAPIServer)
	if !ok {
		return errors.New("behind the aggregator is no API server")
	}
	// The schemas of all types, which building the server took. The function was put
	// there by what did that, and holds them too.
	config.Definitions, config.GetOperationIDAndTagsFromRoute = nil, nil
	o := &openAPI{server: server, config: *config}
	server.Handler.NonGoRestfulMux.Handle("/openapi/v3", o)
	server.Handler.NonGoRestfulMux.HandlePrefix("/openapi/v3/", o)
	return nil
}

func (o *openAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) { o.documents().ServeHTTP(w, r) }

// documents returns the handler of all documents.
func (o *openAPI) documents() http.Handler {
	o.mu.Lock()
	defer o.mu.Unlock()
	if made := o.made.Value(); made != nil {
		return made
	}
	config := o.config
	// Once for all groups; each would make its own.
	config.Definitions = config.GetDefinitions(func(name string) spec.Ref {
		name, _ = config.GetDefinitionName(name)
		return spec.MustCreateRef("#/components/schemas/" + openapi.EscapeJsonPointer(name))
	})
	made := mux.NewPathRecorderMux("openapi")
	routes.OpenAPI{V3Config: &config}.InstallV3(o.server.Handler.GoRestfulContainer, made)
	o.made = weak.Make(made)
	return made
}
