/* The shapes that wrapped calls have. */
#ifndef NSK_FAULT_WRAP_H
#define NSK_FAULT_WRAP_H

#include "base/sys.h"
#include "fault.h"

#include <stdbool.h>
#include <stddef.h>

static inline bool fault_instead(const fault_rule *rule) {
  return rule != NULL && rule->kind == FAULT_RETURN;
}

static inline bool fault_after(const fault_rule *rule) {
  return rule != NULL && rule->kind == FAULT_AFTER;
}

static inline size_t fault_at_most(const fault_rule *rule, size_t length) {
  bool cut = rule != NULL && rule->kind == FAULT_SHORT && (size_t)rule->value < length;
  return cut ? (size_t)rule->value : length;
}

#define RETURN_BY_RULE(TYPE)  \
  do {                        \
    errno = rule->code;       \
    return (TYPE)rule->value; \
  } while (0)

/* A call on the descriptor FD (-1: none), with CUT before the call itself. */
#define WRAP(TYPE, NAME, PARAMS, ARGS, FD, CUT)         \
  TYPE __real_##NAME PARAMS;                            \
  TYPE __wrap_##NAME PARAMS;                            \
  TYPE __wrap_##NAME PARAMS {                           \
    const fault_rule *rule = fault_enter(FAULT_##NAME); \
    fault_used(FAULT_##NAME, FD);                       \
    if (fault_instead(rule)) RETURN_BY_RULE(TYPE);      \
    CUT;                                                \
    TYPE result = __real_##NAME ARGS;                   \
    if (fault_after(rule)) RETURN_BY_RULE(TYPE);        \
    return result;                                      \
  }

#define USES(TYPE, NAME, PARAMS, ARGS) WRAP(TYPE, NAME, PARAMS, ARGS, fd, (void)0)
#define MOVES(NAME, PARAMS, ARGS) \
  WRAP(ssize_t, NAME, PARAMS, ARGS, fd, length = fault_at_most(rule, length))
#define PLAIN(TYPE, NAME, PARAMS, ARGS) WRAP(TYPE, NAME, PARAMS, ARGS, -1, (void)0)

/* A call that makes a descriptor, from the one at FD where there is one. */
#define MAKES(NAME, PARAMS, ARGS, FD)                   \
  int __real_##NAME PARAMS;                             \
  int __wrap_##NAME PARAMS;                             \
  int __wrap_##NAME PARAMS {                            \
    const fault_rule *rule = fault_enter(FAULT_##NAME); \
    fault_used(FAULT_##NAME, FD);                       \
    if (fault_instead(rule)) RETURN_BY_RULE(int);       \
    int made = __real_##NAME ARGS;                      \
    fault_made(FAULT_##NAME, made);                     \
    return made;                                        \
  }

#define MAKES_TWO(NAME, PARAMS, ARGS)                   \
  int __real_##NAME PARAMS;                             \
  int __wrap_##NAME PARAMS;                             \
  int __wrap_##NAME PARAMS {                            \
    const fault_rule *rule = fault_enter(FAULT_##NAME); \
    if (fault_instead(rule)) RETURN_BY_RULE(int);       \
    int result = __real_##NAME ARGS;                    \
    if (result == 0) {                                  \
      fault_made(FAULT_##NAME, fds[0]);                 \
      fault_made(FAULT_##NAME, fds[1]);                 \
    }                                                   \
    return result;                                      \
  }

#endif
