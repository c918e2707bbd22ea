# Go is all that is needed to build, run and test; Node only to build the browser's
# files anew (make generate) and to check the types of their sources (make types).

GO      ?= go
BIN     := bin/joblab
SANDBOX := internal/sandbox/bin/joblab-sandbox
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION)

# kustomize, which is in kubectl, would load Go plugins; that alone takes 50 MB.
TAGS := embed_sandbox,kustomize_disable_go_plugin_support

# The race detector needs a C compiler; without one tests run without it, loudly.
RACE := $(if $(filter 1,$(shell $(GO) env CGO_ENABLED)),-race)

# TESTFLAGS are further flags of go test, such as -v.
TESTFLAGS ?=

# Build and test with the same flags, so that Kubernetes is compiled once.
#
# Packages whose tests link Kubernetes are tested without the race detector,
# which would take its build over an hour on a small machine.
K8S_TESTS := ./cmd/... ./internal/cluster/embedded ./internal/cluster/embedded/child \
	./internal/cluster/embedded/controlplane ./internal/cluster/embedded/node
RACE_TESTS = $(shell $(GO) list ./... | grep -vE '/(cmd/[a-z]+|internal/cluster/embedded(/(child|controlplane|node|embeddedtest))?)$$')

# Kubernetes' own specs: the test binary, and what runs it in several processes.
E2E    := ./internal/cluster/embedded/e2e
SUITE  := bin/e2e.test
GINKGO := bin/ginkgo

# npm writes this file when it has installed the libraries.
MODULES := static/src/node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help run build test test-race test-kubernetes test-long e2e-kubernetes parity check vet fresh generate assets types audit bench test-kind test-outage clean $(SANDBOX) $(BIN)

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

run: build ## build, then serve the labs on 127.0.0.1:8080
	$(BIN) serve

build: $(BIN) ## build bin/joblab (the first time compiles Kubernetes)

$(SANDBOX):
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags='-s -w' -o $@ ./internal/sandbox/cmd

$(BIN): $(SANDBOX)
	$(GO) build -tags $(TAGS) -ldflags='$(LDFLAGS)' -o $@ ./cmd/joblab

test: test-race test-kubernetes ## run every test, each lab but the long ones on the embedded cluster among them

test-race:
	@test -n '$(RACE)' || { echo 'no C compiler: testing without the race detector' >&2; test -z "$$CI"; }
	$(GO) test $(RACE) -timeout 30m $(TESTFLAGS) $(RACE_TESTS)

test-kubernetes: $(SANDBOX)
	$(GO) test -tags $(TAGS) -ldflags='-s -w' -p 1 -timeout 20m $(TESTFLAGS) $(K8S_TESTS)

# The labs and variations that take minutes are apart, so that nobody has to wait for
# them. They need little of the machine, but that at their time.
test-long: $(SANDBOX) ## run the labs that take minutes on the embedded cluster
	JOBLAB_TEST_LABS=long $(GO) test -tags $(TAGS) -ldflags='-s -w' -timeout 60m -run '^TestLabs$$' $(TESTFLAGS) ./cmd/joblab

# What runs on a real cluster, made by kind and kept; it needs Docker. KIND_NODE_IMAGE
# and KIND_CONFIG, a file, say how a new cluster is made; by default as kind does.
KIND_NODE_IMAGE ?=
KIND_CONFIG     ?=
KIND_DATA       := $(CURDIR)/bin/kind
CREATE_KIND      = $(BIN) cluster create -cluster kind -data $(KIND_DATA) $(if $(KIND_NODE_IMAGE),-node-image $(KIND_NODE_IMAGE)) $(if $(KIND_CONFIG),-kind-config $(KIND_CONFIG))

test-kind: $(BIN) ## test the other backends, and each short lab, on the kind cluster joblab (needs Docker)
	$(CREATE_KIND)
	KIND_NODE_IMAGE='$(KIND_NODE_IMAGE)' KIND_CONFIG='$(abspath $(KIND_CONFIG))' \
		$(GO) test -tags kind $(RACE) -count=1 -timeout 20m $(TESTFLAGS) ./internal/cluster/kind
	JOBLAB_TEST_KUBECONFIG=$(KIND_DATA)/clusters/joblab.kubeconfig $(GO) test -tags kind $(RACE) -count=1 $(TESTFLAGS) ./internal/cluster/kubeconfig
	JOBLAB_TEST_KIND=1 JOBLAB_TEST_LABS=shown $(GO) test -tags $(TAGS) -ldflags='-s -w' -count=1 -timeout 20m -run 'TestLabs|TestDeletedPodKeepsItsLog' $(TESTFLAGS) ./cmd/joblab

