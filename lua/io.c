/* Send and receive: the paths that must be short. */
#include "io.h"

#include "args.h"
#include "error.h"
#include "objects.h"
#include "plain.h"
#include "state.h"

/* ------------------------------------------------------------------ send -- */

int nskl_sent_nothing(lua_State *L, nskl_state *st, nsk_outcome outcome) {
  switch (outcome) {
    case NSK_AGAIN:
      return nskl_sent_count(L, 0, 1);
    case NSK_TIMEOUT:
      return nskl_fail_timeout(L, st);
    case NSK_DONE:
    case NSK_END:
    case NSK_INTERRUPTED:
    case NSK_FAILED:
      break;
  }
  return nskl_fail(L, st);
}

static nsk_outcome send_attempt(lua_State *L, nskl_plain *call, nsk_error *error) {
  const char *bytes = lua_tolstring(L, 2, &call->size);
  return nsk_socket_send(&call->socket->socket, bytes, call->size, call->flags, &call->n,
                         error);
}

static int send_results(lua_State *L, nskl_plain *call, nsk_outcome outcome) {
  return nskl_sent(L, call->state, outcome, call->n, call->size);
}

static const nskl_method send_method = NSKL_METHOD(send, send_attempt, send_results);

/* What a send comes to that was not done at the first try. */
static int send_less(lua_State *L, nskl_socket *self, const nskl_method *method,
                     const nsk_addr *to, int flags, int64_t began, nsk_outcome outcome) {
  nskl_plain call = {.method = method,
                     .state = self->head.state,
                     .socket = self,
                     .about = to,
                     .flags = flags,
                     .began = began};
  return nskl_plain_after(L, &call, outcome);
}

static inline int send_flags(lua_State *L, nskl_socket *self, int flags, int64_t began) {
  nskl_state *st = self->head.state;
  size_t length, n;
  const char *bytes = nskl_bytes(L, 2, &length);
  nsk_outcome outcome =
      nsk_socket_send(&self->socket, bytes, length, flags, &n, nskl_spare(L, st));
  if (outcome == NSK_DONE) return nskl_sent_count(L, n, length);
  return send_less(L, self, &send_method, NULL, flags, began, outcome);
}

static int send_with_flags(lua_State *L, nskl_socket *self) {
  size_t length;
  int bad = 0;
  nskl_bytes(L, 2, &length);
  int flags = nskl_flags(L, 3, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, self->head.state, bad));
  return send_flags(L, self, flags, nskl_plain_begins(&self->socket));
}

int nskl_socket_send(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  if (lua_gettop(L) > 2 || nsk_socket_blocking(&self->socket))
    return send_with_flags(L, self);
  return send_flags(L, self, 0, 0);
}

int nskl_socket_write(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  return send_flags(L, self, 0, nskl_plain_begins(&self->socket));
}

/* A part of the string, which stays where it is. */
static nsk_outcome part_attempt(lua_State *L, nskl_plain *call, nsk_error *error) {
  const char *bytes = lua_tostring(L, 2) + call->offset;
  return nsk_socket_send(&call->socket->socket, bytes, call->size, call->flags, &call->n,
                         error);
}

static const nskl_method part_method = NSKL_METHOD(send, part_attempt, send_results);

/* A place as string.sub counts it: from 1, or from the end where it is below 0. */
static int64_t place(int64_t at, size_t length) {
  return at < 0 ? at + (int64_t)length + 1 : at;
}

/* (sock, msg, first, last): for layers over a socket, which wait by themselves. */
int nskl_poller_sendpart(lua_State *L) {
  int bad = 0;
  size_t length;
  nskl_socket *self = nskl_object(L, 1, NSKL_SOCKET, sizeof *self);
  nskl_bytes(L, 2, &length);
  int64_t first = place(nskl_integer_or(L, 3, 1, &bad), length);
  int64_t last = place(nskl_integer_or(L, 4, -1, &bad), length);
  nskl_state *st = self->head.state;
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  if (first < 1) first = 1;
  if (last > (int64_t)length) last = (int64_t)length;
  nskl_plain call = {.method = &part_method,
                     .state = st,
                     .socket = self,
                     .flags = nsk_dontwait,
                     .offset = last < first ? 0 : (size_t)first - 1,
                     .size = last < first ? 0 : (size_t)(last - first) + 1};
  return nskl_plain_run(L, &call);
}

static nsk_outcome sendto_attempt(lua_State *L, nskl_plain *call, nsk_error *error) {
  const char *bytes = lua_tolstring(L, 2, &call->size);
  return nsk_socket_sendto(&call->socket->socket, bytes, call->size, call->about,
                           call->flags, &call->n, error);
}

