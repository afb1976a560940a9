# The verbs of the project. CI runs `make test` and nothing else.
GO ?= go
# Tests go by the prices that come with rung, not by a developer's own.
export RUNG_PRICES = none

.PHONY: help build mover test test-short nightly fuzz race lint golden picture lab bench doors snapshot

help: ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

build: ## the rung command, in bin/
	$(GO) build -o bin/rung ./cmd/rung

mover: ## the program that rung handover --inside runs on an instance, for both processors, in bin/
	for arch in arm64 amd64; do CGO_ENABLED=0 GOOS=linux GOARCH=$$arch $(GO) build -trimpath -ldflags '-s -w' \
	  -o bin/rung-mover-linux-$$arch ./cmd/rung-mover || exit 1; done

# -vet=all judges every package, those without tests too, in the pass over the
# dependencies that go test makes anyway; go vet beside it would make another.
# With GOGC=400 the compiler takes a fifth less of the processor for the SDK's largest
# package (61 in place of 77 s) and a quarter more memory (3.6 GB); tests run without it.
test: ## every test, with what the tests need installed first
	./scripts/install-test-tools.sh
	GOGC=400 $(GO) test -vet=all -exec 'env -u GOGC' -timeout 60m ./...

# What starts databases, browsers or whole systems, or sweeps over stages.
WHOLE = /(tests|lab/tests|app/tests|app/bench|app/bench/faults|app/product/services|handover/hosts|handover/slots|policies/tests|cmd/rung|engine|stacks)$$

test-short: ## what has to hold after every change, for a developer's loop: everything but whole systems
	$(GO) test -vet=all $$($(GO) list ./... | grep -vE '$(WHOLE)')
	$(GO) test ./stacks -run 'TestGoldenPlans|TestEveryComponentHasAPlaceOnTheMap'

# What asks for RUNG_SWEEP, and does a part of it in make test.
SWEEPS = Test(EverythingFailsOnce|ProvidersDieAfterEveryCreate|TheEngineDiesAfterEveryCreate|PluginsAreKilled|KillsAtRandomMoments|EveryClimb|AnyCreateMayFail|TheEngineMayDieAtAnyCreate|TheWritesMove|DownFromTheEdge|StacksOfEarlierCodeStand)$$
DRAWN = Test(TheAppIsBuiltReproducibly|EveryOrderWorks|EveryNameHasACertificate|WhatIsAcceptedLives|UserDataOfTheLongestSettings|AdditionsCreateAndUpdateOnly|GrowthKeepsWhatThereIs|PreviewPlansWhatUpMakes|Invariants|EveryConfigurationPassesThePolicies)$$

fuzz: ## ten minutes or so of inputs that nobody has thought of
	./scripts/fuzz.sh 1000000

race: ## the same under the race detector; slow
	$(GO) test -race -timeout 80m ./...

lint: ## golangci-lint, from the Go module proxy at the pinned version
	$(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.5.0 run

golden: ## write the golden files anew; review the diff
	$(GO) test . ./docs ./stacks ./stacks/config ./cost ./preview/view ./policies -update
	$(GO) test ./cmd/rung -run InTheDocuments -update

picture: ## the pictures of a report, of a move and of the app's pages in the READMEs anew; needs Chromium
	./scripts/draw-report.sh
	./scripts/draw-handover.sh
	./scripts/draw-app.sh

nightly: ## the fault sweeps over every resource of every stage, 50 kills, all climbs, and more configurations, and the fuzz targets; hours
	./scripts/fuzz.sh
	RUNG_SWEEP=full RUNG_KILLS=50 $(GO) test -timeout 24h -run '$(SWEEPS)' ./tests
	RUNG_SWEEP=full $(GO) test -timeout 8h -run '$(DRAWN)' ./stacks ./stacks/artifact
	RUNG_HANDOVER=full $(GO) test -timeout 2h ./handover/...
	RUNG_SKELETON=full $(GO) test -timeout 30m ./app/skeleton
	RUNG_HANDOVER=full $(GO) test -timeout 1h -run TestRehearsalOfTheClimb ./lab/tests
	RUNG_FOREIGN=full $(GO) test -timeout 30m ./tests/outline ./polyglot
	RUNG_MAINTENANCE=full $(GO) test -timeout 1h -run TestMaintenance ./cmd/rung
	$(MAKE) doors

doors: ## the stock Pulumi CLI and Pulumi's own hosts of YAML and Node.js, built at their pinned versions
	RUNG_PULUMI=build $(GO) test -timeout 2h -run 'TestStock|TestAStock|TestAWSUses' ./tests ./engine

lab: ## the lab's long tests: stages on real servers of this machine; an hour
	RUNG_LAB=full $(GO) test -timeout 2h -v ./lab ./lab/tests

bench: ## the benchmarks whose figures stand in the READMEs
	$(GO) test -run '^$$' -bench . -benchtime 3x ./tests/... ./cost/...

snapshot: ## the release's archives for this machine's commit, in dist/, by goreleaser at the pinned version
	$(GO) run github.com/goreleaser/goreleaser/v2@v2.12.7 release --snapshot --clean
