/* Addresses of a name, or names of an address, as coroutines: a thread asks, and the loop
   goes on. */
#include "aio.h"
#include "args.h"
#include "error.h"
#include "lock.h"
#include "objects.h"
#include "socket.h"

typedef struct {
  nsk_lookup lookup;
  nsk_list list;
  bool answered; /* no resolver was needed */
} looking;

static nsk_outcome resolve(nsk_socket *s, void *call, int more, nsk_error *error) {
  looking *part = call;
  (void)s, (void)more;
  return nsk_lookup_resolve(&part->lookup, &part->list, error);
}

/* Where there is no thread for the resolver, and no deadline, it is asked in place. */
static nsk_outcome step(nskp_coroutine *c, nsk_interest *interest, nsk_error *error) {
  looking *part = nskp_part(c);
  nsk_outcome outcome;
  if (part->answered) return NSK_DONE;
  do {
    outcome = nsk_lookup_step(&part->lookup, interest, &part->list, error);
    if (outcome == NSK_AGAIN && interest->need == NSK_RESOLVE)
      outcome = nskp_unlocked(resolve, part, NULL, error);
  } while (nskp_reclaim(c->state, outcome, error));
  return outcome;
}

static PyObject *result(nskp_coroutine *c, nsk_outcome outcome) {
  const nsk_list *list = &((looking *)nskp_part(c))->list;
  (void)outcome;
  return list->service != NULL ? nskp_names(list->canonical, list->service)
                               : nskp_address_list(c->state, list);
}

static void end(nskp_coroutine *c) {
  looking *part = nskp_part(c);
  nsk_lookup_drop(&part->lookup);
  nsk_list_free(&part->list);
}

static const nskp_kind looking_up = {
    .opens = true, .size = sizeof(looking), .step = step, .result = result, .end = end};

static PyObject *begun(nskp_coroutine *c, const nskp_row *row, nsk_outcome outcome,
                       nsk_error *error) {
  looking *part = nskp_part(c);
  part->answered = outcome == NSK_DONE;
  if (outcome == NSK_DONE || outcome == NSK_AGAIN) return (PyObject *)c;
  nskp_raise(row, outcome, error);
  return nskp_coroutine_drop(c);
}

PyObject *nskp_aio_getaddrinfo(NSKP_KEY) {
  nskp_args a;
  nsk_error error;
  nsk_deadline deadline = NSK_NO_DEADLINE;
  nsk_query query = {.family = nsk_any_family};
  const nskp_row *row = &nskp_row_aio_getaddrinfo;
  if (!nskp_bind(&a, row, args, nargs, kwnames) ||
      !nskp_get_endpoint(&a, 0, &query.endpoint) || !nskp_get_int(&a, 2, &query.family) ||
      !nskp_get_int(&a, 3, &query.socktype) || !nskp_get_int(&a, 4, &query.protocol) ||
      !nskp_get_flags(&a, &query.flags) || !nskp_get_deadline(&a, 5, &deadline))
    return NULL;
  nskp_state *state = nskp_state_of_module(self);
  nskp_coroutine *c = nskp_coroutine_new(state, &looking_up, row, NULL);
  if (c == NULL) return NULL;
  looking *part = nskp_part(c);
  nsk_outcome outcome =
      nsk_lookup_start(&part->lookup, &query, deadline, &part->list, &error);
  return begun(c, row, outcome, &error);
}

PyObject *nskp_aio_getnameinfo(NSKP_KEY) {
  nskp_args a;
  nsk_error error;
  nskp_addrinfo *ai;
  int flags;
  nsk_deadline deadline = NSK_NO_DEADLINE;
  const nskp_row *row = &nskp_row_aio_getnameinfo;
  nskp_state *state = nskp_state_of_module(self);
  if (!nskp_bind(&a, row, args, nargs, kwnames) ||
      !nskp_get_address(&a, 0, state->addrinfo_type, &ai) ||
      !nskp_get_flags(&a, &flags) || !nskp_get_deadline(&a, 1, &deadline))
    return NULL;
  nskp_coroutine *c = nskp_coroutine_new(state, &looking_up, row, NULL);
  if (c == NULL) return NULL;
  looking *part = nskp_part(c);
  nsk_outcome outcome = nsk_lookup_names(&part->lookup, &ai->info.addr, flags, deadline,
                                         &part->list, &error);
  return begun(c, row, outcome, &error);
}
