/* SPDX-License-Identifier: ISC */
/* The commands that ask a running arpad: one question, one answer, printed. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include "conf/config.h"
#include "tools/cmd.h"
#include "tools/control_client.h"
#include "tools/json_member.h"
#include "tools/status_text.h"

#define ANSWER_MS 10000 /* arpad answers while it reloads, too */

#define USAGE_FILE                                                                                 \
	"  -c FILE     arpad.yaml, which names the control socket (default " CONFIG_DEFAULT_FILE   \
	")\n"                                                                                      \
	"  -s PATH     the control socket, whatever arpad.yaml says\n"
#define USAGE_JSON "  --json      arpad's answer as it is: one JSON object\n"

struct options {
	const char *file, *socket;
	bool json, healthy;
};

static const struct option plain_options[] = {{"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
static const struct option json_options[] = {
        {"help", no_argument, NULL, 'h'}, {"json", no_argument, NULL, 'j'}, {NULL, 0, NULL, 0}};
static const struct option status_options[] = {{"help", no_argument, NULL, 'h'},
        {"json", no_argument, NULL, 'j'}, {"healthy", no_argument, NULL, 'y'}, {NULL, 0, NULL, 0}};

/* False, and *status, when there is nothing more to do. */
static bool read_options(struct options *o, int argc, char **argv,
        const struct option *long_options, const char *usage, int *status)
{
	int option;

	*o = (struct options){.file = CONFIG_DEFAULT_FILE};
	while ((option = getopt_long(argc, argv, "c:s:h", long_options, NULL)) != -1) {
		switch (option) {
		case 'c':
			o->file = optarg;
			break;
		case 's':
			o->socket = optarg;
			break;
		case 'j':
			o->json = true;
			break;
		case 'y':
			o->healthy = true;
			break;
		case 'h':
			*status = cmd_help(usage);
			return false;
		default:
			*status = cmd_usage(usage);
			return false;
		}
	}
	if (optind == argc)
		return true;
	fprintf(stderr, "%s: %s: no argument is wanted\n", argv[0], argv[optind]);
	*status = cmd_usage(usage);
	return false;
}

/* Ask, and with --json print what came. A reload that did not succeed is an answer, too; any other
 * answer that is not `ok` is told here, and leaves the question undecided. */
static int ask(struct control_reply *r, const char *command, const struct options *o,
        const char *word, int timeout_ms)
{
	struct control_question q = {command, o->file, o->socket, word, timeout_ms};
	int status = control_ask(r, &q);

	if (status != EXIT_FINE)
		return status;
	if (o->json) {
		fwrite(r->line, 1, r->n, stdout);
		putchar('\n');
	}
	if (json_member_is_true(r->json, "ok") || json_object_get(r->json, "reload"))
		return EXIT_FINE;
	fprintf(stderr, "%s: arpad says: ", command);
	json_print_plain(json_member_text(r->json, "error"), stderr);
	putc('\n', stderr);
	control_reply_free(r);
	return cmd_end(command, EXIT_UNDECIDED);
}

/* A question whose answer is only to be printed. */
static int ask_and_print(const char *command, const struct options *o, const char *word,
        void (*print)(const json_t *answer, FILE *out))
{
	struct control_reply r;
	int status = ask(&r, command, o, word, ANSWER_MS);

	if (status != EXIT_FINE)
		return status;
	if (!o->json)
		print(r.json, stdout);
	control_reply_free(&r);
	return cmd_end(command, EXIT_FINE);
}

static int ask_for_health(const char *command, const struct options *o)
{
	struct control_reply r;
	int status = ask(&r, command, o, "status", ANSWER_MS);

	if (status != EXIT_FINE)
		return status;
	if (!o->json)
		status_text_print_health(r.json, stdout);
	bool is_healthy = status_is_healthy(r.json);
	control_reply_free(&r);
	return cmd_end(command, is_healthy ? EXIT_FINE : EXIT_MISTAKES);
}

int cmd_status(int argc, char **argv)
{
	static const char usage[] =
	        "usage: arpa status [-c ARPAD.YAML | -s PATH] [--json] [--healthy]\n\n"
	        "Say how the running arpad is: what it serves, which customers' files are not\n"
	        "good, what its last reload did.\n\n" USAGE_FILE USAGE_JSON
	        "  --healthy   one line; exit status 1 when the last reload was refused or "
	        "failed,\n"
	        "              or a customer's file is refused or has vanished\n";
	struct options o;
	int status;

	if (!read_options(&o, argc, argv, status_options, usage, &status))
		return status;
	return o.healthy ? ask_for_health(argv[0], &o)
	                 : ask_and_print(argv[0], &o, "status", status_text_print);
}

int cmd_zones(int argc, char **argv)
{
	static const char usage[] =
	        "usage: arpa zones [-c ARPAD.YAML | -s PATH] [--json]\n\n"
	        "List the zones that the running arpad serves, each with its serial, the names in\n"
	        "it and when it changed.\n\n" USAGE_FILE USAGE_JSON;
	struct options o;
	int status;

	if (!read_options(&o, argc, argv, json_options, usage, &status))
		return status;
	return ask_and_print(argv[0], &o, "zones", status_text_print_zones);
}

int cmd_stats(int argc, char **argv)
{
	static const char usage[] = "usage: arpa stats [-c ARPAD.YAML | -s PATH] [--json]\n\n"
	                            "Say what the running arpad was asked and has answered since "
	                            "it started.\n\n" USAGE_FILE USAGE_JSON;
	struct options o;
	int status;

	if (!read_options(&o, argc, argv, json_options, usage, &status))
		return status;
	return ask_and_print(argv[0], &o, "stats", status_text_print_stats);
}

int cmd_reload(int argc, char **argv)
{
	static const char usage[] =
	        "usage: arpa reload [-c ARPAD.YAML | -s PATH] [--json]\n\n"
	        "Have the running arpad read its files again, wait until it has, and say what "
	        "that\n"
	        "changed. Exit status 1 when it was refused or failed, or a customer's file is\n"
	        "refused or has vanished.\n\n" USAGE_FILE USAGE_JSON;
	struct control_reply r;
	struct options o;
	int status;

	if (!read_options(&o, argc, argv, json_options, usage, &status))
		return status;
	status = ask(&r, argv[0], &o, "reload", -1);
	if (status != EXIT_FINE)
		return status;
	if (!o.json)
		status_text_print_reload(r.json, stdout, stderr);
	bool is_good = status_is_reload_good(r.json);
	control_reply_free(&r);
	return cmd_end(argv[0], is_good ? EXIT_FINE : EXIT_MISTAKES);
}

static void print_end(const json_t *answer, FILE *out)
{
	(void)answer;
	fputs("arpad ends\n", out);
}

int cmd_quit(int argc, char **argv)
{
	static const char usage[] = "usage: arpa quit [-c ARPAD.YAML | -s PATH]\n\n"
	                            "End the running arpad.\n\n" USAGE_FILE;
	struct options o;
	int status;

	if (!read_options(&o, argc, argv, plain_options, usage, &status))
		return status;
	return ask_and_print(argv[0], &o, "quit", print_end);
}
