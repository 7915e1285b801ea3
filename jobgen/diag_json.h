/* SPDX-License-Identifier: MIT */
/* Complaints for programs. */
#ifndef JOBGEN_DIAG_JSON_H
#define JOBGEN_DIAG_JSON_H

#include "diag.h"

struct strbuf;

/* In the form that docs/checks.md describes. */
void diag_json(struct strbuf *out, struct diag_list *list);

/* SARIF 2.1.0, which code hosts and editors read. */
void diag_sarif(struct strbuf *out, struct diag_list *list);

#endif
