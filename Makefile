# SPDX-License-Identifier: ISC
# arpad - `make run` serves the examples, `make check` runs every test; both install what is
# missing first (Debian, Ubuntu) or say which packages to install.
#
#   all          build/arpad and build/arpa
#   run          serve conf/examples on 127.0.0.1@5300 and, where it exists, ::1@5300
#   check        every test, in three builds: plain, ASan+UBSan, TSan
#   check-asan   the unit and property tests and the fuzz corpora under ASan+UBSan
#   check-tsan   the tests in which threads meet, under TSan
#   fuzz         fuzz each target for FUZZ_SECONDS with libFuzzer (needs clang)
#   bench        measure, beside other servers too, in a few minutes; results are in bench/RESULTS.md
#   bench-full   the same from 10,000 to 10,000,000 pairs, with plots: an hour, 20 GB of memory
#   lint         format, static analysis, manual pages
#   install      to DESTDIR, under PREFIX

BUILD  ?= build
PREFIX ?= /usr/local
CC     := $(if $(filter default,$(origin CC)),gcc,$(CC))
CSTD   := -std=c11 -D_GNU_SOURCE -I.
WARN   := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
          -Wswitch-enum -Wvla
OPT    ?= -O2 -g
ifeq ($(SANITIZE),)
HARDEN   := -fstack-protector-strong -fstack-clash-protection -D_FORTIFY_SOURCE=2 -fPIE
LDHARDEN := -pie -Wl,-z,relro,-z,now
ALLOC    := -ljemalloc
else
HARDEN   := -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer -fPIE
LDHARDEN := -fsanitize=$(SANITIZE) -pie
ALLOC    :=
endif
# -Werror where it is developed and tested; a newer compiler's new warning stops no user.
WERROR ?=
LIBS   := -lyaml -lldns -lidn2 -ljansson -lurcu-qsbr -lxxhash -lpthread
ALL_CFLAGS := $(CSTD) $(WARN) $(WERROR) $(OPT) $(HARDEN) $(CFLAGS)
# A line a file; V=1 shows the commands.
V ?= 0
say_0 = @printf '  %-4s %s\n' $(1) $@;
say_1 =
say   = $(say_$(V))
LINK    = $(call say,LINK)$(CC) $(ALL_CFLAGS) $(LDHARDEN) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(LIBS)

# Everything but the two mains is one archive; each program takes from it what it calls.
MAINS := server/main.c tools/arpa.c
ROOMS := $(filter-out $(MAINS),$(wildcard zone/*.c conf/*.c server/*.c tools/*.c))
obj    = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
LIB   := $(BUILD)/libarpad.a
HELP  := $(call obj,$(wildcard tests/help/*.c))

UNIT     := $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/test_*.c))
PROPERTY := $(patsubst tests/property/%.c,$(BUILD)/tests/property/%,$(wildcard tests/property/prop_*.c))
THREADS  := $(patsubst tests/threads/%.c,$(BUILD)/tests/threads/%,$(wildcard tests/threads/*.c))
REPLAY   := $(patsubst tests/fuzz/%.c,$(BUILD)/tests/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
TEST_TOOLS := $(patsubst tests/tools/%.c,$(BUILD)/tests/tools/%,$(wildcard tests/tools/*.c))
SHIMS    := $(patsubst tests/shim/%.c,$(BUILD)/tests/shim/%.so,$(wildcard tests/shim/*.c))
BENCH    := $(patsubst bench/%.c,$(BUILD)/bench/%,$(wildcard bench/*.c))

.PHONY: all run help check check-built check-asan check-tsan tests-of fuzz bench bench-full lint install clean
.SECONDARY:
.DELETE_ON_ERROR:

all: $(BUILD)/arpad $(BUILD)/arpa

$(BUILD)/arpad: $(call obj,server/main.c) $(LIB)
	$(LINK) $(ALLOC)

$(BUILD)/arpa: $(call obj,tools/arpa.c) $(LIB)
	$(LINK) $(ALLOC)

$(LIB): $(call obj,$(ROOMS))
	@rm -f $@
	$(call say,AR)$(AR) rcs $@ $^

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(HELP) $(LIB)
	@mkdir -p $(@D)
	$(LINK) -lcmocka

# What is preloaded replaces the C library's functions, so no macro may stand for them.
$(BUILD)/tests/shim/%.so: tests/shim/%.c
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) $(CSTD) $(WARN) $(WERROR) $(OPT) -U_FORTIFY_SOURCE $(CFLAGS) -fPIC -shared -o $@ $<

$(BUILD)/bench/%: $(BUILD)/obj/bench/%.o $(HELP) $(LIB)
	@mkdir -p $(@D)
	$(LINK) $(ALLOC)

run:
	@tools/install-needed build
	@$(MAKE) --no-print-directory -j2 all
	@tools/run-examples $(BUILD)/arpad

check:
	@tools/install-needed check
	@$(MAKE) --no-print-directory check-built WERROR=-Werror

# One run over all builds, so that there is one count.
ASAN := $(BUILD)/asan
TSAN := $(BUILD)/tsan
check-built:
	@$(MAKE) --no-print-directory -j2 all tests-of
	@$(MAKE) --no-print-directory -j2 BUILD=$(ASAN) SANITIZE=address,undefined all tests-of
	@$(MAKE) --no-print-directory -j2 BUILD=$(TSAN) SANITIZE=thread OPT="-O1 -g" all $(THREADS:$(BUILD)/%=$(TSAN)/%)
	@BUILD=$(BUILD) tests/run $(wildcard tests/layers) $(UNIT) $(PROPERTY) \
		$(patsubst $(BUILD)/%,$(ASAN)/%,$(UNIT) $(PROPERTY) $(REPLAY)) \
		$(THREADS:$(BUILD)/%=$(TSAN)/%) $(sort $(wildcard tests/scenario/*/run))

