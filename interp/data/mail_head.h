/* mail_head: what the headers of a mail mean. Shared by the files that read mails. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* One line of a text, its newline not counted. */
struct mail_line {
	const char *s;
	size_t len;
};

/* Takes the next line off the text; false at its end. */
bool mail_next(const char **p, const char *end, struct mail_line *out);
/* The value of a line "Name: value", without blanks before it; NULL when the line is another. */
const char *mail_value(const char *line, const char *name);
/* Adds a value with its encoded words decoded. NULL, or what is wrong with it. */
const char *mail_decode_words(const char *value, struct str *out);
/* Bytes that a line of quoted-printable or base64 stands for. `word`: of a header, where `_` is a blank. */
void mail_decode_q(const char *s, size_t n, bool word, struct str *out);
void mail_decode_b(const char *s, size_t n, struct str *out);
/* Who a From: names; both stay empty when it names nobody. */
void mail_author(const char *value, struct str *name, struct str *email);
/* The words of a subject that count. */
void mail_subject(const char *value, struct str *out);
/* Runs of white space become one blank, none at the ends. */
void mail_tidy(const char *s, size_t n, struct str *out);

/* Whether a line is a header, its blanks in place; git's rule: no blank stands before its colon. */
bool mail_is_header(struct mail_line l);
/* The line without white space at its end. */
struct mail_line mail_trimmed(struct mail_line l);
/* A parameter of Content-Type; `name` ends in "=". */
bool mail_attribute(const char *value, const char *name, struct str *out);
/* Whether the patch begins here: "diff -", "Index: ", "--- file", or "---" alone. */
bool mail_begins_patch(struct mail_line l, bool ended);
/* ">From COMMIT Mon Sep 17 00:00:00 2001": a patch of git, pasted with all its head. */
bool mail_is_separator(struct mail_line l);
