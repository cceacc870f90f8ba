/* The loop that waits for every call which may have to. */
#include "wait_loop.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "poller.h"
#include "state.h"

/* User value 1 keeps the socket; what else it uses is kept by the kind of call. */
enum { VALUES = 2 };

/* What a poller may use of the stack before it looks at what it is told of. */
enum { ROOM = 3 * LUA_MINSTACK };

typedef struct {
  nskl_head head;
  nskl_operation *operation;
} holder;

/* ------------------------------------------------------------------- waiters -- */

/* The socket's bit for a waiter in this direction. */
static uint8_t direction(nsk_need need) {
  return need == NSK_WRITE || need == NSK_WRITE_URGENT ? 2 : 1;
}

/* A child of a fork has copies of its parent's waits, of which its scheduler must hear
   nothing: what it registers with is shared. */
static bool waits_here(const nskl_operation *operation) {
  return operation->waiting && operation->maker == nsk_fork_generation();
}

/* Of a closed socket nothing is: its call says so. */
static bool awaited(nskl_socket *socket, uint8_t bit) {
  if ((socket->waiting & bit) == 0 || socket->socket.fd < 0) return false;
  const nskl_operation *operation = socket->head.state->operations;
  for (; operation != NULL; operation = operation->next)
    if (operation->socket == socket && operation->direction == bit &&
        waits_here(operation))
      return true;
  socket->waiting &= (uint8_t)~bit;
  return false;
}

bool nskl_refused(lua_State *L, nskl_socket *socket, nsk_need need, const char *op) {
  nskl_state *st = socket->head.state;
  uint8_t bit = direction(need);
  if (!awaited(socket, bit)) return false;
  if (nskl_collect(L, st) && !awaited(socket, bit)) return false;
  nsk_error_because(nskl_spare(L, st), op, NSK_AWAITED, NULL);
  return true;
}

/* Which process this is, of those that forks have made; never 0. */
static uint8_t this_process(void) {
  return (uint8_t)(nsk_fork_generation() % UINT8_MAX + 1);
}

/* Whether the poller is told before the descriptor is closed: it is a socket's. */
static bool lasts(const nskl_operation *operation, const nskl_socket *socket) {
  return operation->state->poller_cancels && socket->socket.fd == operation->interest.fd;
}

/* NSK_DONE: there is nothing to wait for any more, or other code has run. */
static nsk_outcome start_waiting(lua_State *L, nskl_operation *operation) {
  nskl_socket *socket = operation->socket;
  nsk_need need = operation->interest.need;
  if (socket != NULL && (socket->waiting & direction(need)) != 0)
    return nskl_refused(L, socket, need, operation->work->name) ? NSK_FAILED : NSK_DONE;
  nsk_outcome outcome =
      nsk_wait_by_one(&operation->interest, nskl_spare(L, operation->state));
  if (nskl_reclaim(L, operation->state, outcome)) return NSK_DONE;
  if (outcome != NSK_AGAIN) return outcome;
  /* A stack that grows when the poller is called collects garbage first, and a finalizer
     may close the socket: then, the poller would not know yet what it waits for. */
  lua_checkstack(L, ROOM);
  operation->direction = direction(need);
  if (socket != NULL) socket->waiting |= operation->direction;
  if (operation->work->watches != NULL) operation->state->watchers++;
  operation->waiting = true;
  operation->maker = nsk_fork_generation();
  operation->lasts = socket != NULL && lasts(operation, socket);
  if (socket == NULL || !operation->lasts) return NSK_AGAIN;
  operation->known = socket->kept == this_process();
  socket->kept = this_process();
  return NSK_AGAIN;
}

static void stop_waiting(nskl_operation *operation) {
  if (!operation->waiting) return;
  bool here = waits_here(operation);
  operation->waiting = false;
  if (operation->work->watches != NULL) operation->state->watchers--;
  if (operation->socket != NULL && here)
    operation->socket->waiting &= (uint8_t)~operation->direction;
}

/* ended: for which direction of the descriptor a coroutine has been ended that waited. */
static void wake(lua_State *L, nskl_state *st, int fd, const char *ended) {
  nskl_slot_get(L, st, NSKL_CANCEL);
  lua_pushinteger(L, fd);
  lua_pushstring(L, ended);
  lua_pushinteger(L, ++st->told);
  if (lua_pcall(L, 3, 0, 0) == LUA_OK) return;
  bool words = lua_type(L, -1) == LUA_TSTRING;
  lua_warning(L, "net.socket: error in the poller's cancel (", 1);
  lua_warning(L, words ? lua_tostring(L, -1) : luaL_typename(L, -1), 1);
  lua_warning(L, ")", 0);
  lua_pop(L, 1);
}