static const nskl_method sendto_method =
    NSKL_METHOD(sendto, sendto_attempt, send_results);

int nskl_socket_sendto(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  int bad = 0;
  size_t length, n;
  const char *bytes = nskl_bytes(L, 2, &length);
  const nsk_addr *to = &nskl_addrinfo_at(L, 3)->addr;
  int flags = nskl_flags(L, 4, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  int64_t began = nskl_plain_begins(&self->socket);
  nsk_outcome outcome =
      nsk_socket_sendto(&self->socket, bytes, length, to, flags, &n, nskl_spare(L, st));
  if (outcome == NSK_DONE) return nskl_sent_count(L, n, length);
  return send_less(L, self, &sendto_method, to, flags, began, outcome);
}

/* --------------------------------------------------------------- receive -- */

/* Bytes that were only looked at are in the kernel still. */
static inline bool push_received(lua_State *L, nskl_socket *self, size_t n, bool peeked) {
  if (!peeked) return nskl_push_received(L, self, n);
  lua_pushlstring(L, (const char *)self->head.state->scratch->data, n);
  return true;
}

int nskl_nothing_received(lua_State *L, nskl_state *st, nsk_outcome outcome) {
  switch (outcome) {
    case NSK_END:
      return 0;
    case NSK_AGAIN:
      return nskl_again(L);
    case NSK_TIMEOUT:
      return nskl_fail_timeout(L, st);
    case NSK_DONE:
    case NSK_INTERRUPTED:
    case NSK_FAILED:
      break;
  }
  return nskl_fail(L, st);
}

static inline nsk_outcome receive_bytes(lua_State *L, nskl_socket *self, size_t size,
                                        int flags, size_t *n) {
  nskl_state *st = self->head.state;
  nsk_error *error = nskl_spare(L, st);
  nsk_buffer *buffer = nskl_scratch(L, st, size);
  nsk_outcome outcome =
      nsk_socket_recv(&self->socket, buffer->data, size, flags, n, error);
  if (outcome != NSK_DONE) return outcome;
  buffer->from.length = 0;
  return push_received(L, self, *n, (flags & nsk_peek) != 0) ? NSK_DONE : NSK_INTERRUPTED;
}

static nsk_outcome recv_attempt(lua_State *L, nskl_plain *call, nsk_error *error) {
  (void)error; /* there is no other */
  return receive_bytes(L, call->socket, call->size, call->flags, &call->n);
}

/* Until the slot of an operation has ended the bytes are pending: a hook may run before
   it has, which may raise, and whose own receives need the scratch. */
static void keep_pending(nskl_plain *call) {
  nskl_state *st = call->state;
  nsk_buffer *buffer = st->scratch;
  if (!call->waits || (call->flags & nsk_peek) != 0) return;
  st->scratch = NULL;
  call->object = buffer;
  nsk_socket_put_back(&call->socket->socket, buffer, call->n, &buffer->from);
}

static void end_pending(nskl_plain *call, bool delivered) {
  nskl_state *st = call->state;
  nsk_socket *s = &call->socket->socket;
  if (!delivered || call->object == NULL || st->closed) return;
  nsk_buffer *buffer = nsk_socket_take_back(s, call->object, call->n);
  if (st->scratch == NULL)
    st->scratch = buffer;
  else
    nsk_buffer_free(buffer);
}

static int recv_results(lua_State *L, nskl_plain *call, nsk_outcome outcome) {
  if (outcome != NSK_DONE) return nskl_nothing_received(L, call->state, outcome);
  keep_pending(call);
  return 1;
}

static const nskl_method recv_method =
    NSKL_METHOD(recv, recv_attempt, recv_results, .end = end_pending);

static int received_less(lua_State *L, nskl_socket *self, size_t size, int flags,
                         int64_t began, nsk_outcome outcome) {
  nskl_plain call = {.method = &recv_method,
                     .state = self->head.state,
                     .socket = self,
                     .size = size,
                     .flags = flags,
                     .began = began};
  return nskl_plain_after(L, &call, outcome);
}

static inline int recv_flags(lua_State *L, nskl_socket *self, size_t size, int flags,
                             int64_t began) {
  size_t n;
  nsk_outcome outcome = receive_bytes(L, self, size, flags, &n);
  return outcome == NSK_DONE ? 1 : received_less(L, self, size, flags, began, outcome);
}

/* Bufsize and flags, which begin at index 2; false with an error to return. */
static bool receive_args(lua_State *L, nskl_socket *self, size_t *size, int *flags) {
  nskl_state *st = self->head.state;
  int bad = 0;
  int64_t asked =
      nskl_integer_or(L, 2, (int64_t)nsk_receive_default(&self->socket), &bad);
  *flags = nskl_flags(L, 3, &bad);
  if (bad) {
    nskl_blame(L, st, bad);
    return false;
  }
  return nsk_receive_size(asked, "recv", size, nskl_spare(L, st)) == NSK_DONE;
}

static int recv_with_args(lua_State *L, nskl_socket *self) {
  size_t size;
  int flags;
  if (!receive_args(L, self, &size, &flags)) return nskl_fail(L, self->head.state);
  return recv_flags(L, self, size, flags, nskl_plain_begins(&self->socket));
}

/* An integer bufsize that fits is what nearly every receive has; 0 for another. */
static inline size_t plain_size(lua_State *L) {
  lua_Integer size = lua_tointegerx(L, 2, NULL);
  if (size < 1 || size > NSKL_SCRATCH_REUSED) return 0;
  return lua_type(L, 2) == LUA_TNUMBER ? (size_t)size : 0;
}

int nskl_socket_recv(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  int top = lua_gettop(L);
  size_t size = top == 1 ? nsk_receive_default(&self->socket) : plain_size(L);
  if (top > 2 || size == 0 || nsk_socket_blocking(&self->socket))
    return recv_with_args(L, self);
  return recv_flags(L, self, size, 0, 0);
}

int nskl_socket_read(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  size_t size = lua_gettop(L) == 1 ? nsk_receive_default(&self->socket) : plain_size(L);
  if (size != 0) return recv_flags(L, self, size, 0, nskl_plain_begins(&self->socket));
  lua_settop(L, 2);
  return recv_with_args(L, self);
}

static inline nsk_outcome receive_from(lua_State *L, nskl_socket *self, size_t size,
                                       int flags, nskl_addrinfo *ai, size_t *n) {
  nskl_state *st = self->head.state;
  nsk_error *error = nskl_spare(L, st);
  nsk_buffer *buffer = nskl_scratch(L, st, size);
  nsk_outcome outcome = nsk_socket_recvfrom(&self->socket, buffer->data, size, flags, n,
                                            &buffer->from, error);
  if (outcome != NSK_DONE) return outcome;
  ai->info.addr = buffer->from;
  return push_received(L, self, *n, (flags & nsk_peek) != 0) ? NSK_DONE : NSK_INTERRUPTED;
}

/* The bytes are on the stack, and at ai_at where they came from. */
static inline int received_from(lua_State *L, nskl_socket *self, nskl_addrinfo *ai,
                                int ai_at) {
  if (ai->info.addr.length == 0) {
    nskl_spare_addrinfo(L, self->head.state, ai_at);
    return 1;
  }
  ai->info.socktype = self->socket.type;
  ai->info.protocol = self->socket.protocol;
  lua_pushnil(L);
  lua_pushnil(L);
  lua_pushvalue(L, ai_at);
  return 4;
}

static nsk_outcome recvfrom_attempt(lua_State *L, nskl_plain *call, nsk_error *error) {
  (void)error; /* there is no other */
  nskl_addrinfo *ai = lua_touserdata(L, call->ai_at);
  return receive_from(L, call->socket, call->size, call->flags, ai, &call->n);
}

static int recvfrom_results(lua_State *L, nskl_plain *call, nsk_outcome outcome) {
  if (outcome == NSK_DONE) {
    keep_pending(call);
    return received_from(L, call->socket, lua_touserdata(L, call->ai_at), call->ai_at);
  }
  nskl_spare_addrinfo(L, call->state, call->ai_at);
  return nskl_nothing_received(L, call->state, outcome);
}

static const nskl_method recvfrom_method =
    NSKL_METHOD(recvfrom, recvfrom_attempt, recvfrom_results, .end = end_pending);

static int recvfrom_less(lua_State *L, nskl_socket *self, size_t size, int flags,
                         int ai_at, int64_t began, nsk_outcome outcome) {
  nskl_plain call = {.method = &recvfrom_method,
                     .state = self->head.state,
                     .socket = self,
                     .size = size,
                     .flags = flags,
                     .began = began,
                     .ai_at = ai_at};
  return nskl_plain_after(L, &call, outcome);
}

int nskl_socket_recvfrom(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  size_t size, n;
  int flags;
  if (!receive_args(L, self, &size, &flags)) return nskl_fail(L, st);
  nskl_addrinfo *ai = nskl_new_addrinfo(L, st);
  int ai_at = lua_gettop(L);
  int64_t began = nskl_plain_begins(&self->socket);
  nsk_outcome outcome = receive_from(L, self, size, flags, ai, &n);
  if (outcome == NSK_DONE) return received_from(L, self, ai, ai_at);
  return recvfrom_less(L, self, size, flags, ai_at, began, outcome);
}
