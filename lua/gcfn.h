/* Functions that run before a descriptor goes. */
#ifndef NSKL_GCFN_H
#define NSKL_GCFN_H

#include "adapter.h"

/* Calls the functions that addgcfn gave the socket at index 1. False: that is what is
   going on already, and the call that began it goes on to close the socket. */
bool nskl_call_gcfns(lua_State *L);

static inline bool nskl_run_gcfns(lua_State *L, const nskl_state *st) {
  return !st->gcfns || nskl_call_gcfns(L);
}

#endif
