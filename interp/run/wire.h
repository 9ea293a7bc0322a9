/* wire: what a job's process tells the runner, as frames over a pipe. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

struct err;
struct str;

enum wire_kind {
	WIRE_NOTE = 1, /* text */
	WIRE_OUTPUT,   /* text: a line of a program */
	WIRE_RECORD,   /* key NUL value */
	WIRE_PROGRESS, /* two numbers */
	WIRE_RESULT,   /* tree id, epoch */
	WIRE_ERR,      /* every mistake of a struct err */
	WIRE_SHELL,    /* an int: status of the shell that ran instead of the step's program */
};

/* Writes one frame; a reader that is gone is ignored. */
void wire_send(int fd, enum wire_kind kind, const void *p, size_t n);
/* The same for many small ones at once. */
void wire_frame(struct str *b, enum wire_kind kind, const void *p, size_t n);
void wire_send_frames(int fd, const struct str *b);
void wire_send_err(int fd, const struct err *err);
/* What such a frame holds. */
void wire_pack_err(const struct err *err, struct str *out);
/* A complete frame at the start of `in`: its size in bytes, or 0 when more is needed. What is no frame is
 * one of kind 0 up to the end. */
size_t wire_next(const struct str *in, size_t at, enum wire_kind *kind, const char **p, size_t *n);
/* Adds the mistakes of a WIRE_ERR frame; -1 when it is damaged. */
int wire_parse_err(const char *p, size_t n, struct err *err);

/* What the other frames say; strings are those of the frame. */
struct wire_said {
	const char *text, *value; /* note, output; key and value of a record */
	uint64_t done, total;
	struct wire_result {
		struct hash tree;
		int64_t epoch;
	} result;
	int status; /* of the shell */
};
/* -1 when it is damaged: a process that a hostile input broke may write anything. */
int wire_read(enum wire_kind kind, const char *p, size_t n, struct wire_said *out);
