/* Send and receive: the paths that must be short. */
#include "io.h"

#include "address.h"
#include "args.h"
#include "error.h"
#include "poller.h"
#include "state.h"

/* ------------------------------------------------------------------ send -- */

int nskl_sent_nothing(lua_State *L, nskl_state *st, nsk_outcome outcome) {
  switch (outcome) {
    case NSK_AGAIN:
      return nskl_sent_count(L, 0, 1);
    case NSK_INTERRUPTED: /* a hook raised */
      return lua_error(L);
    case NSK_DONE:
    case NSK_END:
    case NSK_TIMEOUT:
    case NSK_FAILED:
      break;
  }
  return nskl_fail(L, st);
}

/* What a send comes to that was not done at the first try. */
static int send_less(lua_State *L, nskl_socket *self, int flags, nsk_outcome outcome) {
  nskl_state *st = self->head.state;
  size_t length, n = 0;
  const char *bytes = lua_tolstring(L, 2, &length);
  while (outcome == NSK_INTERRUPTED && nskl_interrupted(L, st))
    outcome = nsk_socket_send(&self->socket, bytes, length, flags, &n, nskl_spare(L, st));
  return nskl_sent(L, st, outcome, n, length);
}

static inline int send_flags(lua_State *L, nskl_socket *self, int flags) {
  nskl_state *st = self->head.state;
  size_t length, n;
  const char *bytes = nskl_bytes(L, 2, &length);
  nsk_outcome outcome =
      nsk_socket_send(&self->socket, bytes, length, flags, &n, nskl_spare(L, st));
  if (outcome == NSK_DONE) return nskl_sent_count(L, n, length);
  return send_less(L, self, flags, outcome);
}

static int send_with_flags(lua_State *L, nskl_socket *self) {
  size_t length;
  int bad = 0;
  nskl_bytes(L, 2, &length);
  int flags = nskl_flags(L, 3, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, self->head.state, bad));
  return send_flags(L, self, flags);
}

int nskl_socket_send(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  if (lua_gettop(L) > 2) return send_with_flags(L, self);
  return send_flags(L, self, 0);
}

int nskl_socket_write(lua_State *L) {
  return send_flags(L, nskl_self(L), 0);
}

int nskl_socket_sendto(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  size_t length, n;
  int bad = 0;
  nsk_outcome outcome;
  const char *bytes = nskl_bytes(L, 2, &length);
  const nsk_addrinfo *to = nskl_addrinfo_at(L, 3);
  int flags = nskl_flags(L, 4, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  do
    outcome = nsk_socket_sendto(&self->socket, bytes, length, &to->addr, flags, &n,
                                nskl_spare(L, st));
  while (outcome == NSK_INTERRUPTED && nskl_interrupted(L, st));
  if (outcome == NSK_DONE) return nskl_sent_count(L, n, length);
  return nskl_sent(L, st, outcome, n, length);
}

/* --------------------------------------------------------------- receive -- */

/* Pushes the n bytes of the scratch. Making the string may raise a memory error, and they
   are in hand then. Once it is made it may set off finalizers, and one that receives has
   the bytes returned to their socket, ahead of this call: the answer is false. Bytes that
   were only looked at are in the kernel still. */
static inline bool push_received(lua_State *L, nskl_socket *self, size_t n, bool peeked) {
  nskl_state *st = self->head.state;
  size_t returned = st->in_hand.returned;
  if (peeked) {
    lua_pushlstring(L, (const char *)st->scratch->data, n);
    return true;
  }
  st->in_hand.socket = self;
  st->in_hand.length = n;
  lua_pushlstring(L, (const char *)st->scratch->data, n);
  if (st->in_hand.returned != returned) {
    lua_pop(L, 1);
    return false;
  }
  st->in_hand.socket = NULL;
  return true;
}

int nskl_nothing_received(lua_State *L, nskl_state *st, nsk_outcome outcome) {
  switch (outcome) {
    case NSK_END:
      return 0;
    case NSK_AGAIN:
      return nskl_again(L);
    case NSK_INTERRUPTED: /* a hook raised */
      return lua_error(L);
    case NSK_DONE:
    case NSK_TIMEOUT:
    case NSK_FAILED:
      break;
  }
  return nskl_fail(L, st);
}

static inline nsk_outcome receive(lua_State *L, nskl_socket *self, size_t size,
                                  int flags) {
  nskl_state *st = self->head.state;
  size_t n;
  nsk_error *error = nskl_spare(L, st);
  nsk_buffer *buffer = nskl_scratch(L, st, size);
  nsk_outcome outcome =
      nsk_socket_recv(&self->socket, buffer->data, size, flags, &n, error);
  if (outcome != NSK_DONE) return outcome;
  buffer->from.length = 0;
  return push_received(L, self, n, (flags & nsk_peek) != 0) ? NSK_DONE : NSK_INTERRUPTED;
}

static int received_less(lua_State *L, nskl_socket *self, size_t size, int flags,
                         nsk_outcome outcome) {
  nskl_state *st = self->head.state;
  while (outcome == NSK_INTERRUPTED && nskl_interrupted(L, st))
    outcome = receive(L, self, size, flags);
  return outcome == NSK_DONE ? 1 : nskl_nothing_received(L, st, outcome);
}

static inline int recv_flags(lua_State *L, nskl_socket *self, size_t size, int flags) {
  nsk_outcome outcome = receive(L, self, size, flags);
  return outcome == NSK_DONE ? 1 : received_less(L, self, size, flags, outcome);
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
  return recv_flags(L, self, size, flags);
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
  if (top > 2 || size == 0) return recv_with_args(L, self);
  return recv_flags(L, self, size, 0);
}

int nskl_socket_read(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  size_t size = lua_gettop(L) == 1 ? nsk_receive_default(&self->socket) : plain_size(L);
  if (size != 0) return recv_flags(L, self, size, 0);
  lua_settop(L, 2);
  return recv_with_args(L, self);
}

int nskl_socket_recvfrom(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  size_t size, n;
  int flags;
  nsk_outcome outcome;
  if (!receive_args(L, self, &size, &flags)) return nskl_fail(L, st);
  nskl_addrinfo *ai = nskl_new_addrinfo(L, st);
  int at = lua_gettop(L);
  do {
    nsk_error *error = nskl_spare(L, st);
    nsk_buffer *buffer = nskl_scratch(L, st, size);
    outcome = nsk_socket_recvfrom(&self->socket, buffer->data, size, flags, &n,
                                  &buffer->from, error);
    if (outcome == NSK_DONE) {
      ai->info.addr = buffer->from;
      if (push_received(L, self, n, (flags & nsk_peek) != 0)) break;
      outcome = NSK_INTERRUPTED;
    }
  } while (outcome == NSK_INTERRUPTED && nskl_interrupted(L, st));
  if (outcome != NSK_DONE || ai->info.addr.length == 0) {
    nskl_spare_addrinfo(L, st, at);
    return outcome == NSK_DONE ? 1 : nskl_nothing_received(L, st, outcome);
  }
  ai->info.socktype = self->socket.type;
  ai->info.protocol = self->socket.protocol;
  lua_pushnil(L);
  lua_pushnil(L);
  lua_pushvalue(L, at);
  return 4;
}
