# `make run` and `make test` install what a Debian-like machine with Go and Node
# lacks.
SHELL := /bin/bash
TOOL  := go tool -modfile=tools/go.mod

# As in the image: the build does not depend on whether a C compiler is installed.
export CGO_ENABLED := 0

.DEFAULT_GOAL := help
.PHONY: help run build test test-go test-devstack test-web extension test-extension test-headers e2e chaos chaos-long chaos-seedr upgrade bench bench-scale lighthouse compose-test fuzz long lint fmt vuln gen replay-record clean

help: ## show this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  \033[36m%-14s\033[0m %s\n", $$1, $$2}'

run: ## install what is missing, build, and start everything on this machine
	@scripts/bootstrap.sh run
	@$(MAKE) --no-print-directory build
	@bin/devstack

build: ## build the programs, the web app and the devstack
	@scripts/build.sh

test: ## run every test: Go, web, end to end, chaos; installs what they need
	@scripts/bootstrap.sh test
	@$(MAKE) --no-print-directory build
	@$(MAKE) --no-print-directory test-go test-devstack test-web test-extension test-headers e2e chaos

test-go: export LONGHAUL_DEVSTACK := $(CURDIR)/bin/devstack
# The tag leaves out a C database that the torrent library offers and we do not use.
test-go: ## run Go unit and integration tests (real Postgres, Temporal, S3), with the race detector where goroutines run
	go vet ./...
	go test -p 2 -timeout 30m $$(go list ./... | grep -vxFf <(tools/concurrent.sh))
	CGO_ENABLED=1 go test -race -tags nosqlite -p 3 -timeout 30m $$(tools/concurrent.sh)
	cd frontdoor && go vet ./... && CGO_ENABLED=1 go test -race ./...

test-devstack: ## test the devstack
	cd devstack && go vet ./... && LONGHAUL_BIN=$(CURDIR)/bin go test -p 1 ./...

test-web: ## check the web app: lint, types, generated files, tests
	cd web && npm run check

extension: build ## build the browser extension and its packages, into extension/.output
	@ls extension/.output/*.zip

test-extension: ## check the browser extension: lint, types, tests
	cd extension && npm run check

test-headers: ## grade the app's headers and policy as the Mozilla Observatory does
	cd tools/observatory && npm ci --loglevel=error && npm run --silent grade

e2e: ## test the whole system with a real swarm, a real browser and bad input
	LONGHAUL_BIN=$(CURDIR)/bin go test -tags e2e -count=1 -p 2 -parallel 40 -timeout 30m -skip '^TestEach' ./test/e2e/...

chaos: ## kill -9 every part while jobs run, and test a Seedr account that misbehaves
	LONGHAUL_BIN=$(CURDIR)/bin go test -tags e2e -count=1 -p 1 -timeout 30m -skip '^TestEach' ./test/chaos/...

chaos-long: build ## run the long chaos tests, whose names start with TestEach
	LONGHAUL_BIN=$(CURDIR)/bin go test -tags e2e -count=1 -p 1 -timeout 90m -v -run '^TestEach' ./test/chaos/... ./test/e2e/fair ./test/e2e/repair

chaos-seedr: build ## test each fault and behaviour of a Seedr account, ten kills, random faults
	LONGHAUL_BIN=$(CURDIR)/bin go test -tags e2e -count=1 -timeout 40m -v ./test/chaos/seedr

upgrade: build ## run the programs of the schema before side by side with today's; FROM=revision for others
	scripts/older.sh bin/older $(FROM)
	LONGHAUL_BIN=$(CURDIR)/bin LONGHAUL_OLD_BIN=$(CURDIR)/bin/older go test -tags e2e -count=1 -timeout 30m -v ./test/upgrade

bench: build ## measure the figures of docs/performance.md in one run
	LONGHAUL_BIN=$(CURDIR)/bin go test -tags e2e -run '^$$' -bench . -benchtime 1x -count=1 -timeout 40m ./test/bench ./test/bench/seedr

bench-scale: build ## measure 10 000 open jobs, and the lists at a million; about 40 minutes
	LONGHAUL_BIN=$(CURDIR)/bin go test -tags e2e -run '^$$' -bench . -benchtime 1x -count=1 -timeout 60m ./test/bench/scale
	LONGHAUL_DEVSTACK=$(CURDIR)/bin/devstack go test -count=1 -timeout 60m -v ./internal/store/stock -run ReadByIndex -jobs 1000000
	LONGHAUL_DEVSTACK=$(CURDIR)/bin/devstack go test -count=1 -timeout 60m ./internal/store/jobs -run '^$$' -bench AllJobs -benchtime 20x -jobs 1000000

lighthouse: build ## measure the pages with Lighthouse, the median of RUNS=5, desktop and mobile; wants an idle machine
	cd tools/lighthouse && npm ci --loglevel=error --ignore-scripts
	LONGHAUL_BIN=$(CURDIR)/bin go test -tags e2e -run '^$$' -bench Lighthouse -benchtime 1x -count=1 -timeout 60m ./test/bench/page

compose-test: ## build the images and test docker-compose.yml on Podman, as root; 1 GB of images stays in data/compose
	@scripts/bootstrap.sh compose
	@test/compose/run.sh

fuzz: ## run every fuzz target for 20 s; FUZZTIME=10m for longer
	tools/fuzz.sh $(FUZZTIME)

long: ## run what takes too long for every change; run it before a release
	@$(MAKE) --no-print-directory chaos-long upgrade bench
	@$(MAKE) --no-print-directory fuzz FUZZTIME=$(or $(FUZZTIME),10m)

lint: ## check format, linters, import rules, determinism, budgets, voice, compose schema
	@$(TOOL) gofumpt -l $$(git ls-files '*.go') | (! grep .) || (echo 'not formatted: run make fmt'; exit 1)
	$(TOOL) golangci-lint run --allow-parallel-runners ./...
	cd frontdoor && go tool -modfile=../tools/go.mod golangci-lint run --allow-parallel-runners ./...
	cd devstack && go tool -modfile=../tools/go.mod golangci-lint run --allow-parallel-runners ./...
	$(TOOL) workflowcheck ./workflows/...
	tools/budgets.sh
	tools/nolint.sh
	tools/voice.sh
	cd tools && go run ./composecheck ../docker-compose.yml ../deploy/second-agent.yml && \
		APP_HOST=app.test FILES_HOST=files.test go run ./composecheck ../docker-compose.yml ../deploy/replicas.yml && go test -count=1 ./importrules ./composecheck

fmt: ## format the Go code
	$(TOOL) gofumpt -w $$(git ls-files '*.go')

vuln: ## find known vulnerabilities in all modules; VULNDB=file:///folder for an offline database
	VULNDB=$(VULNDB) tools/vuln.sh

gen: ## rewrite api/openapi.json and the web app's types
	go run ./cmd/api openapi > api/openapi.json
	cd web && npm run gen

replay-record: ## record the workflow histories that every test run replays
	LONGHAUL_DEVSTACK=$(CURDIR)/bin/devstack LONGHAUL_RECORD_REPLAY=$(CURDIR)/workflows/testdata/replay go test -count=1 ./worker

clean: ## remove build output (not ./data)
	rm -rf bin web/dist
