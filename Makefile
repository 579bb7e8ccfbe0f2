# SPDX-License-Identifier: ISC
# arpad - `make run` serves the examples, `make check` runs every test; both install what is
# missing first (Debian, Ubuntu) or say which packages to install.

BUILD    ?= build
CC       := $(if $(filter default,$(origin CC)),gcc,$(CC))
CSTD     := -std=c11 -D_GNU_SOURCE -I.
WARN     := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wswitch-enum -Wvla
OPT      ?= -O2 -g
HARDEN   ?= -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE -fstack-clash-protection
LDHARDEN ?= -pie -Wl,-z,relro,-z,now

# A room builds from its files alone; what it links with is named here once.
ZONE     := $(wildcard zone/*.c)
UNIT     := $(wildcard tests/unit/test_*.c)

ALL_CFLAGS := $(CSTD) $(WARN) $(OPT) $(HARDEN) $(CFLAGS)
obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

.PHONY: all check check-built clean
.SECONDARY:
all: $(call obj,$(ZONE))

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/unit/%: $(BUILD)/obj/tests/unit/%.o $(call obj,$(ZONE))
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LDHARDEN) $(LDFLAGS) -o $@ $^ -lcmocka

UNIT_BIN := $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(UNIT))
check:
	@tools/install-needed check
	@$(MAKE) --no-print-directory check-built

check-built: all $(UNIT_BIN)
	tests/run $(UNIT_BIN)

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
