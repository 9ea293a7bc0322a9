# jkr: one file, not recursive. V=1 shows commands, W=1 keeps warnings from being errors,
# SAN=1 builds with ASan and UBSan into build/san, TSAN=1 with the thread sanitizer, CC=clang works as well.
#
# Goals: all quickstart check deps install lint fmt bench clean, and those of tests/ (see HACKING.md).

PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
VERSION := 0.1.0

B := build
ifneq ($(SAN),)
B := build/san
OPT := -O1 -g
SANFLAGS := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
endif
# a thread of the sanitizer's own keeps sandboxes from starting in it: unshare refuses a process of two
ifneq ($(TSAN),)
B := build/tsan
SANFLAGS := -fsanitize=thread -fno-omit-frame-pointer
endif
ifneq ($(COV),)
B := build/cov
SANFLAGS := --coverage
COVER := $(B)/obj/tests/cover.o
COVER_LD := -Wl,--wrap=_exit,--wrap=execve,--wrap=execvpe,--wrap=setrlimit,--wrap=seccomp_load
endif
# libFuzzer's own; the replay of its inputs is built with SAN=1 and any compiler
ifneq ($(FUZZ),)
B := build/fuzz
CC := clang
OPT := -O1 -g
SANFLAGS := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
endif

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $(2))

LIBS := lua5.4 libarchive libgit2 libcjson yaml-0.1 libcurl libseccomp liblzma libzstd zlib
# libcrypto: its SHA from the static library (base/hash.c); signatures (data/ed25519.c) load the shared one
PC_CFLAGS := $(shell pkg-config --cflags $(LIBS) 2>/dev/null)
PC_LIBS := $(shell pkg-config --libs $(LIBS) 2>/dev/null) -l:libcrypto.a -l:libprotobuf-c.a -lfdt -lbz2 -lm -lpthread

# Libraries that most runs never use, with 40 more behind them: loaded at the first call (interp/lazy.sh).
# Sanitizers and other machines than x86-64 link them as any other.
LAZY := $(if $(SANFLAGS),,$(if $(filter x86_64-%,$(shell $(CC) -dumpmachine)),git2 archive curl crypto))

OPT ?= -O2 -g
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wwrite-strings $(if $(W),,-Werror)
CPPFLAGS_ALL := -Iinterp -I$(B)/gen -D_GNU_SOURCE -DJKR_VERSION='"$(VERSION)"' -DJKR_DATADIR='"$(PREFIX)/share/jkr"' $(CPPFLAGS)
CFLAGS_ALL := -std=c11 $(OPT) $(WARN) $(SANFLAGS) $(PC_CFLAGS) $(CFLAGS)
LDFLAGS_ALL := $(SANFLAGS) $(COVER_LD) $(LDFLAGS)

