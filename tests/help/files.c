/* SPDX-License-Identifier: ISC */
#include "tests/help/files.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch[64];
static int before = -1; /* the folder we were in */

static void must(bool good, const char *what)
{
	if (good)
		return;
	perror(what);
	abort();
}

void files_begin(void)
{
	const char *base = getenv("TMPDIR");

	snprintf(scratch, sizeof scratch, "%.40s/arpad-test-XXXXXX", base ? base : "/tmp");
	before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(before >= 0, ".");
	must(mkdtemp(scratch) != NULL, scratch);
	must(chdir(scratch) == 0, scratch);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(path);
}

void files_end(void)
{
	must(fchdir(before) == 0, "back");
	close(before);
	must(nftw(scratch, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0, scratch);
}

void files_write_octets(const char *path, const void *octets, size_t n)
{
	char folder[256];

	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
		mkdir(folder, 0700);
	}
	FILE *f = fopen(path, "we");
	must(f != NULL, path);
	must(fwrite(octets, 1, n, f) == n, path);
	must(fclose(f) == 0, path);
}

void files_write(const char *path, const char *text)
{
	files_write_octets(path, text, strlen(text));
}

void files_remove(const char *path)
{
	must(remove(path) == 0, path);
}

char *files_load(struct config *c, const struct history *h, enum err *e)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	must(out != NULL, "memory");
	config_init(c);
	enum err result = config_load(c, "arpad.yaml", NULL, h);
	if (e)
		*e = result;
	diag_print(&c->diags, out);
	fclose(out);
	return text;
}

int files_set_up(void **state)
{
	(void)state;
	files_begin();
	return 0;
}

int files_tear_down(void **state)
{
	(void)state;
	files_end();
	return 0;
}
