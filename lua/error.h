/* Errors as objects, and the results of a failure. */
#ifndef NSKL_ERROR_H
#define NSKL_ERROR_H

#include "adapter.h"

/* Fills the metatable of errors, on top of the stack, and the slots of the state below
   it. */
void nskl_open_error(lua_State *L);
void nskl_reserve_error(lua_State *L, nskl_state *st);

/* True when the value is one of errno's objects. index is absolute. */
bool nskl_errno_at(lua_State *L, int index, int *code);

/* The error to fill, should the next call of the core fail. */
static inline nsk_error *nskl_spare(lua_State *L, nskl_state *st) {
  if (st->spare_error == NULL) nskl_reserve_error(L, st);
  return &st->spare_error->error;
}

/* Pushes the spare error, which has been filled. Allocates nothing. An error that
   says that there is no memory raises instead. */
void nskl_push_error(lua_State *L, nskl_state *st);

/* The results of a failure: nil, err; false, err; nil, err, true. */
int nskl_fail(lua_State *L, nskl_state *st);
int nskl_fail_false(lua_State *L, nskl_state *st);
int nskl_fail_timeout(lua_State *L, nskl_state *st);

/* The results of a call that has nothing to give but success: true, or false, err. */
int nskl_truth(lua_State *L, nskl_state *st, nsk_outcome outcome);

/* The results of a call on a socket that is closed: nil and EBADF. */
int nskl_fail_closed(lua_State *L, nskl_state *st, const char *op);

/* nil, nil, true */
int nskl_again(lua_State *L);

#endif
