#include "model/distcc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "model/helpers.h"

#define PORT "3632" /* of distccd */

/* Compiles a text that holds the compiler's version with debug information, here and by each port; says of each whether
 * it gave the same bytes. */
static const char probe[] =
	"cd /tmp\n"
	"compiler=$1\n"
	"shift\n"
	"printf 'const char version[] = __VERSION__;\\nint f(int a, int b) { return a / b + 3; }\\n' >probe.c\n"
	"$compiler -O2 -g -c probe.c -o here.o\n"
	"for port; do\n"
	"  answer=away\n"
	"  if DISTCC_HOSTS=127.0.0.1:$port DISTCC_FALLBACK=0 DISTCC_IO_TIMEOUT=20 distcc $compiler -O2 -g -c probe.c -o there.o; then\n"
	"    answer=other\n"
	"    cmp -s here.o there.o && answer=same\n"
	"  fi\n"
	"  echo \"$answer\"\n"
	"done\n";

bool
distcc_asked(const struct pairs *env)
{
	return pairs_value(env, "DISTCC_HOSTS");
}

/* "HOST[:PORT][/JOBS]": where the jobs begin. */
static size_t
address_length(const char *host)
{
	return strcspn(host, "/");
}

static unsigned
door_to(struct inside *in, const char *host)
{
	return inside_server(in, arena_strndup(job_arena(in->job), host, address_length(host)), PORT);
}

/* The compiler's own name: what stands before it calls others. */
static const char *
own_name(struct arena *a, const char *compiler)
{
	static const char *const before[] = {"ccache ", "distcc "};

	for (size_t i = 0; i < ARRAY_LEN(before); i++)
		if (str_starts(compiler, before[i]))
			return own_name(a, compiler + strlen(before[i]));
	return arena_strdup(a, compiler);
}

static int
ask(struct inside *in, const char *compiler, const unsigned *ports, size_t n, struct str *answers, struct err *err)
{
	struct arena *a = job_arena(in->job);
	const char **argv = arena_array(a, const char *, n + 6);
	struct sandbox sb = {.image = in->image,
			     .argv = argv,
			     .env = in->env,
			     .servers = in->servers,
			     .cwd = "/tmp",
			     .prepares = true,
			     .capture = answers,
			     .capture_max = 4096};
	size_t k = 0;

	argv[k++] = "/bin/sh";
	argv[k++] = "-ec";
	argv[k++] = probe;
	argv[k++] = "distcc";
	argv[k++] = own_name(a, compiler);
	for (size_t i = 0; i < n; i++)
		argv[k++] = arena_printf(a, "%u", ports[i]);
	return job_exec(in->job, &sb, err) < 0 ? -1 : 0;
}

static void
leave_out(struct inside *in, const char *host, const char *answer)
{
	if (!strcmp(answer, "other"))
		job_note(in->job, "distcc: `%s` is left out, its compiler is not the toolchain's", host);
	else
		job_note(in->job, "distcc: `%s` is left out, it does not compile; the step's log has its words", host);
}

int
distcc_bind(struct inside *in, const char *compiler, struct err *err)
{
	const char *const *hosts = job_helpers(in->job)->distcc;
	struct arena *a = job_arena(in->job);
	cleanup_str struct str answers = {0}, use = {0};
	unsigned ports[DOORS_MAX];
	char *save = NULL, *answer;
	size_t n = 0, good = 0;

	for (; hosts && hosts[n] && (ports[n] = door_to(in, hosts[n])); n++)
		;
	if (!n)
		return 0;
	if (ask(in, compiler, ports, n, &answers, err))
		return -1;
	answer = strtok_r(answers.len ? answers.s : arena_strdup(a, ""), "\n", &save);
	for (size_t i = 0; i < n; i++, answer = answer ? strtok_r(NULL, "\n", &save) : NULL) {
		const char *said = answer ? answer : "away";

		if (!strcmp(said, "same"))
			str_addf(&use, "%s127.0.0.1:%u%s", good++ ? " " : "", ports[i],
				 hosts[i] + address_length(hosts[i]));
		else
			leave_out(in, hosts[i], said);
	}
	if (!good)
		return 0;
	job_note(in->job, "distcc: compiles go to %zu of %zu servers", good, n);
	inside_env(in, "DISTCC_HOSTS", arena_strdup(a, str_text(&use)));
	return 0;
}
