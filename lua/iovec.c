/* Buffers in a row, and the calls that fill or send them as one. */
#include "objects.h"

#include <string.h>

#include "args.h"
#include "error.h"
#include "io.h"
#include "plain.h"
#include "state.h"

static nskl_iovec *self_iovec(lua_State *L) {
  return nskl_self_of(L, NSKL_IOVEC, sizeof(nskl_iovec));
}

int nskl_iovec_make_new(lua_State *L) {
  nskl_iovec *made = nskl_userdata(L, nskl_upvalue(L), NSKL_IOVEC, sizeof(nskl_iovec), 0);
  nsk_iovec_init(&made->iov);
  made->busy = 0;
  return 1;
}

/* ------------------------------------------------------------- elements -- */

/* While a call sends them, the buffers stay where they are; others may follow, which it
   does not send. False: EBUSY. One of a coroutine that was dropped has ended. */
static bool is_free(lua_State *L, const nskl_iovec *self, const char *op) {
  if (self->busy == 0) return true;
  if (nskl_collect(L, self->head.state) && self->busy == 0) return true;
  nsk_error_because(nskl_spare(L, self->head.state), op, NSK_AWAITED,
                    "the buffers are in use");
  return false;
}

/* What add and addn return: the index of the new element. */
static int added(lua_State *L, nskl_iovec *self, nsk_outcome outcome) {
  if (outcome != NSK_DONE) return nskl_fail(L, self->head.state);
  lua_pushinteger(L, (lua_Integer)self->iov.count);
  return 1;
}

int nskl_iovec_add(lua_State *L) {
  size_t length;
  nskl_iovec *self = self_iovec(L);
  const char *bytes = nskl_bytes(L, 2, &length);
  nskl_still_open(L, self->head.state);
  nsk_error *error = nskl_spare(L, self->head.state);
  return added(L, self, nsk_iovec_add(&self->iov, bytes, length, error));
}

/* An argument that counts bytes. */
static bool not_negative(lua_State *L, nskl_state *st, const char *op,
                         const char *parameter, int64_t value) {
  if (value >= 0) return true;
  nsk_error_argument(nskl_spare(L, st), op, parameter, NSK_NEGATIVE);
  return false;
}

int nskl_iovec_addn(lua_State *L) {
  int bad = 0;
  nskl_iovec *self = self_iovec(L);
  nskl_state *st = self->head.state;
  int64_t n = nskl_integer(L, 2, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  if (!not_negative(L, st, "addn", "n", n)) return nskl_fail(L, st);
  nskl_still_open(L, st);
  nsk_error *error = nskl_spare(L, st);
  return added(L, self, nsk_iovec_add(&self->iov, NULL, nsk_size(n), error));
}

#define NO_ELEMENT SIZE_MAX

/* Elements count from 1 for the user and from 0 in the core; what is no element here
   is none there. */
static size_t element(lua_State *L, int index, int *bad) {
  int64_t i = nskl_integer(L, index, bad);
  return i > 0 ? nsk_size(i - 1) : NO_ELEMENT;
}

static void push_element(lua_State *L, const nsk_iovec *iov, size_t at) {
  if (at < iov->count)
    lua_pushlstring(L, (const char *)iov->pieces[at].base, iov->pieces[at].length);
  else
    lua_pushnil(L);
}

int nskl_iovec_get(lua_State *L) {
  int bad = 0;
  nskl_iovec *self = self_iovec(L);
  size_t at = element(L, 2, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, self->head.state, bad));
  push_element(L, &self->iov, at);
  return 1;
}

int nskl_iovec_set(lua_State *L) {
  int bad = 0;
  size_t length;
  nskl_iovec *self = self_iovec(L);
  nskl_state *st = self->head.state;
  const char *bytes = nskl_bytes(L, 2, &length);
  size_t at = element(L, 3, &bad);
  if (bad) return nskl_fail_false(L, nskl_blame(L, st, bad));
  nskl_still_open(L, st);
  if (!is_free(L, self, "set")) return nskl_fail_false(L, st);
  return nskl_truth(L, st,
                    nsk_iovec_set(&self->iov, at, bytes, length, nskl_spare(L, st)));
}

/* Whether the bytes on top of the stack are still those of the element: making the string
   may have run a finalizer that changed the row. */
