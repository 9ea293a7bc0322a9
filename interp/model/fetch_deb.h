/* fetch_deb: what a Debian package holds, as the job's layer. */
#pragma once

struct err;
struct job;

/* The package that the job's pin names, from the archives of this machine; `arch` NULL: its own. */
int fetch_deb(struct job *job, const char *name, const char *arch, struct err *err);
