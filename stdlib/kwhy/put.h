/* SPDX-License-Identifier: GPL-2.0 */
/* put: an answer in JSON, part by part. */
#pragma once
#include <stdio.h>

#include "solve.h"

extern FILE *put_to;

void put_string(const char *s);
/* ,"key":"value" */
void put_field(const char *key, const char *value);
/* ,"key":["NAME=VALUE",...], of the blamed ones alone where `blamed`. */
void put_wants(const char *key, const struct want *v, int n, int blamed);
