/* SPDX-License-Identifier: MIT */
/* @job */
int type_job(_BitInt(7) v);
/* expect 3:25 error type */
