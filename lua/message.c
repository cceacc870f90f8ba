/* Messages: what sendmsg and recvmsg take, and the two. */
#include "objects.h"

#include "args.h"
#include "control.h"
#include "error.h"
#include "io.h"
#include "plain.h"
#include "state.h"

/* The message borrows iov and control, which are kept by these user values. */
enum { IOV = 1, CONTROL, NAME, VALUES = NAME };

typedef struct {
  nskl_head head;
  nsk_message message;
  bool named; /* user value NAME is the object of message.name */
  int socktype, protocol;
} msghdr;

static msghdr *self_msghdr(lua_State *L) {
  return nskl_self_of(L, NSKL_MSGHDR, sizeof(msghdr));
}

int nskl_msghdr_make_new(lua_State *L) {
  nskl_userdata(L, nskl_upvalue(L), NSKL_MSGHDR, sizeof(msghdr), VALUES);
  return 1;
}

/* ------------------------------------------------------------- its parts -- */

/* Makes the argument, or nil, the part that a user value keeps. What goes out next is
   a new message. */
static void set_part(lua_State *L, msghdr *self, int part) {
  lua_pushvalue(L, 2);
  lua_setiuservalue(L, 1, part);
  self->message.control_sent = false;
}

/* A received name becomes an object when it is asked for. */
static void push_name(lua_State *L, msghdr *self) {
  if (self->message.name.length == 0) {
    lua_pushnil(L);
    return;
  }
  if (self->named) {
    lua_getiuservalue(L, 1, NAME);
    return;
  }
  nskl_addrinfo *ai = nskl_new_addrinfo(L, self->head.state);
  if (self->message.name.length == 0 || self->named) { /* a finalizer has set it */
    lua_getiuservalue(L, 1, NAME);
    return;
  }
  ai->info.addr = self->message.name;
  ai->info.socktype = self->socktype;
  ai->info.protocol = self->protocol;
  lua_pushvalue(L, -1);
  lua_setiuservalue(L, 1, NAME);
  self->named = true;
}

int nskl_msghdr_name(lua_State *L) {
  msghdr *self = self_msghdr(L);
  bool set = !lua_isnone(L, 2), given = !lua_isnoneornil(L, 2);
  const nsk_addrinfo *ai = given ? nskl_addrinfo_at(L, 2) : NULL;
  push_name(L, self);
  if (!set) return 1;
  self->message.name.length = 0;
  if (given) self->message.name = ai->addr;
  self->named = true;
  set_part(L, self, NAME);
  return 1;
}

int nskl_msghdr_iov(lua_State *L) {
  msghdr *self = self_msghdr(L);
  bool set = !lua_isnone(L, 2), given = !lua_isnoneornil(L, 2);
  nskl_iovec *iov = given ? nskl_object(L, 2, NSKL_IOVEC, sizeof *iov) : NULL;
  lua_getiuservalue(L, 1, IOV);
  if (!set) return 1;
  self->message.iov = given ? &iov->iov : NULL;
  set_part(L, self, IOV);
  return 1;
}

int nskl_msghdr_control(lua_State *L) {
  msghdr *self = self_msghdr(L);
  bool set = !lua_isnone(L, 2), given = !lua_isnoneornil(L, 2);
  nskl_cmsghdrs *cmsgs = given ? nskl_object(L, 2, NSKL_CMSGHDRS, sizeof *cmsgs) : NULL;
  lua_getiuservalue(L, 1, CONTROL);
  if (!set) return 1;
  self->message.control = given ? &cmsgs->control : NULL;
  set_part(L, self, CONTROL);
  return 1;
}

