/*
 * The tracker of descriptors: which ones the core has made or taken over, and which it
 * has closed. Closing what is not ours, closing twice and using what is closed all
 * work by luck until the number belongs to another file; here they abort.
 */
#include "fault.h"

#include <stddef.h>

_Thread_local int fault_foreign;

static _Atomic uint8_t *entry(int fd) {
  fault_plan *plan = fault_plan_in_use();
  return plan != NULL && fd >= 0 && fd < FAULT_FDS ? &plan->fds[fd] : NULL;
}

static const char *name_of(int call) {
  return fault_plan_in_use()->names[call];
}

void fault_made(int call, int fd) {
  _Atomic uint8_t *state = entry(fd);
  if (state == NULL) return;
  if (atomic_exchange(state, FAULT_OWNED) == FAULT_OWNED)
    fault_abort(name_of(call), fd, "this number has an owner, who lost it unknowingly");
}

void fault_used(int call, int fd) {
  _Atomic uint8_t *state = entry(fd);
  if (state != NULL && fault_foreign == 0 && atomic_load(state) == FAULT_CLOSED)
    fault_abort(name_of(call), fd, "used after it was closed");
}

/* Before close(2): after it the number may be another thread's new descriptor. */
void fault_closing(int fd) {
  _Atomic uint8_t *state = entry(fd);
  if (state == NULL) return;
  uint8_t was = atomic_exchange(state, FAULT_CLOSED);
  if (was == FAULT_OWNED) return;
  if (fault_foreign > 0)
    atomic_store(state, FAULT_UNKNOWN);
  else if (was == FAULT_CLOSED)
    fault_abort("close", fd, "closed twice");
  else
    fault_abort("close", fd, "closed, but not ours");
}

void fault_adopted(int fd) {
  _Atomic uint8_t *state = entry(fd);
  if (state != NULL && atomic_exchange(state, FAULT_OWNED) == FAULT_OWNED)
    fault_abort("wrap", fd, "two owners");
}

void fault_given_away(int fd) {
  _Atomic uint8_t *state = entry(fd);
  if (state != NULL && atomic_exchange(state, FAULT_UNKNOWN) == FAULT_CLOSED)
    fault_abort("unwrap", fd, "closed twice: its owner did not know of the first");
}
