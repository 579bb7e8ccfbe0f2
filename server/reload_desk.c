/* SPDX-License-Identifier: ISC */
#include "server/reload_desk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/mistakes.h"
#include "server/sealed.h"
#include "server/untouched.h"
#include "server/state.h"
#include "server/watch.h"

static void answer(struct reload *r)
{
	if (message_send(r->socket, r->message) == OK)
		return;
	if (errno == EPIPE || errno == ECONNRESET)
		reload_tell_death(r);
	else
		reload_fail(r, "the compiler does not take answers");
}

static void answer_no_file(struct reload *r, int reason, const char *why)
{
	message_begin(r->message, MESSAGE_NO_FILE);
	message_put32(r->message, (uint32_t)reason);
	message_put_text(r->message, why);
	answer(r);
}

static void answer_file(struct reload *r, int fd, const char *why)
{
	int reason = errno;

	if (fd < 0) {
		answer_no_file(r, reason, why ? why : strerror(reason));
		return;
	}
	message_begin(r->message, MESSAGE_FILE);
	r->message->fd = fd;
	answer(r);
	close(fd);
}

/* Watched first, so that no change falls between. */
void reload_serve_open(struct reload *r, const struct reload_desk *desk)
{
	uint32_t kind = message_take32(r->message);
	const char *path = message_take_text(r->message), *why = NULL;

	if (!message_is_whole(r->message) || kind >= INPUT_ANY) {
		reload_fail(r, "the compiler asked for nonsense");
		return;
	}
	if (desk->watch)
		watch_add(desk->watch, path);
	int fd = input_open(path, (enum input_kind)kind, &why), reason = errno;
	if (desk->untouched)
		untouched_note(desk->untouched, path, fd);
	errno = reason;
	answer_file(r, fd, why);
}

void reload_serve_recall(struct reload *r, const struct reload_desk *desk)
{
	uint32_t kind = message_take32(r->message);
	struct digest d = message_take_digest(r->message);

	if (!message_is_whole(r->message) || kind >= STATE_KINDS || !desk->state) {
		reload_fail(r, "the compiler asked for nonsense");
		return;
	}
	answer_file(r, state_open_file(desk->state, (enum state_kind)kind, &d), NULL);
}

void reload_serve_refused(struct reload *r, const struct reload_desk *desk)
{
	const char *customer = message_take_text(r->message);
	struct digest d = message_take_digest(r->message);

	if (!message_is_whole(r->message)) {
		reload_fail(r, "the compiler asked for nonsense");
		return;
	}
	bool is_known = desk->mistakes && mistakes_has(desk->mistakes, customer, &d);
	message_begin(r->message, is_known ? MESSAGE_REFUSED : MESSAGE_NO_FILE);
	answer(r);
}

/* Bits behind the manifest's text, one a customer: his file was good, and is what it was. Watched
 * first, here too. Returns how many octets they are. */
static size_t put_untouched(
        char *octets, const struct reload_desk *desk, const struct manifest *last)
{
	size_t bits = (last->customer_count + 7) / 8;

	memset(octets, 0, bits);
	for (size_t i = 0; desk->untouched && desk->is_quick && i < last->customer_count; i++) {
		const struct manifest_customer *c = &last->customers[i];
		if (c->state != MANIFEST_GOOD || digest_is_none(&c->source))
			continue;
		if (desk->watch)
			watch_add(desk->watch, c->file);
		if (untouched_is(desk->untouched, c->file, &c->source))
			octets[i / 8] = (char)(octets[i / 8] | 1 << i % 8);
	}
	return bits;
}

void reload_answer_last(struct reload *r, const struct reload_desk *desk,
        const struct manifest *last, bool is_served)
{
	char *octets, *all;
	size_t size;

	if (!last) {
		answer_no_file(r, ENOENT, "nothing was published yet");
		return;
	}
	enum err e = manifest_print(last, &octets, &size);
	if (e != OK) {
		reload_fail(r, err_text(e));
		return;
	}
	all = realloc(octets, size + last->customer_count / 8 + 1);
	if (!all) {
		free(octets);
		reload_fail(r, NULL);
		return;
	}
	size_t bits = put_untouched(all + size, desk, last);
	int fd = sealed_make(all, size + bits);
	free(all);
	if (fd < 0) {
		reload_fail(r, arena_format(&r->arena, "memfd_create: %s", strerror(errno)));
		return;
	}
	message_begin(r->message, MESSAGE_FILE);
	message_put32(r->message, is_served);
	message_put64(r->message, bits);
	r->message->fd = fd;
	answer(r);
	close(fd);
}
