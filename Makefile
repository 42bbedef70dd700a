# Yingdi. `make help` lists what there is.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

GO   ?= go
LINT := v2.15.0
# Git may distrust a checkout that someone else owns; the version comes in by -ldflags instead.
export GOFLAGS := $(strip $(GOFLAGS) -buildvcs=false)
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
# Tools that make installs are found in bin/, and those that were installed by hand where go install puts them.
export PATH := $(CURDIR)/bin:$(shell $(GO) env GOPATH)/bin:$(PATH)

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' Makefile

.PHONY: run
run: assets ## run everything in one process, with a demo camp: http://127.0.0.1:8080
	@echo "Building; the first time that takes a few minutes."
	@$(GO) build -ldflags '-X main.version=$(VERSION)' -o bin/yingdi-dev ./cmd/yingdi
	@exec bin/yingdi-dev dev

.PHONY: build
build: assets ## build bin/yingdi
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/yingdi ./cmd/yingdi

.PHONY: assets
assets: ## fetch the console's styles and the cards' fonts, if they changed
	@scripts/assets.sh

.PHONY: setup
setup: ## install what the tests drive: Chromium, poppler, Redis, MinIO
	@scripts/setup.sh

.PHONY: check
check: assets format imports lint ## everything that reads the code: format, import rule, vet, lint

.PHONY: format
format: ## refuse what gofmt would change
	@files=$$(git ls-files -co --exclude-standard '*.go' | xargs gofmt -l); \
	if [ -n "$$files" ]; then echo "not formatted, run gofmt -w:"; echo "$$files"; exit 1; fi

.PHONY: imports
imports: ## hold the import rule and the other rules of the house
	$(GO) test -count=1 .

.PHONY: lint
lint: assets bin/golangci-lint-$(LINT) ## vet and golangci-lint
	$(GO) vet ./...
	$(GO) vet -tags e2e ./e2e/... ./cmd/...
	bin/golangci-lint-$(LINT) run --build-tags e2e

bin/golangci-lint-$(LINT):
	GOBIN=$(CURDIR)/bin $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT)
	mv bin/golangci-lint $@

.PHONY: test
test: format assets setup imports ## run every test, installing what it needs; quick ones first
	$(GO) vet ./...
	$(GO) test -race -shuffle=on -timeout 60m ./...
	cd storage/mongo/wiretest && $(GO) test -timeout 20m ./...
	$(GO) test -tags e2e -timeout 20m ./e2e/...
	$(GO) test -race -tags e2e -timeout 30m -run '^TestASeason|^TestADroppedOutbox' ./cmd/yingdi
	$(GO) test -tags e2e -timeout 20m -run '^TestReal|^TestAScholarshipCamp' ./cmd/yingdi
	$(GO) run ./cmd/yingdi simulate --learners 20 --days 5 --seed 1 --kills 3

.PHONY: short
short: ## run only the tests that need nothing installed
	$(GO) test ./...

.PHONY: clean
clean: ## remove what was built and fetched; data/ stays
	rm -rf bin node_modules templates/static/vendor templates/card/fonts/*.ttf
