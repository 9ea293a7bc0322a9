/* fetch_deb: what a Debian package holds, as the job's layer. */
#pragma once

struct deb;
struct err;
struct job;

/* The package that the job's pin names, from the archives of this machine; `arch` NULL: its own. */
int fetch_deb(struct job *job, const char *name, const char *arch, struct err *err);

/* What fetch_dsc does in the same way: the package that the pin names; that which is offered, which must be the same;
 * its address in the form that a transfer takes. */
int fetch_deb_pinned(struct job *job, const char *name, struct deb *want, struct err *err);
int fetch_deb_offered(struct job *job, const struct deb *want, const char *arch, struct deb *now, struct err *err);
const char *fetch_deb_url(struct job *job, const struct deb *d);
