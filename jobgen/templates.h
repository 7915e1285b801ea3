/* SPDX-License-Identifier: MIT */
/* The templates of the folder templates/, as the build has embedded them. */
#ifndef JOBGEN_TEMPLATES_H
#define JOBGEN_TEMPLATES_H

#include "template.h"

extern const struct template_source templates_embedded[];
extern const size_t templates_embedded_count;

#endif