static nskl_operation *next_waiter(nskl_state *st, const nskl_socket *self) {
  nskl_operation *operation = st->operations;
  for (; operation != NULL; operation = operation->next) {
    if (!waits_here(operation) || operation->cancelled) continue;
    if (operation->socket == self) break;
    bool many = operation->work->watches != NULL;
    if (many && operation->work->watches(operation, self)) break;
  }
  return operation;
}

/* The poller's function may do whatever it likes, so the list is looked at afresh after
   each call. It is told of the descriptor as well where nothing waits any more. */
static void let_go(lua_State *L, nskl_socket *self, const char *ended) {
  nskl_operation *operation;
  nskl_state *st = self->head.state;
  while (self->socket.fd >= 0 && (operation = next_waiter(st, self)) != NULL) {
    operation->cancelled = true;
    bool own = operation->interest.fd == self->socket.fd;
    if (own) self->kept = 0;
    if (st->poller_cancels) wake(L, st, operation->interest.fd, own ? ended : NULL);
  }
  bool told = self->kept != this_process() || self->socket.fd < 0;
  self->kept = 0;
  if (!told && st->poller_cancels) wake(L, st, self->socket.fd, ended);
}

void nskl_wake_waiters(lua_State *L, nskl_socket *self) {
  let_go(L, self, NULL);
}

/* ------------------------------------------------------------- begin and end -- */

static void end(nskl_operation *operation, bool delivered) {
  /* When the state ends, the memory of the socket may be gone. */
  if (operation->state->closed) operation->socket = NULL;
  stop_waiting(operation);
  *operation->link = operation->next;
  if (operation->next != NULL) operation->next->link = operation->link;
  if (operation->work->drop != NULL) operation->work->drop(operation, delivered);
  free(operation);
}

void nskl_free_operation(nskl_operation *operation) {
  end(operation, false);
}

/* The poller does not know that its coroutine has been ended in the wait. */
static void abandon(lua_State *L, nskl_operation *operation) {
  stop_waiting(operation);
  let_go(L, operation->socket, operation->direction == 1 ? "r" : "w");
}

/* Whether there was one to end. */
static bool drop_held(lua_State *L, holder *self, bool delivered) {
  if (self == NULL || self->operation == NULL) return false;
  nskl_operation *operation = self->operation;
  self->operation = NULL;
  /* The sentinel has freed it when the state is closed. */
  if (self->head.state->closed) return false;
  if (waits_here(operation) && operation->lasts) abandon(L, operation);
  end(operation, delivered && operation->finished);
  return true;
}

/* The end of the slot: the call returns, or an error or coroutine.close passes. The next
   call has this one's userdata, which is no garbage of each wait then. */
static int holder_close(lua_State *L) {
  holder *self = nskl_test(L, 1, NSKL_OPERATION, sizeof *self);
  if (!drop_held(L, self, lua_isnoneornil(L, 2))) return 0;
  nskl_state *st = self->head.state;
  if (st->spare_operation || nskl_in_finalizer(L)) return 0;
  lua_settop(L, 1);
  for (int value = 1; value <= VALUES; value++) {
    lua_pushnil(L);
    lua_setiuservalue(L, 1, value);
  }
  nskl_slot_set(L, st, NSKL_SPARE_OPERATION);
  st->spare_operation = true;
  return 0;
}

/* Of a coroutine that will not be resumed, but by another finalizer. Also of one whose
   slot could not be closed for want of memory, and then its caller has not seen the
   results. */
static int holder_gc(lua_State *L) {
  drop_held(L, nskl_test(L, 1, NSKL_OPERATION, sizeof(holder)), false);
  return 0;
}

void nskl_open_operation(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"__gc", holder_gc}, {"__close", holder_close}, {NULL, NULL}};
  nskl_metatable(L, NSKL_OPERATION, methods);
}

static holder *new_holder(lua_State *L, nskl_state *st) {
  if (!st->spare_operation)
    return nskl_userdata(L, st, NSKL_OPERATION, sizeof(holder), VALUES);
  st->spare_operation = false;
  nskl_slot_take(L, st, NSKL_SPARE_OPERATION);
  return lua_touserdata(L, -1);
}

nskl_operation *nskl_new_operation(lua_State *L, nskl_state *st, const nskl_work *work,
                                   nskl_socket *socket) {
  if (st->closed) luaL_error(L, "net.socket: the Lua state is closing");
  holder *held = new_holder(L, st);
  if (socket != NULL) {
    /* Its finalizer may need the socket's memory. */
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 1);
  }
  lua_toclose(L, -1);
  nskl_operation *operation = malloc(sizeof *operation + work->size);
  if (operation == NULL) nskl_raise_memory(L);
  *operation = (nskl_operation){
      .next = st->operations,
      .link = &st->operations,
      .work = work,
      .state = st,
      .socket = socket,
      .by_poller = nskl_poller_usable(L, st),
  };
  memset(operation->part, 0, work->size); /* alone: of both, gcc makes a calloc(3) */
  if (operation->next != NULL) operation->next->link = &operation->next;
  st->operations = operation;
  held->operation = operation;
  return operation;
}

