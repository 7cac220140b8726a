# make demo and make test do all set-up themselves; the other targets say what they are for.

SHELL = /bin/bash
PREFIX ?= /usr/local
BASH_COMPLETIONS ?= $(PREFIX)/share/bash-completion/completions
ZSH_FUNCTIONS ?= $(PREFIX)/share/zsh/site-functions
FISH_COMPLETIONS ?= $(PREFIX)/share/fish/vendor_completions.d
SECONDS ?= 60
SWIFT ?= swift
PYTHON = .build-python/bin/python
RELEASE = .build/release
# Tests with clocks, deadlines and processes run one after the other, with the machine to themselves.
ON_SOCKETS = TransportTests|InstClientTests|EndToEndTests|ChaosTests
# A long run of the chaos or the Yjs test: another one each time, unless SEED is given.
SEED ?= $(shell date +%s)
UPDATES ?= 10000
FAULTS ?= 200
CASES ?= 10000

# A crash prints a line, not minutes of backtrace.
export SWIFT_BACKTRACE ?= enable=no

.PHONY: build release demo test chaos lint generated docs bench bench-yjs bench-state fuzz yjs-oracle asan tsan install install-files \
  uninstall check-install deb check-deb recording clean system-libraries packaging-tools

# A debug build of everything.
build: system-libraries
	$(SWIFT) build

# The programs as they are shipped: optimised, runnable without Swift, and able to say what they are.
release: export INSTCTL_COMMIT = $(shell git describe --always --dirty --abbrev=12 --exclude '*' 2>/dev/null || echo unknown)
release: export INSTCTL_SWIFT = $(shell $(SWIFT) --version 2>/dev/null | sed -n 's/.*Swift version \([^ ]*\).*/\1/p')
release: system-libraries
	$(SWIFT) build -c release --static-swift-stdlib --product instctl
	$(SWIFT) build -c release --static-swift-stdlib --product wsecho-client

# A server, a watcher and a writer, over TLS with compression.
demo: release
	Scripts/demo $(RELEASE)/instctl

# All tests but long fuzzing. The programs are tested as they are shipped.
test: release $(PYTHON)
	$(SWIFT) build
	SWIFT=$(SWIFT) Scripts/test --skip '$(ON_SOCKETS)'
	SWIFT=$(SWIFT) INSTCTL_TEST_PYTHON=$(abspath $(PYTHON)) INSTCTL_TEST_PROGRAMS=$(abspath $(RELEASE)) \
	  Scripts/test --skip-build --filter '$(ON_SOCKETS)' --no-parallel

# A server and a network that fail in every way while updates are written and watched. The seed of a
# run that failed runs it again: make chaos SEED=7 UPDATES=10000 FAULTS=200
chaos: build
	CHAOS_SEED=$(SEED) CHAOS_UPDATES=$(UPDATES) CHAOS_FAULTS=$(FAULTS) \
	  $(SWIFT) test --filter ChaosTests

# Formatting of the sources, and of the man pages.
lint:
	$(SWIFT) format lint --strict -r Package.swift Sources Tests Benchmarks/wsreceive/Sources \
	  Benchmarks/yjs/Sources Fuzz/Sources
	Scripts/lint-man

# Man pages and completions, from the commands themselves.
generated: build
	Scripts/generate $(shell $(SWIFT) build --show-bin-path)/instctl .

# The picture of a session at the top of the README.
recording: release $(PYTHON)
	$(PYTHON) Scripts/recording $(RELEASE)/instctl docs/recording.svg

# The documentation of the libraries, as a web site in .build/docs.
docs: system-libraries
	Scripts/docs .build/docs

# Compares with a raw reader and with other clients; prints a table.
bench: release
	Benchmarks/run --instctl $(RELEASE)/instctl

# Fuzzes each target for SECONDS.
fuzz: system-libraries
	Fuzz/run $(SECONDS)

# Compares what the Yjs library makes of CASES random histories, from SEED on, with pycrdt.
yjs-oracle: system-libraries $(PYTHON)
	INSTCTL_TEST_PYTHON=$(abspath $(PYTHON)) INSTCTL_YJS_SEED=$(SEED) INSTCTL_YJS_CASES=$(CASES) \
	  $(SWIFT) test --filter YjsTests.OracleTests

# The same updates, applied by the Yjs library and by pycrdt.
bench-yjs: $(PYTHON)
	$(PYTHON) Benchmarks/yjs/run

# The same updates, read as bots by instctl state and by pycrdt.
bench-state: release $(PYTHON)
	$(PYTHON) Benchmarks/yjs/state --instctl $(RELEASE)/instctl

# There are no tests of XCTest, and it leaks when it has none to run.
asan: system-libraries $(PYTHON)
	INSTCTL_TEST_PYTHON=$(abspath $(PYTHON)) \
	  $(SWIFT) test --disable-xctest --sanitize=address --scratch-path .build-asan

tsan: system-libraries $(PYTHON)
	INSTCTL_TEST_PYTHON=$(abspath $(PYTHON)) \
	  $(SWIFT) test --sanitize=thread --scratch-path .build-tsan

# Under PREFIX, in DESTDIR where a package is made of it.
install: release install-files

install-files:
	install -D -m 755 -s $(RELEASE)/instctl $(DESTDIR)$(PREFIX)/bin/instctl
	$(foreach section,1 7,install -d $(DESTDIR)$(PREFIX)/share/man/man$(section) && \
	  install -m 644 man/*.$(section) $(DESTDIR)$(PREFIX)/share/man/man$(section) &&) true
	install -D -m 644 completions/instctl.bash $(DESTDIR)$(BASH_COMPLETIONS)/instctl
	install -D -m 644 completions/_instctl $(DESTDIR)$(ZSH_FUNCTIONS)/_instctl
	install -D -m 644 completions/instctl.fish $(DESTDIR)$(FISH_COMPLETIONS)/instctl.fish

# Takes back what install has put there, for the same PREFIX.
uninstall:
	rm -f $(addprefix $(DESTDIR),$(PREFIX)/bin/instctl \
	  $(foreach section,1 7,$(addprefix $(PREFIX)/share/man/man$(section)/,$(notdir $(wildcard man/*.$(section))))) \
	  $(BASH_COMPLETIONS)/instctl $(ZSH_FUNCTIONS)/_instctl $(FISH_COMPLETIONS)/instctl.fish)

# Whether install and uninstall put and take the same.
check-install: release
	Scripts/check-install

# A Debian package, in .build/deb.
deb: release packaging-tools
	@rm -rf .build/deb
	@Scripts/deb $(RELEASE)/instctl .build/deb

# Installs the package in a fresh system, runs it there and removes it again.
check-deb: deb
	Scripts/check-deb .build/deb/*.deb

clean:
	rm -rf .build .build-* Fuzz/.build* Benchmarks/.build Benchmarks/.venv Benchmarks/wsreceive/.build \
	  Benchmarks/yjs/.build

system-libraries:
	@Scripts/install-packages libssl-dev zlib1g-dev pkg-config

packaging-tools:
	@Scripts/install-packages binutils dpkg-dev

$(PYTHON): Tests/requirements.txt
	@Scripts/install-packages python3 python3-venv openssl curl tinyproxy-bin microsocks stunnel4 nginx-light jq zsh fish
	python3 -m venv .build-python
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r Tests/requirements.txt
	@touch $@
