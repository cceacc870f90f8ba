/*
 * The candidates of a connect: where they come from, and their order. A race asks for
 * IPv6 and IPv4 at once and apart (RFC 8305, section 3), so that the name server that
 * keeps silent about one family does not hold up the other.
 */
#include "open/open.h"

#include <stdlib.h>
#include <string.h>

/* How long addresses of IPv4 wait for those of IPv6: the RFC's Resolution Delay. */
static const int64_t resolution_delay = 50000000;

const nsk_addrinfo *nski_candidate(const nski_connect *op, size_t i) {
  return op->list.items != NULL ? &op->list.items[i] : &op->only;
}

size_t nski_candidates(const nski_connect *op) {
  return op->list.items != NULL ? op->list.count : 1;
}

/* --------------------------------------------------------------------- the order -- */

/* The families in turn from candidate `next` on; what comes before has been started. */
static void interleave(nsk_list *list, size_t next) {
  for (size_t i = next > 0 ? next : 1; i < list->count; i++) {
    int family = nsk_addr_family(&list->items[i - 1].addr);
    size_t other = i;
    while (other < list->count && nsk_addr_family(&list->items[other].addr) == family)
      other++;
    if (other == list->count) return;
    nsk_addrinfo moved = list->items[other];
    memmove(&list->items[i + 1], &list->items[i], (other - i) * sizeof moved);
    list->items[i] = moved;
  }
}

void nski_candidates_order(nski_connect *op) {
  if (op->race) interleave(&op->list, op->next);
}

/* IPv6 comes first among those that have not been started. */
static bool add(nski_connect *op, int family, const nsk_list *answer) {
  nsk_list *list = &op->list;
  size_t at = family == AF_INET6 ? op->next : list->count;
  size_t count = list->count + answer->count;
  nsk_addrinfo *items = realloc(list->items, count * sizeof *items);
  if (items == NULL) return false;
  memmove(&items[at + answer->count], &items[at], (list->count - at) * sizeof *items);
  memcpy(&items[at], answer->items, answer->count * sizeof *items);
  list->items = items;
  list->count = count;
  nski_candidates_order(op);
  return true;
}

/* ------------------------------------------------------------------- the answers -- */

nsk_outcome nski_candidates_ask(nski_connect *op, nsk_error *error) {
  nski_worker *worker;
  nsk_outcome outcome = nski_worker_start(&worker, &op->query, &op->texts, true, error);
  if (outcome == NSK_DONE) op->worker = worker;
  return outcome;
}

void nski_candidates_forget(nski_connect *op) {
  if (op->worker == NULL) return;
  nski_pollset_forget(&op->set, nski_worker_fd(op->worker));
  nski_worker_drop(op->worker);
  op->worker = NULL;
}

/* That a family has no address says least: the other one's answer counts then. A
   resolver that could not answer leaves it open whether there is one, and asking again
   may help. */
static bool says_little(const nsk_error *error) {
  if (error->domain != NSK_RESOLVER) return false;
  switch (error->code) {
    case EAI_NONAME:
#ifdef EAI_NODATA
    case EAI_NODATA:
#endif
#ifdef EAI_ADDRFAMILY
    case EAI_ADDRFAMILY:
#endif
      return true;
    default:
      return false;
  }
}

/* A candidate that was tried says more than any resolver. Of two answers that say as
   much, IPv4's is told, whichever came first. */
static void keep_error(nski_connect *op, int family, const nsk_error *error) {
  if (op->next > 0) return;
  if (op->last.op != NULL) {
    bool little = says_little(error), before = says_little(&op->last);
    if (little != before ? little : family != AF_INET) return;
  }
  op->last = *error;
}

/* With little time in all, connecting has the second half of it. */
static void wait_for_ipv6(nski_connect *op) {
  int64_t now = nsk_now();
  int64_t left = op->deadline.at == NSK_NEVER ? NSK_NEVER : op->deadline.at - now;
  op->delay = now + (left / 2 < resolution_delay ? left / 2 : resolution_delay);
}

/* What there is so far does in a child; with nothing yet it asks for itself. */
static nsk_outcome ask_after_fork(nski_connect *op, nsk_error *error) {
  nski_candidates_forget(op);
  return op->list.count > 0 ? NSK_DONE : nski_candidates_ask(op, error);
}

nsk_outcome nski_candidates_take(nski_connect *op, nsk_error *error) {
  if (op->worker != NULL && nski_worker_is_parents(op->worker)) {
    nsk_outcome outcome = ask_after_fork(op, error);
    if (outcome != NSK_DONE) return outcome;
  }
  while (op->worker != NULL) {
    int family;
    nsk_list answer;
    nsk_error why;
    nsk_outcome outcome = nski_worker_take(op->worker, &family, &answer, &why);
    if (outcome == NSK_AGAIN) break;
    if (outcome == NSK_DONE) {
      bool added = add(op, family, &answer);
      nsk_list_free(&answer);
      if (!added) return nski_fail_memory(error, "getaddrinfo");
      wait_for_ipv6(op);
    } else {
      keep_error(op, family, &why);
    }
    if (!nski_worker_owes(op->worker, AF_UNSPEC)) nski_candidates_forget(op);
  }
  return NSK_DONE;
}

bool nski_candidates_suffice(const nski_connect *op) {
  if (op->worker == NULL) return true;
  if (op->list.count == 0 || !op->race) return false;
  return !nski_worker_owes(op->worker, AF_INET6) || nsk_now() >= op->delay;
}
