/* Many packets in one call. */
#include "args.h"
#include "error.h"
#include "io.h"
#include "objects.h"
#include "plain.h"
#include "state.h"

#include <stdio.h>
#include <string.h>

static _Noreturn void bad_element(lua_State *L, int index, size_t i, const char *wanted) {
  char field[24];
  snprintf(field, sizeof field, "%zu", i);
  nskl_bad_field(L, index, field, wanted);
}

/* -------------------------------------------------------------------- sending -- */

/* Neither looking into a table nor at a string takes memory, so nothing runs that could
   change either before the call is made. */
static void take_packets(lua_State *L, nsk_piece *packets, size_t from, size_t count) {
  for (size_t i = from; i < count; i++) {
    if (lua_rawgeti(L, 2, (lua_Integer)i + 1) != LUA_TSTRING)
      bad_element(L, 2, i + 1, "string");
    packets[i].base =
        (unsigned char *)(uintptr_t)lua_tolstring(L, -1, &packets[i].length);
    lua_pop(L, 1);
  }
}

static void take_addresses(lua_State *L, const nsk_addr **to, size_t from, size_t count) {
  for (size_t i = from; i < count; i++) {
    lua_rawgeti(L, 3, (lua_Integer)i + 1);
    const nskl_addrinfo *ai = nskl_test(L, -1, NSKL_ADDRINFO, sizeof *ai);
    if (ai == NULL) bad_element(L, 3, i + 1, nskl_kind_name(NSKL_ADDRINFO));
    to[i] = &ai->info.addr;
    lua_pop(L, 1);
  }
}

/* The rows are in the scratch, which a hook may have used since. */
static void take(lua_State *L, nskl_state *st, nsk_sending *m) {
  const size_t each = sizeof(nsk_piece) + sizeof(nsk_addr *), spare = sizeof(nsk_piece);
  nsk_buffer *buffer = nskl_scratch(L, st, m->count * each + spare);
  uintptr_t begin = ((uintptr_t)buffer->data + spare - 1) / spare * spare;
  nsk_piece *packets = (nsk_piece *)begin;
  const nsk_addr **to = (const nsk_addr **)(packets + m->count);
  take_packets(L, packets, m->done, m->count);
  if (m->to_one)
    to[0] = &nskl_addrinfo_at(L, 3)->addr;
  else if (lua_istable(L, 3))
    take_addresses(L, to, m->done, m->count);
  m->packets = packets;
  m->to = lua_isnoneornil(L, 3) ? NULL : to;
}

static nsk_outcome send_attempt(lua_State *L, nskl_plain *call, nsk_error *error) {
  nsk_sending m = {.count = call->size,
                   .done = call->n,
                   .to_one = call->about != NULL,
                   .all = call->all};
  take(L, call->state, &m);
  nsk_outcome outcome =
      nsk_socket_sendmany(&call->socket->socket, &m, call->flags, error);
  call->n = m.done;
  return outcome;
}

static int send_results(lua_State *L, nskl_plain *call, nsk_outcome outcome) {
  if (outcome == NSK_AGAIN && call->n > 0) outcome = NSK_DONE;
  return nskl_sent(L, call->state, outcome, call->n, call->size);
}

static const nskl_method send_method = NSKL_METHOD(sendmany, send_attempt, send_results);

int nskl_socket_sendmany(lua_State *L) {
  int bad = 0;
  nskl_socket *self = nskl_self(L);
  nskl_plain call = {.method = &send_method, .state = self->head.state, .socket = self};
  if (!lua_istable(L, 2)) nskl_bad_type(L, 2, "table");
  bool each = lua_istable(L, 3);
  if (!each && !lua_isnoneornil(L, 3)) call.about = &nskl_addrinfo_at(L, 3)->addr;
  call.flags = nskl_flags(L, 4, &bad);
  call.all = nsk_socket_blocking(&self->socket) && (call.flags & nsk_dontwait) == 0;
  call.size = (size_t)lua_rawlen(L, 2);
  if (bad) return nskl_fail(L, nskl_blame(L, call.state, bad));
  if (!each || lua_rawlen(L, 3) == call.size) return nskl_plain_run(L, &call);
  nsk_error_argument(nskl_spare(L, call.state), "sendmany", "to", NSK_NOT_AS_MANY);
  return nskl_fail(L, call.state);
}

/* ------------------------------------------------------------------ receiving -- */

typedef struct {
  nskl_socket *socket;
  nsk_batch *batch;
} delivery;

/* Where the arguments are in deliver. */
enum { MESSAGES = 2, SENDERS, CUT };

/* The string that is there already is taken where it is the same. */
static void set_message(lua_State *L, lua_Integer at, const nsk_packet *packet) {
  size_t length = 0;
  const char *old = NULL;
  if (lua_rawgeti(L, MESSAGES, at) == LUA_TSTRING) old = lua_tolstring(L, -1, &length);
  if (old == NULL || length != packet->length ||
      memcmp(old, packet->bytes, length) != 0) {
    lua_pushlstring(L, (const char *)packet->bytes, packet->length);
    lua_rawseti(L, MESSAGES, at);
  }
  lua_pop(L, 1);
}

/* The object that is there already, or a new one. */
static void push_new_sender(lua_State *L, const delivery *d, lua_Integer at,
                            const nsk_packet *packet) {
  const nsk_socket *s = &d->socket->socket;
  lua_rawgeti(L, SENDERS, at);
  const nskl_addrinfo *old = nskl_test(L, -1, NSKL_ADDRINFO, sizeof *old);
  bool stays = old != NULL && old->info.socktype == s->type &&
               old->info.protocol == s->protocol &&
               nsk_addr_equal(&old->info.addr, packet->from);
  if (stays) return;
  nskl_new_addrinfo(L, d->socket->head.state)->info =
      (nsk_addrinfo){*packet->from, s->type, s->protocol};
  lua_replace(L, -2);
}

