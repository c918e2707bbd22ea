package embedded

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/joblab/joblab/internal/cluster/embedded/pki"
)

// listen listens on 127.0.0.1, on the port that the file at path remembers if it
// is still free, so that kubeconfigs that were given out work after a restart of
// the program. The file then has the port.
func listen(ctx context.Context, path string) (*net.TCPListener, error) {
	var config net.ListenConfig
	var listener net.Listener
	var err error
	for _, port := range []int{rememberedPort(path), 0} {
		listener, err = config.Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("listen for the API server: %w", err)
	}
	tcp := listener.(*net.TCPListener)
	port := tcp.Addr().(*net.TCPAddr).Port
	if err := writeFile(path, []byte(strconv.Itoa(port)+"\n")); err != nil {
		_ = tcp.Close()
		return nil, fmt.Errorf("remember the API server's port: %w", err)
	}
	return tcp, nil
}

// rememberedPort returns the port in the file at path, 0 if there is none.
func rememberedPort(path string) int {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	port, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		return 0
	}
	return port
}

func restConfig(address *net.TCPAddr, client pki.Material) *rest.Config {
	return &rest.Config{
		Host:            "https://" + address.String(),
		TLSClientConfig: rest.TLSClientConfig{CAData: client.CA, CertData: client.Cert, KeyData: client.Key},
		QPS:             -1,

		DisableCompression: true,
	}
}

// kubeconfig returns config as a file for kubectl.
func kubeconfig(config *rest.Config) ([]byte, error) {
	const name = "joblab"
	file := api.NewConfig()
	file.Clusters[name] = &api.Cluster{
		Server:                   config.Host,
		CertificateAuthorityData: config.CAData,
		DisableCompression:       config.DisableCompression,
	}
	file.AuthInfos[name] = &api.AuthInfo{ClientCertificateData: config.CertData, ClientKeyData: config.KeyData}
	file.Contexts[name] = &api.Context{Cluster: name, AuthInfo: name}
	file.CurrentContext = name
	data, err := clientcmd.Write(*file)
	if err != nil {
		return nil, fmt.Errorf("write kubeconfig: %w", err)
	}
	return data, nil
}
