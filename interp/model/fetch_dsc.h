/* fetch_dsc: a Debian source package as it is offered: its .dsc, and beside it all that it lists. */
#pragma once

struct err;
struct job;

/* The one that the job's pin names, from the archives of this machine. */
int fetch_dsc(struct job *job, const char *name, struct err *err);
/* The one whose .dsc an address leads to; what it lists lies beside it there. */
int fetch_dsc_url(struct job *job, const char *url, const char *sha256, struct err *err);
