package access

import (
	"fmt"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// Kubeconfig returns a file for kubectl with the identity's rights and its
// namespace. It refers to no other file.
func (i Identity) Kubeconfig(server *rest.Config) ([]byte, error) {
	cfg := i.Config(server)
	if err := rest.LoadTLSFiles(cfg); err != nil {
		return nil, fmt.Errorf("read the API server's certificate: %w", err)
	}
	const name = "joblab"
	file := api.NewConfig()
	file.Clusters[name] = &api.Cluster{
		Server:                   cfg.Host,
		CertificateAuthorityData: cfg.CAData,
		TLSServerName:            cfg.ServerName,
		InsecureSkipTLSVerify:    cfg.Insecure,
		DisableCompression:       cfg.DisableCompression,
	}
	file.AuthInfos[i.Namespace] = &api.AuthInfo{Token: i.Token}
	file.Contexts[i.Namespace] = &api.Context{Cluster: name, AuthInfo: i.Namespace, Namespace: i.Namespace}
	file.CurrentContext = i.Namespace
	text, err := clientcmd.Write(*file)
	if err != nil {
		return nil, fmt.Errorf("write kubeconfig: %w", err)
	}
	return text, nil
}