/* The sender of the message, or none: mostly that of an earlier one. */
static void set_sender(lua_State *L, const delivery *d, lua_Integer at,
                       const nsk_packet *packet) {
  if (packet->from->length == 0)
    lua_pushnil(L);
  else if (packet->same + 1 < (size_t)at)
    lua_rawgeti(L, SENDERS, (lua_Integer)packet->same + 1);
  else
    push_new_sender(L, d, at, packet);
  lua_rawseti(L, SENDERS, at);
}

static void mark_as_cut(lua_State *L, lua_Integer at) {
  if (lua_isnil(L, CUT)) {
    lua_newtable(L);
    lua_replace(L, CUT);
  }
  lua_pushboolean(L, 1);
  lua_rawseti(L, CUT, at);
}

static void make_table(lua_State *L, int index, int count) {
  if (!lua_isnil(L, index)) return;
  lua_createtable(L, count, 0);
  lua_replace(L, index);
}

/* What a table that is used again has from an earlier, longer batch. Its length says less
   where it has holes: a sender without an address is one. */
static void clear_after(lua_State *L, int index, lua_Integer last) {
  lua_pushnil(L);
  while (lua_next(L, index) != 0) {
    lua_pop(L, 1);
    if (!lua_isinteger(L, -1) || lua_tointeger(L, -1) <= last) continue;
    lua_pushvalue(L, -1);
    lua_pushnil(L);
    lua_rawset(L, index);
  }
}

/* Called protected: messages and senders, and, where a message was cut, a table that says
   so of its index. */
static int deliver(lua_State *L) {
  const delivery *d = lua_touserdata(L, 1);
  nsk_batch_place place = {.slot = 0};
  nsk_packet packet;
  lua_Integer at = 0;
  bool messages = lua_istable(L, MESSAGES), senders = lua_istable(L, SENDERS);
  make_table(L, MESSAGES, (int)d->batch->packets);
  make_table(L, SENDERS, (int)d->batch->packets);
  lua_pushnil(L);
  while (nsk_batch_next(d->batch, &place, &packet)) {
    set_message(L, ++at, &packet);
    set_sender(L, d, at, &packet);
    if (packet.cut) mark_as_cut(L, at);
  }
  if (messages) clear_after(L, MESSAGES, at);
  if (senders) clear_after(L, SENDERS, at);
  return 3;
}

static void give_back(nskl_state *st, nsk_batch *batch) {
  if (st->batch == NULL && !st->closed)
    st->batch = batch;
  else
    nsk_batch_free(batch);
}

/* What cannot be made into strings is the socket's again, and so is, until the slot of an
   operation has ended, what its caller has not got. */
static void received(lua_State *L, nskl_plain *call) {
  nskl_state *st = call->state;
  delivery d = {call->socket, st->batch};
  st->batch = NULL;
  lua_pushcfunction(L, deliver);
  lua_pushlightuserdata(L, &d);
  lua_pushvalue(L, 4);
  lua_pushvalue(L, 5);
  int status = lua_pcall(L, 3, 3, 0);
  if (status != LUA_OK) nsk_batch_put_back(&call->socket->socket, d.batch);
  if (status == LUA_OK && call->waits)
    call->object = d.batch;
  else
    give_back(st, d.batch);
  if (status != LUA_OK) lua_error(L);
}

static nsk_outcome receive_attempt(lua_State *L, nskl_plain *call, nsk_error *error) {
  nskl_state *st = call->state;
  nsk_socket *s = &call->socket->socket;
  if (!nsk_batch_reserve(&st->batch, s, call->n, call->size)) nskl_raise_memory(L);
  nsk_outcome outcome = nsk_socket_recvmany(s, st->batch, call->n, 0, error);
  if (outcome == NSK_DONE) received(L, call);
  return outcome;
}

/* Messages, senders and marks are on the stack. */
static int receive_results(lua_State *L, nskl_plain *call, nsk_outcome outcome) {
  if (outcome != NSK_DONE) return nskl_nothing_received(L, call->state, outcome);
  lua_pushnil(L);
  lua_pushnil(L);
  lua_rotate(L, -4, 2);
  return 5;
}

static void receive_end(nskl_plain *call, bool delivered) {
  nsk_batch *batch = call->object;
  if (!delivered && !call->state->closed)
    nsk_batch_put_back(&call->socket->socket, batch);
  give_back(call->state, batch);
}

static const nskl_method receive_method =
    NSKL_METHOD(recvmany, receive_attempt, receive_results, .end = receive_end);

int nskl_socket_recvmany(lua_State *L) {
  int bad = 0;
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  nskl_plain call = {.method = &receive_method, .state = st, .socket = self};
  int64_t most = nskl_integer_or(L, 2, 64, &bad);
  int64_t asked = nskl_integer_or(L, 3, 65536, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  if (nsk_many_size(most, &call.n, nskl_spare(L, st)) != NSK_DONE ||
      nsk_receive_size(asked, "recvmany", &call.size, nskl_spare(L, st)) != NSK_DONE)
    return nskl_fail(L, st);
  for (int i = 4; i <= 5; i++)
    if (!lua_isnoneornil(L, i) && !lua_istable(L, i)) nskl_bad_type(L, i, "table");
  nskl_still_open(L, st);
  lua_settop(L, 5);
  luaL_checkstack(L, 8, NULL);
  nskl_settle(st);
  return nskl_plain_run(L, &call);
}
