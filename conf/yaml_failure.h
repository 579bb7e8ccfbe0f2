/* SPDX-License-Identifier: ISC */
/* conf/yaml_failure.h - what is wrong with a file that libyaml cannot read, in words for people;
 * for conf/yaml.c alone.
 *
 *     listen: [::1@53]      - @ MX 10 mail      10.0.0.0/8: {ip}.example
 *
 * People write these as they mean them, and YAML takes the first character for its own. */
#ifndef CONF_YAML_FAILURE_H
#define CONF_YAML_FAILURE_H

#include "conf/yaml.h"

/* Say why libyaml gave up: [yaml-encoding], [yaml-quote], [yaml-syntax], [memory]. */
void yaml_tell_failure(struct yaml *y);

/* Say that there is a directive for tags, which libyaml must not see: it compares each with all
 * before it, so that 64 MiB of them take hours. [yaml-tag] */
bool yaml_tell_tag_directive(struct yaml *y);

#endif