static bool is_element(lua_State *L, const nsk_iovec *iov, size_t at) {
  size_t length;
  const char *bytes = lua_tolstring(L, -1, &length);
  if (bytes == NULL || at >= iov->count) return bytes == NULL && at >= iov->count;
  return length == iov->pieces[at].length &&
         memcmp(bytes, iov->pieces[at].base, length) == 0;
}

int nskl_iovec_del(lua_State *L) {
  int bad = 0;
  nskl_iovec *self = self_iovec(L);
  nskl_state *st = self->head.state;
  size_t at = element(L, 2, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  nsk_error *error;
  do {
    lua_settop(L, 2);
    if (!is_free(L, self, "del")) return nskl_fail(L, st);
    push_element(L, &self->iov, at);
    error = nskl_spare(L, st);
  } while (self->busy > 0 || !is_element(L, &self->iov, at));
  if (lua_isnil(L, 3)) at = NO_ELEMENT;
  if (nsk_iovec_del(&self->iov, at, error) == NSK_DONE) return 1;
  return nskl_fail(L, st);
}

/* ----------------------------------------------------- the bytes as one row -- */

int nskl_iovec_bytes(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)self_iovec(L)->iov.bytes);
  return 1;
}

int nskl_iovec_consume(lua_State *L) {
  int bad = 0;
  nskl_iovec *self = self_iovec(L);
  nskl_state *st = self->head.state;
  int64_t n = nskl_integer(L, 2, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  if (!not_negative(L, st, "consume", "n", n) || !is_free(L, self, "consume"))
    return nskl_fail(L, st);
  nsk_iovec_consume(&self->iov, nsk_size(n));
  lua_pushinteger(L, (lua_Integer)self->iov.bytes);
  return 1;
}

/* Offset and n, at index and the one after: the bytes that there are of those that were
   asked for. False with an error to return. */
static bool slice(lua_State *L, nskl_iovec *self, const char *op, int index,
                  size_t *offset, size_t *n) {
  int bad = 0;
  nskl_state *st = self->head.state;
  size_t bytes = self->iov.bytes;
  int64_t from = nskl_integer_or(L, index, 0, &bad);
  int64_t asked = nskl_integer_or(L, index + 1, INT64_MAX, &bad);
  if (bad) {
    nskl_blame(L, st, bad);
    return false;
  }
  if (!not_negative(L, st, op, "offset", from) || !not_negative(L, st, op, "n", asked))
    return false;
  *offset = (uint64_t)from < bytes ? (size_t)from : bytes;
  *n = (uint64_t)asked < bytes - *offset ? (size_t)asked : bytes - *offset;
  return true;
}

/* Bytes of the first element, where a buffer that is used again has them, are copied
   once; others are put together first. Making room may run a finalizer that changes
   the iovec: the copy counts what there is then. */
int nskl_iovec_concat(lua_State *L) {
  size_t offset, n;
  luaL_Buffer buffer;
  nskl_iovec *self = self_iovec(L);
  const nsk_iovec *iov = &self->iov;
  if (!slice(L, self, "concat", 2, &offset, &n)) return nskl_fail(L, self->head.state);
  if (n == 0) {
    lua_pushliteral(L, "");
  } else if (iov->pieces[0].length >= offset + n) {
    lua_pushlstring(L, (const char *)iov->pieces[0].base + offset, n);
  } else {
    char *bytes = luaL_buffinitsize(L, &buffer, n);
    luaL_pushresultsize(&buffer, nsk_iovec_copy(iov, offset, n, bytes));
  }
  return 1;
}

static int iovec_gc(lua_State *L) {
  nskl_iovec *self = nskl_test(L, 1, NSKL_IOVEC, sizeof *self);
  if (self != NULL) nsk_iovec_free(&self->iov);
  return 0;
}

/* The end of a `<close>` variable. What a call sends is left to the finalizer. */
static int iovec_close(lua_State *L) {
  const nskl_iovec *self = nskl_test(L, 1, NSKL_IOVEC, sizeof *self);
  return self != NULL && self->busy == 0 ? iovec_gc(L) : 0;
}

static int iovec_len(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)self_iovec(L)->iov.count);
  return 1;
}

static int iovec_tostring(lua_State *L) {
  const nsk_iovec *iov = &self_iovec(L)->iov;
  lua_pushfstring(L, "net.socket.iovec: %I elements, %I bytes", (LUAI_UACINT)iov->count,
                  (LUAI_UACINT)iov->bytes);
  return 1;
}

