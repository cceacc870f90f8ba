/* What sendall sends: a string, or many pieces in a row. */
#include "args.h"

#include <limits.h>
#include <stdio.h>

#include "argcheck.h"
#include "state.h"

bool nskl_is_pieces(lua_State *L, int index) {
  return lua_istable(L, index) || nskl_test(L, index, NSKL_IOVEC, sizeof(nskl_iovec));
}

/* A copy of a sequence, which nothing that runs meanwhile can change. */
static size_t copy(lua_State *L, int index) {
  char field[24];
  size_t count = (size_t)lua_rawlen(L, index);
  lua_createtable(L, count < INT_MAX ? (int)count : 0, 0);
  for (size_t i = 1; i <= count; i++) {
    if (lua_rawgeti(L, index, (lua_Integer)i) != LUA_TSTRING) {
      snprintf(field, sizeof field, "%zu", i);
      nskl_bad_field(L, index, field, "string");
    }
    lua_rawseti(L, -2, (lua_Integer)i);
  }
  return count;
}

/* One userdata has the row and its pieces; the copy is its user value. */
const nsk_iovec *nskl_pieces(lua_State *L, int index, nskl_iovec **busy) {
  *busy = nskl_test(L, index, NSKL_IOVEC, sizeof **busy);
  if (*busy != NULL) {
    lua_pushvalue(L, index);
    return &(*busy)->iov;
  }
  size_t count = copy(L, index);
  nsk_iovec *iov = lua_newuserdatauv(L, sizeof *iov + count * sizeof *iov->pieces, 1);
  nsk_iovec_init(iov);
  iov->pieces = (nsk_piece *)(iov + 1);
  for (; iov->count < count; iov->count++) {
    nsk_piece *piece = &iov->pieces[iov->count];
    lua_rawgeti(L, -2, (lua_Integer)iov->count + 1);
    piece->base = (unsigned char *)lua_tolstring(L, -1, &piece->length);
    iov->bytes += piece->length;
    lua_pop(L, 1);
  }
  lua_insert(L, -2);
  lua_setiuservalue(L, -2, 1);
  return iov;
}
