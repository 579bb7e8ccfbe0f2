/* SPDX-License-Identifier: ISC */
#include "server/compiler_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/state.h"

/* Say what is in the message, and wait for the answer in its place. */
static bool ask(struct compiler_files *f)
{
	enum err e = message_send(f->socket, f->message);

	if (e == OK)
		e = message_receive(f->socket, f->message, 0);
	if (e != OK)
		f->failed = true;
	return e == OK;
}

/* The file that came as the answer; -1 and errno when there is none. */
static int take_file(struct compiler_files *f)
{
	if (f->message->kind == MESSAGE_FILE && f->message->fd >= 0)
		return f->message->fd;
	errno = f->message->kind == MESSAGE_NO_FILE ? (int)message_take32(f->message) : EPROTO;
	return -1;
}

static int open_file(void *context, const char *path, enum input_kind kind, const char **why)
{
	static const char *const gone = "arpad has gone";
	struct compiler_files *f = context;

	message_begin(f->message, MESSAGE_OPEN);
	message_put32(f->message, kind);
	message_put_text(f->message, path);
	*why = gone;
	if (!ask(f)) {
		errno = EPIPE;
		return -1;
	}
	int fd = take_file(f), reason = errno;
	if (fd < 0) /* valid until the next message, and used before */
		*why = message_take_text(f->message);
	errno = reason;
	return fd;
}

static int recall_file(struct compiler_files *f, enum state_kind kind, const struct digest *d)
{
	message_begin(f->message, MESSAGE_RECALL);
	message_put32(f->message, kind);
	message_put_digest(f->message, d);
	return ask(f) ? take_file(f) : -1;
}

/* The whole of a file; closes it. */
static enum err map_file(uint8_t **octets, size_t *size, int fd)
{
	struct stat st;
	void *at = MAP_FAILED;

	if (fd < 0)
		return ERR_IO;
	if (fstat(fd, &st) == 0 && st.st_size > 0)
		at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	close(fd);
	if (at == MAP_FAILED)
		return errno == ENOMEM ? ERR_MEMORY : ERR_IO;
	*octets = at;
	*size = (size_t)st.st_size;
	return OK;
}

/* A whole file of the state folder, and no other in its place. */
static enum err map_recalled(uint8_t **octets, size_t *size, struct compiler_files *f,
        enum state_kind kind, const struct digest *d)
{
	enum err e = map_file(octets, size, recall_file(f, kind, d));

	if (e != OK)
		return e;
	const struct digest found = digest_of(*octets, *size);
	if (digest_equal(&found, d))
		return OK;
	munmap(*octets, *size);
	return ERR_CORRUPT;
}

/* The fragment of a customer; it stays mapped for as long as the process lives. */
static enum err open_past(void *context, struct past *past)
{
	struct compiler_files *f = context;
	const struct manifest_customer *c = manifest_find_customer(&f->last, past->customer);
	uint8_t *octets;
	size_t size;

	enum err e = map_recalled(&octets, &size, f, STATE_FRAGMENTS, &c->fragment);
	if (e == OK) {
		e = fragment_open(&past->fragment, past->customer, octets, size);
		past->is_open = e == OK;
		if (e != OK)
			munmap(octets, size);
	}
	past->is_lost = e == ERR_IO || e == ERR_CORRUPT;
	f->has_lost |= past->is_lost;
	return e;
}

/* Asked for few files: those that were refused and have not changed. */
static bool is_refused(void *context, const char *customer, const struct digest *file)
{
	struct compiler_files *f = context;
	const struct manifest_customer *c = manifest_find_customer(&f->last, customer);

	if (!c || c->state != MANIFEST_REFUSED)
		return false;
	message_begin(f->message, MESSAGE_REFUSED);
	message_put_text(f->message, customer);
	message_put_digest(f->message, file);
	return ask(f) && f->message->kind == MESSAGE_REFUSED;
}

