/* SPDX-License-Identifier: ISC */
#include "server/watch.h"

#include <poll.h>
#include <unistd.h>

#include "tests/unit/watch_rig.h"

static bool is_readable(const struct watch *w)
{
	struct pollfd p = {.fd = watch_fd(w), .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

struct change {
	const char *claim;
	const char *before;
	const char *paths;
	const char *change;
};

static const struct change seen[] = {
        {"written in place", TREE, "f", "echo 2 >f"},
        {"appended to", TREE, "a/f", "echo 2 >>a/f"},
        {"emptied", TREE, "f", ": >f"},
        {"renamed over", TREE "echo 2 >t", "f", "mv t f"},
        {"renamed over from another folder", TREE, "f", "mv a/f f"},
        {"moved away", TREE, "a/f", "mv a/f a/g"},
        {"removed", TREE, "f", "rm f"},
        {"it appears", "", "f", ": >f"},
        {"it appears as a hard link", TREE, "g", "ln f g"},
        {"its folder appears", "", "a/b/f", "mkdir a"},
        {"its folder appears, the first again after a link", "ln -s a l", "l/f", "mkdir a"},
        {"it may be read", TREE, "f", "chmod 640 f"},
        {"its folder may be read", TREE, "a/f", "chmod 711 a"},
        {"its folder is removed", TREE, "a/b/f", "rm -r a/b"},
        {"its folder's folder is removed", TREE, "a/b/f", "rm -r a"},
        {"a folder is renamed away", TREE, "a/b/f", "mv a c"},
        {"another is put in its place", TREE "mkdir -p c/b; mv a d", "a/b/f", "mv c a"},
        {"two folders change places", TREE "mkdir -p c/b", "a/b/f", "mv a d; mv c a"},
        {"a file takes the place of the folder", TREE, "c/f", ": >c"},
        {"a link is flipped", TREE "ln -s a l", "l/f", "ln -sfn a/b l"},
        {"a link is renamed over", TREE "ln -s a l; ln -s a/b t", "l/f", "mv -T t l"},
        {"a link takes the place of the folder", TREE, "a/f", "mv a c; ln -s c a"},
        {"a link takes the place of the file", TREE, "f", "ln -sf a/f f"},
        {"where a link leads", TREE "ln -s a/b/f l", "l", "echo 2 >a/b/f"},
        {"where a link of a link leads", TREE "ln -s a/m l; ln -s b a/m", "l/f", "echo 2 >a/b/f"},
        {"the link in the middle", TREE "ln -s a/m l; ln -s b a/m", "l/f", "rm a/m"},
        {"a link that leads nowhere, yet", "ln -s a/f l", "l", "mkdir a"},
        {"a link to an absolute path", TREE "ln -s \"$PWD/a\" l", "l/f", "echo 2 >a/f"},
        {"a link that leads up", TREE "ln -s ../f a/l", "a/l", "echo 2 >f"},
        {"a circle of links is broken", "ln -s m l; ln -s l m", "l", "rm m"},
        {"kubernetes: ..data is renamed over",
                "mkdir ..1 ..2; echo 1 >..1/f; echo 2 >..2/f; ln -s ..1 ..data;"
                "ln -s ..data/f f; ln -s ..2 ..t",
                "f", "mv -T ..t ..data"},
        {"as a git checkout does",
                TREE "git init -q . && git add . && git -c user.name=x -c user.email=x@x.example "
                     "commit -qm 1 && git rm -q --cached a/b/f",
                "a/b/f", "rm -r a && git checkout -q HEAD -- ."},
        {"dots and slashes", TREE, ".//./a///b/.././/f", "echo 2 >a/f"},
        {"a dot behind a link is where the link leads", TREE "mkdir c; ln -s a/b c/l",
                "c/../c/l/../f c/f", "ln -sfn ../a/b c/l"},
        {"the folder before .. is moved elsewhere", TREE "mkdir c; ln -s a/b l", "l/../g",
                "mv a/b c/b"},
        {"many files, one of them", TREE, "a/x a/y a/z a/f a/b/x x", "echo 2 >a/f"},
        {"a path without anything there", "", "a/b/c/d", "mkdir a"},
};

static const struct change unseen[] = {
        {"reading", TREE "ln -s a l", "f a/f l/f a/b/f",
                "cat f a/f l/f a/b/f >/dev/null; ls -laR . >/dev/null; head -c 1 f >/dev/null"},
        {"other files in the folder", TREE, "f a/f",
                "echo 2 >a/g; echo 2 >ff; mv a/g a/h; chmod 600 a/h; rm a/h; : >a/.f.swp; "
                "ln f other; mkdir a/f2"},
        {"another folder", TREE "mkdir state", "f a/f", "echo 2 >state/f; rm -r state"},
        {"below the folder", TREE, "a/f", "echo 2 >a/b/f; rm a/b/f"},
        {"where a link does not lead", TREE "ln -s a l", "l/f", "echo 2 >f; echo 2 >a/b/f"},
        {"a name that begins like another", TREE, "a/f", ": >a/ff; : >a/'f '; : >ab"},
        {"a name of another folder of the set", TREE "mkdir c", "a/x c/y", ": >a/y; : >c/x"},
};

static void tell(const struct change *c, bool is_seen)
{
	struct watch *w = open_watch();

	files_begin();
	shell(c->before);
	watch_set(w, c->paths);
	assert_false(watch_read(w));
	shell(c->change);
	if (is_seen && !is_readable(w))
		fail_msg("not readable: %s", c->claim);
	if (watch_read(w) != is_seen)
		fail_msg("%s", c->claim);
	assert_false(watch_read(w));
	watch_set(w, c->paths); /* after which all is quiet: nobody reloads for ever */
	if (watch_read(w))
		fail_msg("told twice: %s", c->claim);
	watch_close(w);
	files_end();
}

static void what_changes_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(seen); i++)
		tell(&seen[i], true);
}

static void what_does_not_matter_is_not_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(unseen); i++)
		tell(&unseen[i], false);
}

static void an_absolute_path_is_watched_from_the_root(void **state)
{
	char folder[256], path[300];
	struct watch *w = open_watch();

	(void)state;
	files_begin();
	assert_non_null(getcwd(folder, sizeof folder));
	snprintf(path, sizeof path, "%s/a/f", folder);
	watch_set(w, path);
	shell("mkdir a");
	assert_true(watch_read(w));
	watch_set(w, path);
	shell("echo 1 >a/f");
	assert_true(watch_read(w));
	watch_set(w, path);
	shell(": >g");
	assert_false(watch_read(w));
	watch_close(w);
	files_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(what_changes_is_told),
	        cmocka_unit_test(what_does_not_matter_is_not_told),
	        cmocka_unit_test(an_absolute_path_is_watched_from_the_root),
	};

	return cmocka_run_group_tests_name("server/watch", tests, NULL, NULL);
}