void nskl_open_iovec(lua_State *L) {
  static const luaL_Reg methods[] = {{"__gc", iovec_gc},
                                     {"__close", iovec_close},
                                     {"__len", iovec_len},
                                     {"__tostring", iovec_tostring},
                                     {NULL, NULL}};
  nskl_metatable(L, NSKL_IOVEC, methods);
}

/* ------------------------------------------------------- receive and send -- */

/* A finalizer or a hook that ran meanwhile may have closed a file: its descriptor is
   read last. */
static nsk_outcome readv_attempt(lua_State *L, nskl_plain *call, nsk_error *error) {
  nsk_iovec *iov = &((nskl_iovec *)call->object)->iov;
  int checked = 0;
  nskl_settle(call->state);
  if (call->socket != NULL)
    return nsk_socket_readv(&call->socket->socket, iov, call->offset, call->size,
                            call->flags, &call->n, error);
  return nsk_fd_readv(nskl_descriptor(L, 2, &checked), iov, call->offset, call->size,
                      &call->n, error);
}

static int readv_results(lua_State *L, nskl_plain *call, nsk_outcome outcome) {
  if (outcome != NSK_DONE) return nskl_nothing_received(L, call->state, outcome);
  lua_pushinteger(L, (lua_Integer)call->n);
  return 1;
}

static const nskl_method readv_method = NSKL_METHOD(readv, readv_attempt, readv_results);

static nsk_outcome writev_attempt(lua_State *L, nskl_plain *call, nsk_error *error) {
  const nsk_iovec *iov = &((nskl_iovec *)call->object)->iov;
  int checked = 0;
  if (call->socket != NULL)
    return nsk_socket_writev(&call->socket->socket, iov, call->offset, call->size,
                             call->flags, &call->n, error);
  /* What the file has not written yet goes before. */
  nsk_outcome outcome = nskl_flush(L, 2, error);
  if (outcome != NSK_DONE) return outcome;
  return nsk_fd_writev(nskl_descriptor(L, 2, &checked), iov, call->offset, call->size,
                       &call->n, error);
}

static int writev_results(lua_State *L, nskl_plain *call, nsk_outcome outcome) {
  return nskl_sent(L, call->state, outcome, call->n, call->size);
}

static const nskl_method writev_method =
    NSKL_METHOD(writev, writev_attempt, writev_results);

/* Offset and n begin at index 3. `self` is NULL where index 2 is a descriptor of any
   kind, for which no call waits. */
static int move(lua_State *L, const nskl_method *method, const char *op,
                nskl_socket *self, nskl_iovec *iov) {
  nskl_state *st = iov->head.state;
  nskl_plain call = {.method = method, .state = st, .socket = self, .object = iov};
  if (!slice(L, iov, op, 3, &call.offset, &call.size)) return nskl_fail(L, st);
  return nskl_plain_run(L, &call);
}

/* (fd or socket, offset, n): with a socket it is that socket's call, at whose place the
   socket is. */
static int iovec_call(lua_State *L, const nskl_method *method, const char *op) {
  int bad = 0;
  nskl_iovec *self = self_iovec(L);
  nskl_socket *sock = nskl_test(L, 2, NSKL_SOCKET, sizeof *sock);
  if (sock == NULL) {
    nskl_descriptor(L, 2, &bad);
    if (bad) return nskl_fail(L, nskl_blame(L, self->head.state, bad));
  } else {
    lua_pushvalue(L, 2);
    lua_copy(L, 1, 2);
    lua_replace(L, 1);
  }
  return move(L, method, op, sock, self);
}

int nskl_iovec_readv(lua_State *L) {
  return iovec_call(L, &readv_method, "readv");
}

int nskl_iovec_writev(lua_State *L) {
  return iovec_call(L, &writev_method, "writev");
}

/* (iov, offset, n) */
static int socket_call(lua_State *L, const nskl_method *method, const char *op) {
  nskl_socket *self = nskl_self(L);
  nskl_iovec *iov = nskl_object(L, 2, NSKL_IOVEC, sizeof *iov);
  return move(L, method, op, self, iov);
}

int nskl_socket_readv(lua_State *L) {
  return socket_call(L, &readv_method, "readv");
}

int nskl_socket_writev(lua_State *L) {
  return socket_call(L, &writev_method, "writev");
}
