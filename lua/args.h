/* Arguments, checked as they are taken. */
#ifndef NSKL_ARGS_H
#define NSKL_ARGS_H

#include "argcheck.h"
#include "error.h"
#include "state.h"

static inline nskl_socket *nskl_self(lua_State *L) {
  nskl_socket *self = nskl_test(L, 1, NSKL_SOCKET, sizeof *self);
  if (self == NULL) nskl_bad_self(L, NSKL_SOCKET);
  return self;
}

/* The object of a kind, as self and as an argument. */
void *nskl_self_of(lua_State *L, nskl_kind kind, size_t size);
void *nskl_object(lua_State *L, int index, nskl_kind kind, size_t size);

nskl_addrinfo *nskl_self_addrinfo(lua_State *L);
const nsk_addrinfo *nskl_addrinfo_at(lua_State *L, int index);

/* An interface by its name or an address of it; both stay on the stack. */
void nskl_interface(lua_State *L, int index, nsk_interface *at);

/* A descriptor: its number, which is not checked, or that of a socket object or a file
   of Lua's io library; a closed one gives a number that no file has. */
int64_t nskl_descriptor(lua_State *L, int index, int *bad);
bool nskl_is_descriptor(lua_State *L, int index); /* whether it may be one */

/* Has a file of Lua's io library at index, if it is one, write what it still holds. */
nsk_outcome nskl_flush(lua_State *L, int index, nsk_error *error);

static inline const char *nskl_bytes(lua_State *L, int index, size_t *length) {
  if (lua_type(L, index) != LUA_TSTRING) nskl_bad_type(L, index, "string");
  return lua_tolstring(L, index, length);
}

bool nskl_boolean(lua_State *L, int index, bool fallback);
double nskl_seconds(lua_State *L, int index, double fallback);

/* Integers. A value that is a number and no integer in range does not raise: its
   index goes into *bad, where it stays the first one, and nskl_blame makes it the
   spare error. */
int64_t nskl_integer(lua_State *L, int index, int *bad);
int64_t nskl_integer_or(lua_State *L, int index, int64_t fallback, int *bad);
int nskl_int(lua_State *L, int index, int *bad);
int nskl_int_or(lua_State *L, int index, int fallback, int *bad);
int nskl_flags(lua_State *L, int first, int *bad);
nskl_state *nskl_blame(lua_State *L, nskl_state *st, int bad);

/* Host and port, at index and the one after. The texts stay on the stack. */
void nskl_endpoint(lua_State *L, int index, bool required, nsk_endpoint *at);
/* The same for a numeric address, whose port is an integer. */
void nskl_numeric_endpoint(lua_State *L, int index, bool required, nsk_endpoint *at);

/* -------------------------------------------------------------------- options -- */

/* Takes the value at index for an option. It raises where that is of another type; of a
   number that is no integer the index goes into *bad. */
void nskl_option_value(lua_State *L, int index, const nsk_option *option,
                       nsk_value *value, int *bad);

/* Adds the options to the table of methods on top of the stack. */
void nskl_open_options(lua_State *L);

/* Reads the table of an opener's options, and lays what it says of a position there;
   without one nothing changes. It is the argument after the positions, or the last one
   where later positions are left out. `connects`: it may have what only a connect has.
   False with the spare error: a value that cannot be, or one given twice. Other types and
   unknown names raise. */
bool nskl_take_extras(lua_State *L, nskl_state *st, bool connects, nsk_extras *extras);

/* ---------------------------------------------------------------- many pieces -- */

/* Whether the message at index is a sequence of strings or an iovec, and no string. */
bool nskl_is_pieces(lua_State *L, int index);

/* Its pieces. Pushes what keeps them as they are; an iovec is told to be busy by the call
   that waits: *busy, NULL for a sequence. */
const nsk_iovec *nskl_pieces(lua_State *L, int index, nskl_iovec **busy);

#endif
