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

/* Waits in place: NSK_DONE, NSK_TIMEOUT, NSK_INTERRUPTED after a signal whose hook has
   run, or NSK_FAILED with the spare error. Raises what a hook raised. */
nsk_outcome nskl_wait(lua_State *L, nskl_state *st, nsk_interest *interest);

/* True when a wait may go through the poller: there is one, and it may yield. */
static inline bool nskl_poller_usable(lua_State *L, const nskl_state *st) {
  return st->poller && lua_isyieldable(L);
}

/* Asks the poller whether the running coroutine is its scheduler's own: one inside it
   would yield to who resumed it. Where it cannot be asked, the answer is true. */
bool nskl_poller_knows(lua_State *L, const nskl_state *st);

/* Pushes the poller's function and its arguments, for lua_callk with 3 arguments. lasts:
   it is told before the descriptor is closed. */
void nskl_poller_push(lua_State *L, const nsk_interest *interest, bool lasts);

/* Pops the poller's three results. NSK_DONE or NSK_TIMEOUT, or NSK_FAILED with the
   spare error. */
nsk_outcome nskl_poller_answer(lua_State *L, nskl_state *st);

#endif
