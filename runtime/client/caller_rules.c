/* SPDX-License-Identifier: MIT */
/* What the caller does in each state. docs/design.md has the same in words. */
#include "caller.h"

/* What moves do, by what they mean. */
enum {
    GOES = JGI_CALL_SEND,
    TELLS = JGI_CALL_TELL,
    ENDS = JGI_CALL_RELEASE | JGI_CALL_LEAVE | JGI_CALL_TELL,
    GOES_ELSEWHERE = JGI_CALL_RELEASE | JGI_CALL_LEAVE | JGI_CALL_PLACE,
    IS_LOST = JGI_CALL_LEAVE | JGI_CALL_RENEW | JGI_CALL_TELL,
    IS_UNKNOWN = JGI_CALL_LEAVE | JGI_CALL_TELL,
    STOPS = JGI_CALL_SEND | JGI_CALL_TELL,
    RELEASES = JGI_CALL_RELEASE | JGI_CALL_LEAVE
};

/* What is not named changes nothing. */
const struct jgi_caller_rules jgi_caller_rules = {
    .moves = {[JGI_CALL_NEW] = {[JGI_CALL_ON_PLACED] = {JGI_CALL_SENT, GOES},
                                [JGI_CALL_ON_STOP] = {JGI_CALL_OVER, TELLS},
                                [JGI_CALL_ON_FORGET] = {JGI_CALL_OVER, 0},
                                [JGI_CALL_ON_FAIL] = {JGI_CALL_OVER, TELLS}},
              [JGI_CALL_SENT] = {[JGI_CALL_ON_ACCEPTED] = {JGI_CALL_ACCEPTED, 0},
                                 [JGI_CALL_ON_NEED] = {JGI_CALL_NEEDED, 0},
                                 [JGI_CALL_ON_REFUSED] = {JGI_CALL_NEW, GOES_ELSEWHERE},
                                 [JGI_CALL_ON_RUNNING] = {JGI_CALL_ACCEPTED, 0},
                                 [JGI_CALL_ON_RESULT] = {JGI_CALL_OVER, ENDS},
                                 [JGI_CALL_ON_LOST] = {JGI_CALL_OVER, IS_LOST},
                                 [JGI_CALL_ON_STOP] = {JGI_CALL_CANCELLING, STOPS},
                                 [JGI_CALL_ON_FORGET] = {JGI_CALL_OVER, RELEASES}},
              [JGI_CALL_NEEDED] = {[JGI_CALL_ON_ACCEPTED] = {JGI_CALL_ACCEPTED, 0},
                                   [JGI_CALL_ON_REFUSED] = {JGI_CALL_NEW, GOES_ELSEWHERE},
                                   [JGI_CALL_ON_RUNNING] = {JGI_CALL_ACCEPTED, 0},
                                   [JGI_CALL_ON_RESULT] = {JGI_CALL_OVER, ENDS},
                                   [JGI_CALL_ON_LOST] = {JGI_CALL_OVER, IS_LOST},
                                   [JGI_CALL_ON_STOP] = {JGI_CALL_CANCELLING, STOPS},
                                   [JGI_CALL_ON_FORGET] = {JGI_CALL_OVER, RELEASES}},
              [JGI_CALL_ACCEPTED] = {[JGI_CALL_ON_RESULT] = {JGI_CALL_OVER, ENDS},
                                     [JGI_CALL_ON_UNKNOWN] = {JGI_CALL_OVER, IS_UNKNOWN},
                                     [JGI_CALL_ON_LOST] = {JGI_CALL_OVER, IS_LOST},
                                     [JGI_CALL_ON_STOP] = {JGI_CALL_CANCELLING, STOPS},
                                     [JGI_CALL_ON_FORGET] = {JGI_CALL_OVER, RELEASES}},
              [JGI_CALL_CANCELLING] = {[JGI_CALL_ON_REFUSED] = {JGI_CALL_OVER, RELEASES},
                                       [JGI_CALL_ON_RESULT] = {JGI_CALL_OVER, RELEASES},
                                       [JGI_CALL_ON_UNKNOWN] = {JGI_CALL_OVER, JGI_CALL_LEAVE},
                                       [JGI_CALL_ON_LOST] = {JGI_CALL_OVER, JGI_CALL_LEAVE}},
              [JGI_CALL_ELSEWHERE] = {[JGI_CALL_ON_REFUSED] = {JGI_CALL_STAY, JGI_CALL_RELEASE},
                                      [JGI_CALL_ON_RESULT] = {JGI_CALL_STAY, JGI_CALL_RELEASE}}},
    .repeats = {[JGI_CALL_SENT] = {JGI_MESSAGE_START, JGI_CALL_INIT},
                [JGI_CALL_NEEDED] = {JGI_MESSAGE_START, JGI_CALL_INIT},
                [JGI_CALL_ACCEPTED] = {JGI_MESSAGE_ASK, JGI_CALL_GET},
                [JGI_CALL_CANCELLING] = {JGI_MESSAGE_CANCEL, JGI_CALL_END}},
    .is_lost = {[JGI_HELLO_OTHER] = true},
};
