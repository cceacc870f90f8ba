/* Times as arguments, and the deadline object: one point of time for many calls. */
#ifndef NSKL_DEADLINE_H
#define NSKL_DEADLINE_H

#include "adapter.h"

/* A `sec` as it was given, taken before anything fails: a number, which may be none of
   use, or else a deadline that there is, of the object or of the call. */
typedef struct {
  bool number;
  double seconds;
  nsk_deadline deadline;
} nskl_time;

/* The argument at index; nil, or none: `otherwise`. Raises for another type. */
nskl_time nskl_time_at(lua_State *L, int index, nsk_deadline otherwise);

/* Whether it comes to one. A call that may be done at once asks, and looks at the clock
   when it has to wait. */
static inline bool nskl_time_valid(const nskl_time *time) {
  return !time->number || time->seconds >= 0;
}

/* The deadline that it comes to. NSK_ARGUMENT about the parameter. */
nsk_outcome nskl_time_ends(lua_State *L, nskl_state *st, const nskl_time *time,
                           const char *op, const char *parameter, nsk_deadline *deadline);

/* Both, for the `sec` of a socket's method, whose own timeout is meant where it is nil.
 */
nsk_outcome nskl_socket_time(lua_State *L, int index, nskl_socket *self, const char *op,
                             nsk_deadline *deadline);

void nskl_open_deadline(lua_State *L);

#endif