/* arpad has said so, of the files that the manifest knows. */
static bool is_untouched(void *context, const struct past *past, const char *file)
{
	const struct compiler_files *f = context;
	const struct manifest_customer *c = manifest_find_customer(&f->last, past->customer);
	size_t i = c ? (size_t)(c - f->last.customers) : 0;

	return c && f->untouched && f->untouched[i / 8] >> i % 8 & 1 && strcmp(c->file, file) == 0;
}

void files_init(struct compiler_files *f, int socket, struct message *message)
{
	memset(f, 0, sizeof *f);
	f->socket = socket;
	f->message = message;
	f->door = (struct input_door){.open = open_file, .context = f};
	manifest_init(&f->last);
}

void files_free(struct compiler_files *f)
{
	history_free(&f->history);
	manifest_free(&f->last);
	free(f->untouched);
}

/* The customers of the manifest that publish something, in its order. */
static enum err make_history(struct compiler_files *f)
{
	struct history *h = &f->history;

	h->pasts = calloc(f->last.customer_count + 1, sizeof *h->pasts);
	if (!h->pasts)
		return ERR_MEMORY;
	h->config = f->last.config;
	h->layout = f->last.layout;
	h->open = open_past;
	h->is_refused = is_refused;
	h->is_untouched = is_untouched;
	h->context = f;
	for (size_t i = 0; i < f->last.customer_count; i++) {
		const struct manifest_customer *c = &f->last.customers[i];
		if (digest_is_none(&c->fragment))
			continue;
		h->pasts[h->count++] = (struct past){.customer = c->name,
		        .source = c->source,
		        .is_good = c->state == MANIFEST_GOOD,
		        .has_layers = c->layers > 0};
	}
	return OK;
}

/* The manifest, and behind it the bits. */
static enum err take_last(struct compiler_files *f, const uint8_t *octets, size_t size, size_t bits)
{
	if (bits > size)
		return ERR_CORRUPT;
	enum err e = manifest_parse(&f->last, octets, size - bits);
	if (e != OK) {
		manifest_init(&f->last);
		return e;
	}
	if (bits != (f->last.customer_count + 7) / 8)
		return ERR_CORRUPT;
	f->untouched = malloc(bits + 1);
	if (!f->untouched)
		return ERR_MEMORY;
	memcpy(f->untouched, octets + size - bits, bits);
	return make_history(f);
}

enum err files_recall(struct compiler_files *f)
{
	uint8_t *octets;
	size_t size;

	message_begin(f->message, MESSAGE_LAST);
	if (!ask(f))
		return ERR_IO;
	if (f->message->kind == MESSAGE_NO_FILE)
		return OK;
	f->is_served = message_take32(f->message);
	size_t bits = (size_t)message_take64(f->message);
	enum err e = map_file(&octets, &size, take_file(f));
	if (e != OK)
		return e;
	manifest_free(&f->last);
	e = take_last(f, octets, size, bits);
	munmap(octets, size);
	return e;
}

enum err files_begin_anew(struct compiler_files *f)
{
	struct history *h = &f->history;

	for (size_t i = 0; i < h->count; i++)
		if (h->pasts[i].is_lost)
			h->pasts[i].source = (struct digest){0};
	h->config = h->layout = (struct digest){0};
	message_begin(f->message, MESSAGE_ANEW);
	if (message_send(f->socket, f->message) == OK)
		return OK;
	f->failed = true;
	return ERR_IO;
}

enum err files_open_image(
        struct compiler_files *f, const struct manifest_zone *zone, struct image **out)
{
	uint8_t *octets;
	size_t size;

	*out = NULL;
	if (digest_is_none(&zone->image) || zone->image_serial != zone->serial)
		return OK;
	enum err e = map_recalled(&octets, &size, f, STATE_IMAGES, &zone->image);
	if (e != OK)
		return e == ERR_MEMORY ? e : OK;
	e = image_open_mapped(out, octets, size);
	if (e != OK)
		munmap(octets, size);
	if (e == OK && (*out)->serial != zone->serial) {
		image_unref(*out);
		*out = NULL;
	}
	return e == ERR_MEMORY ? e : OK;
}