# Takes the node of the kind cluster joblab away for half a minute, three times, by docker.
test-outage: $(BIN) ## test runs through outages of the kind cluster joblab (needs Docker)
	$(CREATE_KIND)
	JOBLAB_TEST_KUBECONFIG=$(KIND_DATA)/clusters/joblab.kubeconfig JOBLAB_TEST_NODE=joblab-control-plane JOBLAB_TEST_IMAGE=centos:7 \
		$(GO) test -tags kind $(RACE) -count=1 -timeout 20m -run TestKindOutage $(TESTFLAGS) ./internal/run

e2e-kubernetes: $(BIN) ## run Kubernetes' own specs on the embedded cluster, write doc/parity.md
	$(GO) build -o $(GINKGO) github.com/onsi/ginkgo/v2/ginkgo
	$(GO) test -c -tags e2e -ldflags='-s -w' -o $(SUITE) $(E2E)/suite
	$(GO) run $(E2E)/cmd -joblab $(BIN) -ginkgo $(GINKGO) -suite $(SUITE) -document doc/parity.md

check: vet fresh types test ## all that CI runs

vet:
	@unformatted=$$(gofmt -l cmd internal labs static web); test -z "$$unformatted" || { echo "$$unformatted"; echo 'run gofmt -w on these files'; exit 1; } >&2
	$(GO) vet ./...
	$(GO) mod tidy -diff

fresh: ## fail if a generated file is older than its source
	@sum=$$(git ls-files -co --exclude-standard web static | sort | xargs cksum); $(MAKE) --no-print-directory generate; \
	test "$$sum" = "$$(git ls-files -co --exclude-standard web static | sort | xargs cksum)" || { echo 'generated files were stale: commit what make generate wrote' >&2; git status --short web static >&2; exit 1; }

generate: assets ## write the templ components and the browser's assets anew (needs Node)
	$(GO) tool templ generate -path web

assets: $(MODULES)
	$(GO) generate ./static

types: $(MODULES) ## check the types of the browser's sources (needs Node)
	cd static/src && npx tsc --noEmit

# The libraries of the browser's files, exactly as the lock file has them.
$(MODULES): static/src/package.json static/src/package-lock.json
	@command -v npm >/dev/null || { echo 'the libraries of static/src are installed by npm (Node.js), which is not here; to build and run joblab it is not needed' >&2; exit 1; }
	cd static/src && npm ci --no-audit --no-fund

# Lighthouse is apart from what checks the types, since it is fifty times as large. It
# measures time, too: nothing else should run beside it.
audit: ## audit the main pages with Lighthouse (needs Node and Chromium)
	@command -v npm >/dev/null || { echo 'make audit needs npm (Node.js), which is not here' >&2; exit 1; }
	cd static/src/audit && npm ci --no-audit --no-fund
	$(GO) test -tags audit -count=1 -v -run '^TestAudit$$' ./web

bench: $(BIN) ## measure start, latency, memory and page weight, and print them with the machine
	@$(GO) version; uname -sm; nproc
	$(GO) test -tags $(TAGS) -run '^$$' -bench . -benchmem -p 1 -timeout 30m ./...

# The recordings that make parity runs again: those beside the repository, or else
# their copies in it. KIND is the name of the cluster; SCENARIOS chooses some, for
# which doc/parity.md is not written but checked; PARITYFLAGS=-times=false does
# not count times, which differ on a busy machine.
REFERENCE ?= $(firstword $(wildcard ../shared/reference/kind-v1.37.2) internal/timeline/recording/testdata)
KIND      ?= joblab
SCENARIOS ?=

parity: $(BIN) ## compare labs on the embedded cluster and on kind, write doc/parity.md (needs Docker)
	$(GO) run ./cmd/parity -joblab $(BIN) -reference $(REFERENCE) -kind '$(KIND)' -node-image '$(KIND_NODE_IMAGE)' -kind-config '$(KIND_CONFIG)' -scenarios '$(SCENARIOS)' $(PARITYFLAGS)

clean: ## remove what was built
	rm -rf bin internal/sandbox/bin
