# One short verb per task; `make help` lists them. Everything is built under build/; what is installed is in
# tools/deps. JOBS= sets how many processes work at once.
JOBS ?= 2
PORT ?= 4566
DATA ?= build/data
MINUTES ?= 1
DECISIONS ?= 100000
DEPS := $(or $(SEXTANT_DEPS),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/sextant)
export TZ := UTC
export LC_ALL := C.UTF-8

SANITIZED := ^(unit|contract|scenario|fault|fuzz)$$
APART := ^(chaos|dist)$$
CTEST := ctest --output-on-failure --no-tests=error --no-label-summary -j$(JOBS)

.DEFAULT_GOAL := help
.PHONY: help build test test-dist lint lint-full asan tsan fuzz bench differential demo chaos fmt sbom run clean configure-tidy

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 20

bootstrap-build:
	@tools/bootstrap build
bootstrap-test:
	@tools/bootstrap build test
bootstrap-dist:
	@tools/bootstrap build test dist
bootstrap-lint:
	@tools/bootstrap build test lint

# Configuring again is quick, and needed only once; ninja reconfigures by itself.
build/%/build.ninja: CMakePresets.json
	cmake --preset $* -Wno-dev --log-level=WARNING

# Never built, so nobody else notices new files for it.
configure-tidy: bootstrap-lint
	@cmake --preset tidy -Wno-dev >/dev/null

build: bootstrap-build build/release/build.ninja ## the program: build/release/sextant
	cmake --build --preset release -j $(JOBS) --target sextant

test: bootstrap-test build/dev/build.ninja ## build and run every test but the long ones
	cmake --build --preset dev -j $(JOBS)
	$(CTEST) --test-dir build/dev -LE '$(APART)'

test-dist: bootstrap-dist build/dev/build.ninja ## the tests with real servers: OpenSearch on a free port
	cmake --build --preset dev -j $(JOBS) --target sextant opensearch_contract
	$(CTEST) --test-dir build/dev -L '^dist$$'

lint: bootstrap-lint configure-tidy ## format, layers, headers, clang-tidy, scripts, templates
	@JOBS=$(JOBS) tools/lint

lint-full: bootstrap-lint configure-tidy ## lint, also what is known to have passed
	@JOBS=$(JOBS) tools/lint --all

# Arrow's own allocator is not built with the sanitizers: they would not see its blocks change hands.
asan: bootstrap-test build/asan/build.ninja ## the tests under AddressSanitizer and UBSan
	cmake --build --preset asan -j $(JOBS)
	ARROW_DEFAULT_MEMORY_POOL=system ASAN_OPTIONS=strict_string_checks=1:detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
	  $(CTEST) --test-dir build/asan -L '$(SANITIZED)'

tsan: bootstrap-test build/tsan/build.ninja ## the tests under ThreadSanitizer
	cmake --build --preset tsan -j $(JOBS)
	ARROW_DEFAULT_MEMORY_POOL=system TSAN_OPTIONS=suppressions=$(CURDIR)/cmake/tsan.supp:halt_on_error=1 \
	  $(CTEST) --test-dir build/tsan -L '$(SANITIZED)'

fuzz: bootstrap-lint build/fuzz/build.ninja ## TARGET=name MINUTES=n: one libFuzzer target; without TARGET: each
	@JOBS=$(JOBS) tools/fuzz $(MINUTES) $(TARGET)

bench: bootstrap-test build ## measure speed and memory, and write docs/benchmarks.md
	cmake --build --preset release -j $(JOBS) --target decision_bench guard_bench parse_bench
	$(DEPS)/python/bin/python3 tools/bench

differential: bootstrap-test build/release/build.ninja ## IAM decisions beside another evaluator's; DECISIONS= SEED=
	cmake --build --preset release -j $(JOBS) --target iam_tool
	$(DEPS)/python/bin/python3 tests/oracle/iam/differential.py build/release/iam_tool --decisions $(DECISIONS) \
	  $(if $(SEED),--seed $(SEED))

demo: build ## a real node, an app, a million log entries; the report lies in build/demo
	tools/demo

chaos: bootstrap-test build/dev/build.ninja ## 500 kills; SEED=n repeats a run
	cmake --build --preset dev -j $(JOBS)
	$(CTEST) --test-dir build/dev -L '^chaos$$' --verbose

fmt: bootstrap-lint ## format every source file
	@git ls-files -z '*.cc' '*.h' | xargs -0 clang-format-19 -i

sbom: ## the parts it is made of, as CycloneDX: build/sbom.json
	@mkdir -p build && tools/sbom >build/sbom.part && mv build/sbom.part build/sbom.json && echo "build/sbom.json"

run: build ## a node on PORT, its data in DATA
	build/release/sextant node --port $(PORT) --data $(DATA) --files $(DEPS)/geoip

clean: ## remove build/
	rm -rf build
