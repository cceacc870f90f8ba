/*
 * The ledger of descriptors: which ones the core has made or taken over, and which it
 * has closed. Closing what is not ours, closing twice and using what is closed all
 * work by luck until the number belongs to somebody else; here they abort.
 *
 * The functions below through which a user's own number comes in, or ours goes out, are
 * wrapped as well, since no system call tells about that.
 */
#include "fault.h"

#include <stddef.h>

#include "netsocket.h"

/* Not 0 while this thread works on a number that the user has given. */
static _Thread_local int foreign;

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
  if (state != NULL && foreign == 0 && atomic_load(state) == FAULT_CLOSED)
    fault_abort(name_of(call), fd, "used after it was closed");
}

/* Before close(2): after it the number may be another thread's new descriptor. */
void fault_closing(int fd) {
  _Atomic uint8_t *state = entry(fd);
  if (state == NULL) return;
  uint8_t was = atomic_exchange(state, FAULT_CLOSED);
  if (was == FAULT_OWNED) return;
  if (foreign > 0)
    atomic_store(state, FAULT_UNKNOWN);
  else if (was == FAULT_CLOSED)
    fault_abort("close", fd, "closed twice");
  else
    fault_abort("close", fd, "closed, but not ours");
}

/* ------------------------------------------------- numbers that come and go -- */

nsk_outcome __real_nsk_socket_adopt(nsk_socket *, int64_t, bool, nsk_error *);
nsk_outcome __wrap_nsk_socket_adopt(nsk_socket *, int64_t, bool, nsk_error *);
nsk_outcome __real_nsk_socket_release(nsk_socket *, int *, nsk_error *);
nsk_outcome __wrap_nsk_socket_release(nsk_socket *, int *, nsk_error *);
nsk_outcome __real_nsk_fd_shutdown(int64_t, int64_t, nsk_error *);
nsk_outcome __wrap_nsk_fd_shutdown(int64_t, int64_t, nsk_error *);
nsk_outcome __real_nsk_fd_close(int64_t, nsk_error *);
nsk_outcome __wrap_nsk_fd_close(int64_t, nsk_error *);
nsk_outcome __real_nsk_fd_close_how(int64_t, int64_t, nsk_error *);
nsk_outcome __wrap_nsk_fd_close_how(int64_t, int64_t, nsk_error *);

nsk_outcome __wrap_nsk_socket_adopt(nsk_socket *out, int64_t fd, bool nonblock,
                                    nsk_error *error) {
  foreign++;
  nsk_outcome outcome = __real_nsk_socket_adopt(out, fd, nonblock, error);
  foreign--;
  _Atomic uint8_t *state = outcome == NSK_DONE ? entry((int)fd) : NULL;
  if (state != NULL && atomic_exchange(state, FAULT_OWNED) == FAULT_OWNED)
    fault_abort("wrap", (int)fd, "two owners");
  return outcome;
}

nsk_outcome __wrap_nsk_socket_release(nsk_socket *s, int *fd, nsk_error *error) {
  nsk_outcome outcome = __real_nsk_socket_release(s, fd, error);
  _Atomic uint8_t *state = outcome == NSK_DONE ? entry(*fd) : NULL;
  if (state != NULL) atomic_store(state, FAULT_UNKNOWN);
  return outcome;
}

nsk_outcome __wrap_nsk_fd_shutdown(int64_t fd, int64_t how, nsk_error *error) {
  foreign++;
  nsk_outcome outcome = __real_nsk_fd_shutdown(fd, how, error);
  foreign--;
  return outcome;
}

nsk_outcome __wrap_nsk_fd_close(int64_t fd, nsk_error *error) {
  foreign++;
  nsk_outcome outcome = __real_nsk_fd_close(fd, error);
  foreign--;
  return outcome;
}

nsk_outcome __wrap_nsk_fd_close_how(int64_t fd, int64_t how, nsk_error *error) {
  foreign++;
  nsk_outcome outcome = __real_nsk_fd_close_how(fd, how, error);
  foreign--;
  return outcome;
}
