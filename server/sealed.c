/* SPDX-License-Identifier: ISC */
#include "server/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

int sealed_make(const void *octets, size_t size)
{
	int fd = memfd_create("arpad", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	const uint8_t *at = octets;
	ssize_t n = 0;

	if (fd < 0)
		return -1;
	for (size_t left = size; left && n >= 0; left -= (size_t)n, at += n)
		do
			n = write(fd, at, left);
		while (n < 0 && errno == EINTR);
	if (n >= 0 && fcntl(fd, F_ADD_SEALS, SEALS) == 0)
		return fd;
	int why = errno;
	close(fd);
	errno = why;
	return -1;
}

enum err sealed_map(uint8_t **octets, size_t *size, int fd)
{
	struct stat st;
	int seals = fcntl(fd, F_GET_SEALS);

	if (seals < 0 || (seals & SEALS) != SEALS || fstat(fd, &st) != 0 || st.st_size <= 0)
		return ERR_CORRUPT;
	void *at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (at == MAP_FAILED)
		return ERR_IO;
	*octets = at;
	*size = (size_t)st.st_size;
	return OK;
}
