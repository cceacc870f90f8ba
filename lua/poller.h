/* The poller that waits for a Lua program. */
#ifndef NSKL_POLLER_H
#define NSKL_POLLER_H

#include "adapter.h"

/* A system call was interrupted: lets a hook run that a signal handler has set, as
   lua's does for Ctrl-C, and reserves the spare error anew. False: the hook raised,
   and its error is on the stack. */
bool nskl_interrupted(lua_State *L, nskl_state *st);

/* Holds signals back, until they are released. True: none has left a hook to be run. */
bool nskl_signals_hold(lua_State *L, nskl_state *st, nsk_signals *held);

/* nsk_wait_briefly with the spare error; NSK_INTERRUPTED also where a hook has still to
   run. None runs meanwhile. */
nsk_outcome nskl_wait_briefly(lua_State *L, nskl_state *st, const nsk_interest *interest);

/* Waits in place: NSK_DONE, NSK_TIMEOUT, NSK_INTERRUPTED after a signal whose hook has
   run, or NSK_FAILED with the spare error. Raises what a hook raised. */
nsk_outcome nskl_wait(lua_State *L, nskl_state *st, nsk_interest *interest);

/* True when a wait may go through the poller: there is one, and it may yield. */
static inline bool nskl_poller_usable(lua_State *L, const nskl_state *st) {
  return st->poller && lua_isyieldable(L);
}

/* Pushes the poller's function and its 4 arguments, for lua_callk. lasts: it is told
   before the descriptor is closed; known: it has waited for it before. */
void nskl_poller_push(lua_State *L, const nskl_state *st, const nsk_interest *interest,
                      bool lasts, bool known);

/* Pops the poller's three results. NSK_DONE or NSK_TIMEOUT, NSK_FAILED with the spare
   error, or NSK_AGAIN where the running coroutine is none of the scheduler's: one inside
   its own would yield to who resumed it. */
nsk_outcome nskl_poller_answer(lua_State *L, nskl_state *st);

#endif
