/* SPDX-License-Identifier: ISC */
#include "server/control_socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "server/control.h"

static int open_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* The usual failures with what helps against them; of others the system's words. */
static enum err tell_errno(const char **why)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
		*why = "its folder is not there; make it, or write another path as `control`";
		break;
	case EACCES:
	case EPERM:
		*why = "no right to make a socket in its folder; give the user that arpad runs "
		       "as the right to write there, or write another path as `control`";
		break;
	case EROFS:
		*why = "its folder is read-only; write another path as `control`";
		break;
	default:
		*why = strerror(errno);
	}
	return ERR_IO;
}

/* Make room at the path: what a dead process left there is removed. A live one takes the
 * connection, or lets it wait (EAGAIN). */
static enum err clear_path(const struct sockaddr_un *address, const char **why)
{
	struct stat status;

	if (lstat(address->sun_path, &status) != 0)
		return errno == ENOENT ? OK : tell_errno(why);
	if (!S_ISSOCK(status.st_mode)) {
		*why = "something else lies at this path; move it away, or write another path as "
		       "`control`";
		return ERR_IO;
	}
	int fd = open_socket();
	if (fd < 0)
		return tell_errno(why);
	int failure =
	        connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 ? 0 : errno;
	close(fd);
	if (failure == 0 || failure == EAGAIN) {
		*why = "another arpad answers there; end it (arpa quit), or write another path as "
		       "`control`";
		return ERR_IO;
	}
	if (failure == EPROTOTYPE) {
		*why = "a socket of another kind lies at this path; write another one as `control`";
		return ERR_IO;
	}
	errno = failure;
	if (failure != ECONNREFUSED && failure != ENOENT)
		return tell_errno(why);
	return unlink(address->sun_path) == 0 || errno == ENOENT ? OK : tell_errno(why);
}

enum err control_socket_open(int *out, const char *path, const char **why)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof address.sun_path) {
		*why = "a socket's path has at most 107 octets; write a shorter one as `control`";
		return ERR_IO;
	}
	memcpy(address.sun_path, path, strlen(path));
	enum err e = clear_path(&address, why);
	if (e != OK)
		return e;
	int fd = open_socket();
	if (fd < 0)
		return tell_errno(why);
	mode_t mask = umask(0177);
	bool is_bound = bind(fd, (const struct sockaddr *)&address, sizeof address) == 0;
	umask(mask);
	if (!is_bound || listen(fd, CONTROL_CLIENTS_MAX) != 0) {
		int failure = errno;
		if (is_bound)
			unlink(path);
		close(fd);
		errno = failure;
		return tell_errno(why);
	}
	*out = fd;
	return OK;
}

struct control_file control_socket_file(const char *path)
{
	struct stat status;

	if (lstat(path, &status) != 0 || !S_ISSOCK(status.st_mode))
		return (struct control_file){0, 0};
	return (struct control_file){status.st_dev, status.st_ino};
}

void control_socket_remove(const char *path, struct control_file file)
{
	struct control_file now = control_socket_file(path);

	if (file.inode && now.inode == file.inode && now.device == file.device)
		unlink(path);
}

bool control_socket_is_ours(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof peer;

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	       (peer.uid == 0 || peer.uid == geteuid());
}
