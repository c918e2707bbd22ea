package remote

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"

	"golang.org/x/net/http2"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Why an API server cannot be used. The errors around them name it.
var (
	ErrNoAnswer      = errors.New("does not answer")
	ErrNoCredentials = errors.New("cannot be asked without credentials")
	ErrUnauthorized  = errors.New("does not accept the credentials")
	ErrForbidden     = errors.New("does not let these credentials look at it")
	ErrUntrusted     = errors.New("cannot be trusted")
	ErrStranger      = errors.New("is not a Kubernetes API server")
)

// explain says in one line what is wrong, and what to do about it.
func (c *client) explain(err error) error {
	var (
		verification *tls.CertificateVerificationError
		authority    x509.UnknownAuthorityError
		notTLS       tls.RecordHeaderError
		alert        tls.AlertError
		network      net.Error
		address      *url.Error
		stream       http2.StreamError
	)
	cause := err
	if errors.As(err, &address) {
		cause = address.Err
	}
	switch {
	case apierrors.IsUnauthorized(err):
		return c.say(ErrUnauthorized, err, "have they expired? log in to the cluster again, or renew the kubeconfig")
	case strings.Contains(err.Error(), "getting credentials: "):
		return c.say(ErrNoCredentials, cause, "does kubectl work with this kubeconfig?")
	case errors.As(err, &verification), errors.As(err, &authority):
		return c.say(ErrUntrusted, cause, "does the kubeconfig have the cluster's certificate-authority-data and its right name?")
	case errors.As(err, &notTLS), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return c.stranger(cause)
	case errors.As(err, &alert):
		return c.say(ErrUnauthorized, cause, "has the client certificate expired? renew the kubeconfig")
	case apierrors.IsForbidden(err):
		return c.say(ErrForbidden, err, "ask whoever runs the cluster for the rights")
	case apierrors.IsNotFound(err):
		return c.stranger(cause)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return c.say(ErrNoAnswer, errors.New("no answer in time"), "does it hang, or does the network drop what is sent to it?")
	case address != nil, network != nil, errors.As(err, &stream), errors.Is(err, io.ErrUnexpectedEOF): // at once, or in the middle of an answer
		return c.say(ErrNoAnswer, cause, "does the cluster run, and is its network reached from here?")
	}
	return OneLine(fmt.Errorf("API server %s: %w", c.host, err))
}

// stranger says that what answers is something else.
func (c *client) stranger(cause error) error {
	return c.say(ErrStranger, cause, "is the address in the kubeconfig right?")
}

func (c *client) say(what, cause error, todo string) error {
	return OneLine(fmt.Errorf("API server %s %w: %w (%s)", c.host, what, cause, todo))
}

// OneLine returns an error that prints as one line what err may print as several.
func OneLine(err error) error { return oneLine{err} }

type oneLine struct{ error }

func (e oneLine) Error() string { return strings.Join(strings.Fields(e.error.Error()), " ") }
func (e oneLine) Unwrap() error { return e.error }
