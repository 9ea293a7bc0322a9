#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

static const struct err_code codes[] = {
#define X(code, status, title, text) {code, status, title, text},
#include "base/codes/00-language.def"
#include "base/codes/01-parameters.def"
#include "base/codes/02-config.def"
#include "base/codes/03-run.def"
#include "base/codes/04-archive.def"
#include "base/codes/05-patch.def"
#include "base/codes/06-devicetree.def"
#include "base/codes/07-modules.def"
#include "base/codes/08-store.def"
#include "base/codes/09-inputs.def"
#include "base/codes/10-command.def"
#include "base/codes/11-machine.def"
#include "base/codes/12-verify.def"
#include "base/codes/13-audit.def"
#undef X
	{0},
};

const struct err_code *
err_codes(void)
{
	return codes;
}

const struct err_code *
err_code_find(const char *code)
{
	const struct err_code *c;

	if (!code)
		return NULL;
	for (c = codes; c->code; c++)
		if (!strcmp(c->code, code))
			return c;
	return NULL;
}

static void
diag_free(struct diag *d)
{
	free(d->msg);
	free(d->label);
	free(d->from);
	for (unsigned i = 0; i < d->nhelp; i++)
		free(d->help[i]);
	free((char *)d->at.file);
	free((char *)d->at.key);
	free(d);
}

void
err_free(struct err *err)
{
	struct diag *d, *next;

	for (d = err->head; d; d = next) {
		next = d->next;
		diag_free(d);
	}
	err->head = err->tail = NULL;
}

bool
err_any(const struct err *err)
{
	return err->head != NULL;
}

size_t
err_count(const struct err *err)
{
	size_t n = 0;

	for (const struct diag *d = err->head; d; d = d->next)
		n++;
	return n;
}

void
err_brief(const struct err *err, struct str *out)
{
	size_t n = err_count(err);

	if (n)
		str_add(out, err->head->msg);
	if (n > 1)
		str_addf(out, " (and %zu more)", n - 1);
}

static struct diag *
diag_add(struct err *err, const char *code)
{
	struct diag *d = xcalloc(1, sizeof *d);
	const struct err_code *c = err_code_find(code);

	d->code = c ? c->code : NULL;
	if (err->tail)
		err->tail->next = d;
	else
		err->head = d;
	err->tail = d;
	return d;
}

static char *
formatted(const char *fmt, va_list ap)
{
	struct str b = {0};

	str_addv(&b, fmt, ap);
	return str_steal(&b);
}

int
err_set(struct err *err, const char *code, const char *fmt, ...)
{
	struct diag *d = diag_add(err, code);
	va_list ap;

	va_start(ap, fmt);
	d->msg = formatted(fmt, ap);
	va_end(ap);
	return -1;
}

int
err_sys(struct err *err, const char *code, const char *fmt, ...)
{
	const char *reason = strerror(errno);
	struct diag *d = diag_add(err, code);
	struct str b = {0};
	va_list ap;

	va_start(ap, fmt);
	str_addv(&b, fmt, ap);
	va_end(ap);
	str_addf(&b, ": %s", reason);
	d->msg = str_steal(&b);
	return -1;
}

int
err_wrap(struct err *err, const char *fmt, ...)
{
	struct str b = {0};
	va_list ap;

	if (!err->tail)
		return -1;
	va_start(ap, fmt);
	str_addv(&b, fmt, ap);
	va_end(ap);
	str_addf(&b, ": %s", err->tail->msg);
	free(err->tail->msg);
	err->tail->msg = str_steal(&b);
	return -1;
}

static void
diag_place(struct diag *d, const struct place *at)
{
	if (d->at.file || !at->file)
		return;
	free((char *)d->at.key);
	d->at = *at;
	d->at.file = xstrdup(at->file);
	d->at.key = at->key ? xstrdup(at->key) : NULL;
}

int
err_field(struct err *err, const char *key)
{
	if (err->tail && !err->tail->at.file && !err->tail->at.key)
		err->tail->at.key = xstrdup(key);
	return -1;
}

int
err_at(struct err *err, struct place at)
{
	if (err->tail)
		diag_place(err->tail, &at);
	return -1;
}

int
err_at_all(struct err *err, struct place at)
{
	for (struct diag *d = err->head; d; d = d->next)
		diag_place(d, &at);
	return -1;
}

int
err_of_step(struct err *err, const char *step, struct place at)
{
	err_at_all(err, at);
	for (struct diag *d = err->head; d; d = d->next)
		if (!d->from && at.file && strcmp(d->at.file, at.file))
			d->from = xasprintf("step `%s`, %s:%u", step, at.file, at.line);
	return -1;
}

int
err_label(struct err *err, const char *fmt, ...)
{
	va_list ap;

	if (!err->tail)
		return -1;
	free(err->tail->label);
	va_start(ap, fmt);
	err->tail->label = formatted(fmt, ap);
	va_end(ap);
	return -1;
}

int
err_help(struct err *err, const char *fmt, ...)
{
	va_list ap;

	if (!err->tail || err->tail->nhelp == DIAG_HELPS)
		return -1;
	va_start(ap, fmt);
	err->tail->help[err->tail->nhelp++] = formatted(fmt, ap);
	va_end(ap);
	return -1;
}

void
err_move(struct err *to, struct err *from)
{
	if (!from->head)
		return;
	if (to->tail)
		to->tail->next = from->head;
	else
		to->head = from->head;
	to->tail = from->tail;
	from->head = from->tail = NULL;
}

enum status
err_status(const struct err *err)
{
	const struct err_code *c = err->head ? err_code_find(err->head->code) : NULL;

	return c ? c->status : ST_STEP;
}