/* -------------------------------------------------------------------- the loop -- */

/* A poller that counts in milliseconds may be a little early, and then the operation
   waits again. One that gives up long before time would have it turn in circles. */
#define EARLY INT64_C(50000000)

static nsk_outcome gave_up(lua_State *L, nskl_operation *operation) {
  nsk_error_because(nskl_spare(L, operation->state), operation->work->name, NSK_GIVEN_UP,
                    "the poller gave up before the deadline");
  return NSK_TIMEOUT;
}

/* To wait in place, without another look. */
static nsk_outcome not_its_own(nskl_operation *operation) {
  operation->by_poller = false;
  operation->stepped = true;
  bool first = operation->lasts && !operation->known;
  if (operation->socket != NULL && first) operation->socket->kept = 0;
  return NSK_AGAIN;
}

/* Takes the poller's three results. NSK_AGAIN: step again. */
static nsk_outcome answered(lua_State *L, nskl_operation *operation) {
  stop_waiting(operation);
  bool closed = operation->cancelled ||
                (operation->socket != NULL && operation->socket->socket.fd < 0);
  operation->cancelled = false;
  if (closed) {
    lua_pop(L, 3); /* the step says EBADF, whatever the poller did */
    return NSK_AGAIN;
  }
  nsk_outcome outcome = nskl_poller_answer(L, operation->state);
  if (outcome == NSK_FAILED) return outcome;
  if (outcome == NSK_AGAIN) return not_its_own(operation);
  if (outcome == NSK_TIMEOUT && operation->interest.until - nsk_now() > EARLY)
    return gave_up(L, operation);
  return NSK_AGAIN;
}

/* Whatever a wait says but failure, the next step finds out why. */
static nsk_outcome wait_in_place(lua_State *L, nskl_operation *operation) {
  nsk_outcome outcome = nskl_wait(L, operation->state, &operation->interest);
  return outcome == NSK_FAILED ? NSK_FAILED : NSK_AGAIN;
}

static nsk_outcome step(lua_State *L, nskl_operation *operation) {
  nsk_outcome outcome;
  if (operation->stepped) {
    const nskl_socket *socket = operation->socket;
    operation->stepped = false;
    /* A finalizer may have closed the socket since: the step says so. */
    if (socket == NULL || socket->socket.fd >= 0) return NSK_AGAIN;
  }
  do
    outcome = operation->work->step(L, operation, nskl_spare(L, operation->state));
  while (outcome == NSK_INTERRUPTED && nskl_interrupted(L, operation->state));
  if (outcome == NSK_INTERRUPTED) lua_error(L); /* a hook raised */
  return outcome;
}

static nskl_operation *held_at(lua_State *L, int at) {
  return ((holder *)lua_touserdata(L, at))->operation;
}

static int resumed(lua_State *L, int status, lua_KContext at);

/* The operation is not freed here but at the slot's end, after which nothing can fail. */
static int go_on(lua_State *L, int at, nsk_outcome outcome) {
  nskl_operation *operation = held_at(L, at);
  nskl_state *st = operation->state;
  for (;;) {
    if (outcome == NSK_AGAIN) outcome = step(L, operation);
    bool by_poller = operation->by_poller && st->poller;
    if (outcome == NSK_AGAIN && !by_poller) {
      outcome = wait_in_place(L, operation);
    } else if (outcome == NSK_AGAIN) {
      outcome = start_waiting(L, operation);
      if (outcome == NSK_AGAIN) {
        nskl_poller_push(L, st, &operation->interest, operation->lasts, operation->known);
        lua_callk(L, 5, 3, at, resumed);
        outcome = answered(L, operation);
      } else if (outcome == NSK_DONE) {
        outcome = NSK_AGAIN;
      }
    }
    if (outcome == NSK_AGAIN) continue;
    int count = operation->work->finish(L, operation, outcome);
    operation->finished = outcome == NSK_DONE;
    return count;
  }
}

/* A finalizer may resume a coroutine whose operation has been ended by an earlier one, or
   with the state. */
static int resumed(lua_State *L, int status, lua_KContext at) {
  const holder *held = lua_touserdata(L, (int)at);
  (void)status;
  if (held->operation == NULL || held->head.state->closed)
    return luaL_error(L, "net.socket: the call has ended: its coroutine was collected");
  return go_on(L, (int)at, answered(L, held->operation));
}

int nskl_run(lua_State *L) {
  return go_on(L, lua_gettop(L), NSK_AGAIN);
}