PRIMS := $(sort $(basename $(notdir $(wildcard interp/prim/*.c))))
CMDS := $(sort $(basename $(notdir $(wildcard interp/cmd/*.c))))
SRCS := $(sort $(wildcard interp/base/*.c interp/os/*.c interp/data/*.c interp/model/*.c interp/prim/*.c \
          interp/store/*.c interp/run/*.c interp/lua/*.c interp/cli/*.c interp/cmd/*.c))
PROTOS := $(wildcard interp/data/*.proto)
OBJS := $(SRCS:%.c=$(B)/obj/%.o) $(B)/obj/gen/prims.o $(B)/obj/gen/commands.o \
        $(PROTOS:interp/data/%.proto=$(B)/obj/gen/%.pb-c.o)
LAZY_OBJ := $(if $(LAZY),$(B)/obj/gen/lazy.o)
UNITS := $(sort $(wildcard tests/unit/test_*.c))
FAKES := $(sort $(wildcard tests/unit/fake_*.c))
UNIT_BINS := $(UNITS:tests/unit/%.c=$(B)/unit/%)

.PHONY: all
all: $(B)/jkr

$(B)/jkr: $(B)/obj/interp/main.o $(COVER) $(B)/libjkr.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $< $(COVER) $(B)/libjkr.a $(filter-out $(LAZY:%=-l%),$(PC_LIBS))

$(B)/libjkr.a: $(OBJS) $(LAZY_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $(OBJS) $(LAZY_OBJ)

$(B)/obj/%.o: %.c Makefile
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# The registries of verbs and commands: a file in prim/ or cmd/ is one, nothing else names it. They are
# two, so that what looks for a verb (a test) does not link the commands.
$(B)/gen/prims.c: Makefile $(wildcard interp/prim)
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D) && { echo '#include "model/prim.h"'; \
	  for p in $(PRIMS); do echo "extern const struct prim prim_$$p;"; done; \
	  echo 'const struct prim *const prims[] = {'; for p in $(PRIMS); do echo "&prim_$$p,"; done; echo 'NULL};'; \
	} > $@.tmp && mv $@.tmp $@

$(B)/gen/commands.c: Makefile $(wildcard interp/cmd)
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D) && { echo '#include "cli/command.h"'; \
	  for c in $(CMDS); do echo "extern const struct command cmd_$$c;"; done; \
	  echo 'const struct command *const commands[] = {'; for c in $(CMDS); do echo "&cmd_$$c,"; done; echo 'NULL};'; \
	} > $@.tmp && mv $@.tmp $@

# What reads and writes the messages of a protocol, made of its .proto.
$(B)/gen/%.pb-c.c $(B)/gen/%.pb-c.h: interp/data/%.proto
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D) && protoc-c --proto_path=interp/data --c_out=$(B)/gen $<
$(B)/obj/interp/data/action_result.o: $(B)/gen/action_result.pb-c.h

$(B)/obj/gen/%.o: $(B)/gen/%.c
	$(Q)mkdir -p $(@D) && $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(B)/gen/lazy.S: $(OBJS) interp/lazy.sh
	$(call say,GEN,$@)
	$(Q)CC='$(CC)' interp/lazy.sh '$(LAZY)' $(OBJS) >$@.tmp && mv $@.tmp $@

$(B)/obj/gen/lazy.o: $(B)/gen/lazy.S
	$(Q)$(CC) -c -o $@ $<

# What tests put in the place of the world (tests/unit/fake_*.c); linked where a test uses it.
$(B)/unit/libfake.a: $(FAKES:%.c=$(B)/obj/%.o)
	$(Q)mkdir -p $(@D) && rm -f $@ && $(AR) rcs $@ $^

$(B)/unit/%: tests/unit/%.c $(COVER) $(B)/libjkr.a $(B)/unit/libfake.a
	$(call say,UNIT,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP $(LDFLAGS_ALL) -o $@ $< $(COVER) $(B)/unit/libfake.a $(B)/libjkr.a $(PC_LIBS) -lcmocka

# A fuzz target is a file; libFuzzer drives it (FUZZ=1), or replay.c, which has a main of its own.
FUZZES := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_BINS := $(FUZZES:tests/fuzz/fuzz_%.c=$(B)/fuzz/%)
FUZZ_MAIN := $(if $(FUZZ),tests/fuzz/fuzz.c,tests/fuzz/fuzz.c tests/fuzz/replay.c)

$(B)/fuzz/%: tests/fuzz/fuzz_%.c $(FUZZ_MAIN) tests/fuzz/fuzz.h $(B)/libjkr.a
	$(call say,FUZZ,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS_ALL) $(if $(FUZZ),-fsanitize=fuzzer) \
	  -o $@ $< $(FUZZ_MAIN) $(B)/libjkr.a $(PC_LIBS)

# What is compiled for tests is compiled on all processors; the tests themselves start from a make without a jobserver, whose
# flags would reach the programs that they try.
PARALLEL = $(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

.PHONY: unit
unit:
	$(Q)$(PARALLEL) build-units
	$(Q)tests/unit/run.sh $(UNIT_BINS)

# What a newcomer types. Both install what they lack, after a yes or with YES=1.

.PHONY: deps
deps:
	$(Q)interp/deps.sh build

# Packages are asked for before the compiler is, so the real work is a second make.
.PHONY: quickstart
quickstart:
	@echo "jkr quickstart: builds a PREEMPT_RT arm64 kernel, a module and an overlay, and boots them in QEMU."
	@echo "The first time it takes 4 to 15 minutes on 2 cores, 4 GB of disk and 450 MB of downloads."
	@echo "The store is $${JKR_STORE:-$${XDG_CACHE_HOME:-$$HOME/.cache}/jkr}, everything else stays below build/."
	@interp/deps.sh build run source
	@$(PARALLEL) all
	@examples/quickstart.sh

# Tests from outside that need no container: these run under the sanitizers as well.
SMALL := tiny crash cli

.PHONY: check
check:
	@interp/deps.sh build run test source
	@$(MAKE) --no-print-directory check-all

.PHONY: check-all
check-all:
	$(Q)$(PARALLEL) all
	$(Q)tests/check.sh 'check-kernel&' unit check-floors check-errors check-golden check-e2e check-san check-fuzz \
	  check-boards-quick wait check-torture

.PHONY: check-floors check-errors check-golden check-e2e check-e2e-small check-clang check-san check-fuzz check-kernel lint
check-floors:
	$(Q)tests/floors.sh
check-errors: all
	$(Q)tests/errors/run.sh $(B)/jkr
	$(Q)tests/errors/coverage.sh $(B)/jkr
check-golden: all
	$(Q)tests/golden/run.sh $(B)/jkr
check-e2e: all
	$(Q)JKR=$(abspath $(B)/jkr) tests/bats.sh e2e $(filter-out tests/e2e/docker.bats,$(sort $(wildcard tests/e2e/*.bats)))
check-e2e-small: all
	$(Q)JKR=$(abspath $(B)/jkr) tests/bats.sh e2e $(SMALL:%=tests/e2e/%.bats)
# gcc's warnings and clang's are not the same; of `make check` the build with sanitizers is clang's
check-clang:
	$(Q)$(PARALLEL) CC=clang B=build/clang OPT=-O0 build/clang/jkr
	@echo "clang: 1 passed, 0 failed"
# needs root and dockerd, or $$DOCKER_HOST
check-docker: all
	$(Q)JKR=$(abspath $(B)/jkr) tests/bats.sh docker tests/e2e/docker.bats
# a Slurm of two nodes and nginx, started by the test
.PHONY: check-farm
check-farm: all
	@interp/deps.sh build run test farm
	$(Q)JKR=$(abspath $(B)/jkr) tests/bats.sh farm tests/farm/farm.bats
check-san:
	$(Q)$(PARALLEL) CC=clang SAN=1 all
	$(Q)$(MAKE) --no-print-directory CC=clang SAN=1 unit check-errors check-golden check-e2e-small
check-kernel: all
	$(Q)JKR=$(abspath $(B)/jkr) tests/bats.sh kernel tests/kernel
# the look-alike of a board's BSP: its small parts, and all of it with its kernels
.PHONY: check-boards check-boards-quick
check-boards-quick:
	$(Q)tests/bats.sh boards-quick tests/boards/quick.bats
check-boards: all
	@interp/deps.sh build run test boards
	$(Q)JKR=$(abspath $(B)/jkr) tests/boards/check.sh $(T)

# explanations of random Kconfig symbols: N of each tree and architecture, by SEED; T=6.12:arm64 one of them
.PHONY: check-kconfig
check-kconfig:
	@interp/deps.sh build run test kconfig
	$(Q)tests/kconfig/run.sh $(or $(N),500) $(or $(SEED),1) $(T)

# every symbol of a real kernel's modules, beside depmod
.PHONY: check-symbols
check-symbols: all
	@interp/deps.sh build run test
	$(Q)JKR=$(abspath $(B)/jkr) tests/symbols.sh

# bisect on a small real kernel, compiled and booted for each probe
.PHONY: check-bisect
check-bisect: all
	@interp/deps.sh build run test source
	$(Q)JKR=$(abspath $(B)/jkr) tests/bats.sh bisect tests/bisect

# failures that nobody sees: plain commands beside jkr, as a table; `make truth T=11` one case of it
.PHONY: truth
truth: all
	@interp/deps.sh build run test source
	$(Q)JKR=$(abspath $(B)/jkr) tests/truth/run.sh $(T)

# What takes longer than a check: `make torture T=kill`, `make bench T=untar`, `make fuzz T=elf` run one of them.
.PHONY: coverage
coverage:
	@interp/deps.sh test torture
	$(Q)$(MAKE) --no-print-directory COV=1 OPT=-O0 all build-units
	$(Q)tests/coverage.sh $(T)
.PHONY: build-units
build-units: $(UNIT_BINS)

.PHONY: torture check-torture bench fuzz
torture: all
	@interp/deps.sh torture
	$(Q)JKR=$(abspath $(B)/jkr) TORTURE=full tests/torture/run.sh $(T)
check-torture: all
	$(Q)JKR=$(abspath $(B)/jkr) TORTURE=small tests/torture/run.sh $(T)
bench: all
	@interp/deps.sh bench
	$(Q)JKR=$(abspath $(B)/jkr) tests/bench/run.sh $(T)
fuzz:
	@interp/deps.sh test
	$(Q)tests/fuzz/run.sh $(T)
.PHONY: fuzz-bins
fuzz-bins: $(FUZZ_BINS)
# kept inputs and findings, through the same targets under the sanitizers
check-fuzz:
	$(Q)$(PARALLEL) CC=clang SAN=1 fuzz-bins
	$(Q)tests/fuzz/replay.sh build/san/fuzz

# finds without running, or in valgrind; `make analyze T=tidy` is one of fanalyzer, tidy, valgrind, threads
.PHONY: analyze
analyze:
	@interp/deps.sh analyze
	$(Q)tests/analyze.sh $(T)

# In a test a quoted `$$x` is a recipe's or a child's, each test is a shell of its own, helpers give names and read words that are
# optional, and words of jkr are called as the files that its answers go to.
LINT_BATS := SC2016,SC2030,SC2031,SC2094,SC2119,SC2120,SC2154
lint:
	$(Q)shellcheck $$(git ls-files '*.sh' '*.bash' .ci/run)
	$(Q)shellcheck -s bats -e $(LINT_BATS) $$(git ls-files '*.bats')
	$(Q)clang-format --dry-run -Werror $$(git ls-files '*.c' '*.h' ':!recipes' ':!examples' ':!stdlib/new')

# The flags go through the environment: they hold quotes of their own.
compile_commands.json: export COMMAND := $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL)
compile_commands.json: Makefile $(wildcard interp/*)
	$(Q)command=$$(printf '%s' "$$COMMAND" | sed 's/[\\"]/\\&/g'); { echo '['; sep=; \
	  for f in $(SRCS) interp/main.c $(UNITS) $(FAKES); do \
	    printf '%s{"directory": "%s", "file": "%s", "command": "%s -c %s"}' "$$sep" "$(CURDIR)" "$$f" "$$command" "$$f"; \
	    sep=$$(printf ',\n_'); sep=$${sep%_}; done; echo; echo ']'; } > $@

# Manual pages, and what editors and linters read, are printed from the tables; tests compare them.
.PHONY: man
man: all
	$(Q)for page in jkr.1 jkr-recipe.5; do $(B)/jkr doc $$page >docs/$$page || exit 1; done
	$(Q)for page in jkr.d.lua config.schema.json matrix.schema.json pins.schema.json plugin.schema.json profile.schema.json toolchain.schema.json; do \
	  $(B)/jkr doc $$page >types/$$page || exit 1; done
	$(Q)for page in .luarc.json .luacheckrc; do $(B)/jkr doc $$page >$$page || exit 1; done

# PREFIX is where it will run, DESTDIR where it is put now.
.PHONY: install
install: all
	install -D -m 755 $(B)/jkr $(DESTDIR)$(PREFIX)/bin/jkr
	install -D -m 644 docs/jkr.1 $(DESTDIR)$(PREFIX)/share/man/man1/jkr.1
	install -D -m 644 docs/jkr-recipe.5 $(DESTDIR)$(PREFIX)/share/man/man5/jkr-recipe.5
	for d in jkr.yaml stdlib recipes plugins toolchains profiles fragments examples types; do \
	  for f in $$(git ls-files $$d 2>/dev/null || find $$d -type f -o -type l); do \
	    to=$(DESTDIR)$(PREFIX)/share/jkr/$$f; \
	    if [ -L $$f ]; then install -d $${to%/*} && cp -P --remove-destination $$f $$to; \
	    else install -D -m 644 $$f $$to; fi || exit 1; done; done

.PHONY: clean
clean:
	rm -rf build

.PHONY: fmt
fmt:
	clang-format -i $$(git ls-files '*.c' '*.h' ':!recipes' ':!examples' ':!stdlib/new')

-include $(wildcard $(B)/obj/*/*/*.d $(B)/obj/*/*.d $(B)/obj/*.d $(B)/unit/*.d)
