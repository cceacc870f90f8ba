/* Many descriptors waited for together. */
#include "socket/socket.h"

#include <stdlib.h>

nsk_outcome nsk_select_start(nsk_select *op, size_t count, int64_t deadline,
                             nsk_error *error) {
  op->set = (nsk_pollset){0};
  op->deadline = deadline;
  op->set.entries = calloc(count + 1, sizeof *op->set.entries);
  if (op->set.entries == NULL) return nski_fail_memory(error, "poll");
  op->set.count = count;
  return NSK_DONE;
}

nsk_outcome nsk_select_step(nsk_select *op, nsk_interest *interest) {
  bool looked = op->set.looked;
  bool over = nsk_passed(op->deadline);
  op->set.looked = false;
  if (looked && (op->set.ready > 0 || over)) return NSK_DONE;
  *interest =
      (nsk_interest){.fd = -1, .need = NSK_READ, .until = op->deadline, .set = &op->set};
  return NSK_AGAIN;
}

void nsk_select_drop(nsk_select *op) {
  nsk_pollset_close(&op->set);
  free(op->set.entries);
  op->set.entries = NULL;
  op->set.count = 0;
}
