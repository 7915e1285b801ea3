/* SPDX-License-Identifier: MIT */
/* Numbers of a caller, and where each is over. Inside of the caller. */
#ifndef JOBGEN_CLIENT_CALLER_ROW_H
#define JOBGEN_CLIENT_CALLER_ROW_H

#include "caller.h"

/* NULL: the number is over, or was never given. */
struct jgi_caller_row *jgi_row_find(const struct jgi_caller *caller, uint64_t number);

/* State NEW, without a number and a spare note. NULL: no memory. */
struct jgi_caller_row *jgi_row_new(struct jgi_caller *caller);

/* Gives it the next number. */
void jgi_row_number(struct jgi_caller *caller, struct jgi_caller_row *row);

/* Of one that has no notes. */
void jgi_row_free(struct jgi_caller *caller, struct jgi_caller_row *row);

/* Once a number is over: what was confirmed is of no more use; the row goes with its last note. */
void jgi_row_settle(struct jgi_caller *caller, struct jgi_caller_row *row);

/* Its holder holds it no more. */
void jgi_row_leave(struct jgi_caller_row *row);

/* Another number for a row whose execution is lost. What notes the old one has go on in a row of
   their own. False: no memory. */
bool jgi_row_renew(struct jgi_caller *caller, struct jgi_caller_row *row);

/* Of what its state repeats; 0: nothing, as things are. */
uint64_t jgi_row_interval_ns(const struct jgi_caller *caller, const struct jgi_caller_row *row);

/* From `now_ns` its interval runs, if its state has one. */
void jgi_row_arm(struct jgi_caller *caller, struct jgi_caller_row *row, uint64_t now_ns);

/* What its state repeats, now. */
void jgi_row_send(struct jgi_caller *caller, struct jgi_caller_row *row, uint64_t now_ns);

/* It is to be said again by its interval: whether the peer has ignored it until now. */
void jgi_unanswered_again(struct jgi_caller *caller, struct jgi_unanswered *unanswered,
                          struct jgi_caller_peer *peer, enum jgi_message_kind kind,
                          uint64_t now_ns);

/* A spare one. NULL: no memory. */
struct jgi_caller_note *jgi_note_new(struct jgi_caller *caller);

/* Takes NULL; returns NULL. */
struct jgi_caller_note *jgi_note_free(struct jgi_caller *caller, struct jgi_caller_note *note);

/* NULL: the number is not over for this peer, as far as the caller knows. */
struct jgi_caller_note *jgi_note_find(const struct jgi_caller_row *row,
                                      const struct jgi_caller_peer *peer);

/* The number is over for this peer: RELEASE, until it is confirmed. False: no memory, nothing was
   done. */
bool jgi_note_add(struct jgi_caller *caller, struct jgi_caller_row *row,
                  struct jgi_caller_peer *peer, uint64_t now_ns);

/* Its RELEASE, now, and from now by its interval. */
void jgi_note_send(struct jgi_caller *caller, struct jgi_caller_note *note, uint64_t now_ns);

/* RELEASE, once, if the peer is ready. False: it was not sent. */
bool jgi_release_send(struct jgi_caller *caller, struct jgi_caller_peer *peer, uint64_t number);

#endif