tests-of: $(UNIT) $(PROPERTY) $(REPLAY) $(THREADS) $(TEST_TOOLS) $(SHIMS)

check-asan:
	@$(MAKE) --no-print-directory -j2 BUILD=$(ASAN) SANITIZE=address,undefined all tests-of
	@BUILD=$(ASAN) tests/run $(patsubst $(BUILD)/%,$(ASAN)/%,$(UNIT) $(PROPERTY) $(REPLAY))

check-tsan:
	@$(MAKE) --no-print-directory -j2 BUILD=$(TSAN) SANITIZE=thread OPT="-O1 -g" all tests-of
	@BUILD=$(TSAN) tests/run $(THREADS:$(BUILD)/%=$(TSAN)/%)

FUZZ_SECONDS ?= 60
fuzz:
	@$(MAKE) --no-print-directory -j2 BUILD=$(BUILD)/fuzz CC=clang SANITIZE=fuzzer-no-link,address,undefined \
		CFLAGS="$(CFLAGS) -DFUZZ_LIBFUZZER" $(BUILD)/fuzz/libarpad.a
	@BUILD=$(BUILD) tests/fuzz/run $(FUZZ_SECONDS)

# What cannot be installed is left out, and named.
bench bench-full:
	@tools/install-needed bench || tools/install-needed build
	@$(MAKE) --no-print-directory -j2 all $(BENCH)
	@$(BENCH_$@) bench/run $(BUILD)

BENCH_bench      := SIZES="$${SIZES:-1000000}" ROUNDS="$${ROUNDS:-3}"
BENCH_bench-full := SIZES="$${SIZES:-10000 100000 1000000 10000000}" PLOTS="$${PLOTS:-bench}" \
	QUESTIONS="$${QUESTIONS:-mix range referral}" \
	COUNT_SIZES="$${COUNT_SIZES:-10000 100000 1000000 10000000}"

lint:
	@tools/lint

help:
	@sed -n '2,/^$$/s/^#//p' Makefile

install: all
	install -D -m 755 $(BUILD)/arpad $(DESTDIR)$(PREFIX)/sbin/arpad
	install -D -m 755 $(BUILD)/arpa $(DESTDIR)$(PREFIX)/bin/arpa
	for page in server/*.8 tools/*.1 conf/*.5; do \
		install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/} || exit 1; \
	done

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