int nskl_msghdr_control_room(lua_State *L) {
  msghdr *self = self_msghdr(L);
  nskl_state *st = self->head.state;
  int bad = 0;
  bool set = !lua_isnone(L, 2);
  size_t before = nsk_message_room(&self->message);
  int64_t limit = nskl_integer_or(L, 2, NSK_CONTROL_ROOM, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  if (set && nsk_message_limit(&self->message, limit, nskl_spare(L, st)) != NSK_DONE)
    return nskl_fail(L, st);
  lua_pushinteger(L, (lua_Integer)before);
  return 1;
}

int nskl_msghdr_flags(lua_State *L) {
  lua_pushinteger(L, self_msghdr(L)->message.flags);
  return 1;
}

static int msghdr_tostring(lua_State *L) {
  char name[NSK_ADDR_TEXT_MAX + 1] = "";
  const nsk_message *message = &self_msghdr(L)->message;
  size_t length = message->name.length > 0 ? nsk_addr_text(&message->name, name) : 0;
  lua_pushliteral(L, "net.socket.msghdr: name=");
  lua_pushlstring(L, name, length);
  lua_pushfstring(L, " iov=%I control=%I flags=%d",
                  (LUAI_UACINT)(message->iov ? message->iov->bytes : 0),
                  (LUAI_UACINT)(message->control ? message->control->count : 0),
                  message->flags);
  lua_concat(L, 3);
  return 1;
}

void nskl_open_message(lua_State *L) {
  static const luaL_Reg methods[] = {{"__tostring", msghdr_tostring}, {NULL, NULL}};
  nskl_metatable(L, NSKL_MSGHDR, methods);
}

/* ------------------------------------------------------- send and receive -- */

/* The object is what its caller makes of it while the call waits. */
static nsk_outcome sendmsg_attempt(lua_State *L, nskl_plain *call, nsk_error *error) {
  msghdr *mh = call->object;
  (void)L;
  return nsk_socket_sendmsg(&call->socket->socket, &mh->message, call->flags, &call->n,
                            error);
}

static int sendmsg_results(lua_State *L, nskl_plain *call, nsk_outcome outcome) {
  const nsk_message *message = &((const msghdr *)call->object)->message;
  size_t length = message->iov != NULL ? message->iov->bytes : 0;
  return nskl_sent(L, call->state, outcome, call->n, length);
}

static const nskl_method sendmsg_method =
    NSKL_METHOD(sendmsg, sendmsg_attempt, sendmsg_results);

static nsk_outcome recvmsg_attempt(lua_State *L, nskl_plain *call, nsk_error *error) {
  msghdr *mh = call->object;
  (void)L;
  nskl_settle(call->state);
  return nsk_socket_recvmsg(&call->socket->socket, &mh->message, call->flags, &call->n,
                            error);
}

/* Whatever was received replaces the name, whose object is out of date, and what the
   queue of control messages had. */
static int recvmsg_results(lua_State *L, nskl_plain *call, nsk_outcome outcome) {
  msghdr *mh = call->object;
  if (outcome == NSK_DONE || outcome == NSK_END) {
    mh->named = false;
    mh->socktype = call->socket->socket.type;
    mh->protocol = call->socket->socket.protocol;
    lua_getiuservalue(L, 2, CONTROL);
    if (mh->message.control != NULL) nskl_let_go(L, lua_gettop(L));
  }
  if (outcome != NSK_DONE) return nskl_nothing_received(L, call->state, outcome);
  lua_pushinteger(L, (lua_Integer)call->n);
  return 1;
}

static const nskl_method recvmsg_method =
    NSKL_METHOD(recvmsg, recvmsg_attempt, recvmsg_results);

static int message_call(lua_State *L, const nskl_method *method) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  nskl_plain call = {.method = method, .state = st, .socket = self};
  int bad = 0;
  call.object = nskl_object(L, 2, NSKL_MSGHDR, sizeof(msghdr));
  call.flags = nskl_flags(L, 3, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  return nskl_plain_run(L, &call);
}

int nskl_socket_sendmsg(lua_State *L) {
  return message_call(L, &sendmsg_method);
}

int nskl_socket_recvmsg(lua_State *L) {
  return message_call(L, &recvmsg_method);
}
