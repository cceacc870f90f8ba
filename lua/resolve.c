/* Addresses of a name, and names of an address: in place, or beside other coroutines
   where there is a poller. */
#include <string.h>

#include "args.h"
#include "error.h"
#include "objects.h"
#include "poller.h"
#include "state.h"
#include "wait_loop.h"

static void push_list(lua_State *L, nskl_state *st, const nsk_list *list) {
  size_t length = list->canonical != NULL ? strlen(list->canonical) : 0;
  lua_createtable(L, (int)list->count, 0);
  for (size_t i = 0; i < list->count; i++) {
    nskl_addrinfo *ai =
        nskl_userdata(L, st, NSKL_ADDRINFO, sizeof(nskl_addrinfo) + length, 0);
    ai->info = list->items[i];
    ai->canonical_length = length;
    if (length > 0) memcpy(ai->canonical, list->canonical, length);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

static void push_names(lua_State *L, const nsk_list *names) {
  lua_createtable(L, 0, 2);
  lua_pushstring(L, names->canonical);
  lua_setfield(L, -2, "host");
  lua_pushstring(L, names->service);
  lua_setfield(L, -2, "service");
}

typedef struct {
  nsk_lookup lookup;
  nsk_list list;
  bool answered; /* no resolver was needed */
} looking;

nsk_outcome nskl_look_up(lua_State *L, nskl_operation *operation, nsk_lookup *lookup,
                         nsk_list *list) {
  nsk_outcome outcome;
  do {
    nsk_error *spare = nskl_spare(L, operation->state);
    bool here = !operation->by_poller;
    if (!here) {
      outcome = nsk_lookup_step(lookup, &operation->interest, list, spare);
      here = outcome == NSK_AGAIN && operation->interest.need == NSK_RESOLVE;
    }
    if (here) outcome = nsk_lookup_resolve(lookup, list, spare);
  } while (nskl_reclaim(L, operation->state, outcome));
  return outcome;
}

static nsk_outcome lookup_step(lua_State *L, nskl_operation *operation,
                               nsk_error *error) {
  looking *part = nskl_part(operation);
  (void)error; /* a finalizer may take it */
  return part->answered ? NSK_DONE
                        : nskl_look_up(L, operation, &part->lookup, &part->list);
}

static int lookup_finish(lua_State *L, nskl_operation *operation, nsk_outcome outcome) {
  looking *part = nskl_part(operation);
  if (outcome != NSK_DONE) return nskl_fail(L, operation->state);
  luaL_checkstack(L, 4, NULL);
  if (part->list.service != NULL)
    push_names(L, &part->list);
  else
    push_list(L, operation->state, &part->list);
  return 1;
}

static void lookup_drop(nskl_operation *operation, bool delivered) {
  looking *part = nskl_part(operation);
  (void)delivered;
  nsk_lookup_drop(&part->lookup);
  nsk_list_free(&part->list);
}

/* The operation is on top of the stack. */
static int run_lookup(lua_State *L, nskl_state *st, looking *part, nsk_outcome started) {
  if (started == NSK_FAILED) return nskl_fail(L, st);
  part->answered = started == NSK_DONE;
  return nskl_run(L);
}

static const nskl_work lookup_work =
    NSKL_WORK("getaddrinfo", sizeof(looking), lookup_step, lookup_finish, lookup_drop);

static int resolve(lua_State *L, const nsk_query *query, int bad) {
  nskl_state *st = nskl_upvalue(L);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  looking *part = nskl_part(nskl_new_operation(L, st, &lookup_work, NULL));
  return run_lookup(L, st, part,
                    nsk_lookup_start(&part->lookup, query, NSK_NO_DEADLINE, &part->list,
                                     nskl_spare(L, st)));
}

static const nskl_work names_work =
    NSKL_WORK("getnameinfo", sizeof(looking), lookup_step, lookup_finish, lookup_drop);

int nskl_addrinfo_getnameinfo(lua_State *L) {
  int bad = 0;
  const nskl_addrinfo *self = nskl_self_addrinfo(L);
  nskl_state *st = self->head.state;
  int flags = nskl_flags(L, 2, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  looking *part = nskl_part(nskl_new_operation(L, st, &names_work, NULL));
  return run_lookup(L, st, part,
                    nsk_lookup_names(&part->lookup, &self->info.addr, flags,
                                     NSK_NO_DEADLINE, &part->list, nskl_spare(L, st)));
}

int nskl_address_getaddrinfo(lua_State *L) {
  nsk_query query = {0};
  int bad = 0;
  nskl_endpoint(L, 1, false, &query.endpoint);
  query.family = nskl_int_or(L, 3, nsk_any_family, &bad);
  query.socktype = nskl_int_or(L, 4, 0, &bad);
  query.protocol = nskl_int_or(L, 5, 0, &bad);
  query.flags = nskl_flags(L, 6, &bad);
  return resolve(L, &query, bad);
}

/* (host, port, passive, canonname) */
static int resolve_for(lua_State *L, int family, int socktype, int protocol) {
  nsk_query query = {.family = family, .socktype = socktype, .protocol = protocol};
  nskl_endpoint(L, 1, false, &query.endpoint);
  if (nskl_boolean(L, 3, false)) query.flags |= nsk_passive;
  if (nskl_boolean(L, 4, false)) query.flags |= nsk_canonical;
  return resolve(L, &query, 0);
}

#define RESOLVE(NAME, FAMILY, TYPE, PROTOCOL)                        \
  int nskl_address_##NAME(lua_State *L) {                            \
    return resolve_for(L, nsk_##FAMILY, nsk_##TYPE, nsk_##PROTOCOL); \
  }
#include "opener.def"
