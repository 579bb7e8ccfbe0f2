/* SPDX-License-Identifier: ISC */
#include "tools/output_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Make one folder. It is fine when it is there. */
static enum err make_one(const char *path)
{
	struct stat s;

	if (mkdir(path, 0777) == 0)
		return OK;
	if (errno != EEXIST)
		return ERR_IO;
	if (stat(path, &s) != 0)
		return ERR_IO;
	errno = ENOTDIR;
	return S_ISDIR(s.st_mode) ? OK : ERR_IO;
}

enum err output_make_folder(const char *path)
{
	char *copy = strdup(path);
	enum err e = copy ? OK : ERR_MEMORY;

	for (char *slash = copy; e == OK && (slash = strchr(slash + 1, '/'));) {
		*slash = 0;
		e = make_one(copy);
		*slash = '/';
	}
	free(copy);
	return e == OK ? make_one(path) : e;
}

static void output_free(struct output *o)
{
	free(o->path);
	free(o->temporary);
}

enum err output_open(struct output *o, const char *folder, const char *name)
{
	mode_t mask = umask(0);
	int fd;

	umask(mask);
	o->path = o->temporary = NULL;
	if (asprintf(&o->path, "%s/%s", folder, name) < 0) {
		o->path = NULL;
		return ERR_MEMORY;
	}
	if (asprintf(&o->temporary, "%s/.arpa.XXXXXX", folder) < 0) {
		o->temporary = NULL;
		output_free(o);
		return ERR_MEMORY;
	}
	fd = mkstemp(o->temporary); /* mode 0600, whatever the umask */
	if (fd < 0) {
		output_free(o);
		return ERR_IO;
	}
	o->stream = fchmod(fd, 0666 & ~mask) == 0 ? fdopen(fd, "w") : NULL;
	if (o->stream)
		return OK;
	close(fd);
	unlink(o->temporary);
	output_free(o);
	return ERR_IO;
}

enum err output_commit(struct output *o)
{
	bool written = !ferror(o->stream);

	errno = 0;
	written = fclose(o->stream) == 0 && written && rename(o->temporary, o->path) == 0;
	if (!written) {
		int why = errno ? errno : EIO;
		unlink(o->temporary);
		errno = why;
	}
	output_free(o);
	return written ? OK : ERR_IO;
}

enum err output_remove(const char *folder, const char *name)
{
	char *path = NULL;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return ERR_MEMORY;
	bool is_gone = unlink(path) == 0 || errno == ENOENT;
	free(path);
	return is_gone ? OK : ERR_IO;
}

void output_abandon(struct output *o)
{
	fclose(o->stream);
	unlink(o->temporary);
	output_free(o);
}
