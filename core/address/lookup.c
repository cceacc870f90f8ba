/* A look-up beside which others go on: a thread asks, unless the answer needs no
 * resolver. */
#include "address/address.h"

#include <string.h>

typedef struct {
  nsk_query query; /* without its texts */
  nsk_texts texts;
  nsk_deadline deadline;
  nski_worker *worker; /* while it owes an answer */
  bool in_place;       /* there is no thread for one */
} lookup;

_Static_assert(sizeof(lookup) <= sizeof(nsk_lookup), "its storage is too small");

/* Where there is no thread it is asked in place, but not by who has a deadline. */
static nsk_outcome ask(lookup *op, nsk_error *error) {
  nsk_outcome outcome =
      nski_worker_start(&op->worker, &op->query, &op->texts, false, error);
  bool threadless = outcome == NSK_FAILED && error->domain == NSK_RESOLVER;
  op->in_place = threadless && op->deadline.at == NSK_NEVER;
  return op->in_place ? NSK_DONE : outcome;
}

nsk_outcome nsk_lookup_start(nsk_lookup *storage, const nsk_query *query,
                             nsk_deadline deadline, nsk_list *list, nsk_error *error) {
  lookup *op = (void *)storage->inside;
  bool answered;
  memset(op, 0, sizeof *op);
  op->deadline = deadline;
  op->query = *query;
  if (query->socktype == 0 && query->protocol == 0) op->query.socktype = SOCK_STREAM;
  nsk_outcome outcome = nski_query_check(&op->query, &op->texts, &answered, list, error);
  op->query.endpoint =
      (nsk_endpoint){0}; /* its texts are the caller's, who may free them */
  return outcome != NSK_DONE || answered ? outcome : NSK_AGAIN;
}

nsk_outcome nsk_lookup_names(nsk_lookup *storage, const nsk_addr *addr, int flags,
                             nsk_deadline deadline, nsk_list *list, nsk_error *error) {
  lookup *op = (void *)storage->inside;
  const int digits = NI_NUMERICHOST | NI_NUMERICSERV;
  memset(op, 0, sizeof *op);
  op->deadline = deadline;
  op->query.flags = flags;
  op->texts.have_addr = true;
  op->texts.addr = *addr;
  op->texts.host[nsk_addr_text(addr, op->texts.host)] = '\0';
  if ((flags & digits) != digits) return NSK_AGAIN;
  return nski_lookup(&op->query, &op->texts, list, error);
}

nsk_outcome nsk_lookup_step(nsk_lookup *storage, nsk_interest *interest, nsk_list *list,
                            nsk_error *error) {
  lookup *op = (void *)storage->inside;
  int family;
  *interest = (nsk_interest){.fd = -1, .need = NSK_RESOLVE, .until = op->deadline.at};
  if (op->worker != NULL && nski_worker_is_parents(op->worker)) nsk_lookup_drop(storage);
  if (op->worker == NULL && !op->in_place) {
    nsk_outcome outcome = ask(op, error);
    if (outcome != NSK_DONE) return outcome;
  }
  if (op->in_place) return NSK_AGAIN;
  nsk_outcome outcome = nski_worker_take(op->worker, &family, list, error);
  if (outcome == NSK_AGAIN && nsk_passed(op->deadline.at)) {
    nski_fail_about(error, nski_lookup_op(&op->texts), ETIMEDOUT, op->texts.host,
                    strlen(op->texts.host));
    outcome = nski_error_late(error, "no answer", &op->deadline);
  }
  if (outcome != NSK_AGAIN) {
    nsk_lookup_drop(storage);
    return outcome;
  }
  interest->fd = nski_worker_fd(op->worker);
  interest->need = NSK_READ;
  return NSK_AGAIN;
}

nsk_outcome nsk_lookup_resolve(const nsk_lookup *storage, nsk_list *list,
                               nsk_error *error) {
  const lookup *op = (const void *)storage->inside;
  return nski_lookup(&op->query, &op->texts, list, error);
}

void nsk_lookup_drop(nsk_lookup *storage) {
  lookup *op = (void *)storage->inside;
  if (op->worker == NULL) return;
  nski_worker_drop(op->worker);
  op->worker = NULL;
}
