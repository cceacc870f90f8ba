/* Candidates on their way: started, asked how they stand, ended, waited for as one. */
#include "open/open.h"
#include "system/pollset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const nsk_addr *address_of(const nski_connect *op, const nski_attempt *attempt) {
  return &nski_candidate(op, attempt->candidate)->addr;
}

int nski_attempt_begin(const nski_connect *op, const nski_attempt *attempt) {
  const nsk_addr *addr = address_of(op, attempt);
  if (connect(attempt->fd, nski_addr_sockaddr(addr), addr->length) == 0) return 0;
  int code = errno;
  /* After EINTR the handshake goes on without us. */
  return code == EINTR ? EINPROGRESS : code;
}

#ifdef NSK_CONNECT_TWICE

/* Linux answers a second connect(2) with 0, EALREADY or the error, once. */
int nski_attempt_progress(const nski_connect *op, const nski_attempt *attempt) {
  const nsk_addr *addr = address_of(op, attempt);
  if (connect(attempt->fd, nski_addr_sockaddr(addr), addr->length) == 0) return 0;
  int code = errno;
  if (code == EISCONN) return 0; /* this socket has been sent nowhere else */
  return code == EALREADY || code == EINTR ? EINPROGRESS : code;
}

#else

/* SO_ERROR alone is 0 also for a socket that never connected: the peer decides. */
int nski_attempt_progress(const nski_connect *op, const nski_attempt *attempt) {
  int code = 0;
  socklen_t length = sizeof code;
  nsk_addr peer;
  (void)op;
  if (getsockopt(attempt->fd, SOL_SOCKET, SO_ERROR, &code, &length) < 0) return errno;
  if (code != 0) return code;
  struct sockaddr *space = nski_addr_space(&peer, &length);
  if (getpeername(attempt->fd, space, &length) == 0) return 0;
  return errno == ENOTCONN ? EINPROGRESS : errno;
}

#endif

/* The list is for the error; without memory for it the connect goes on. */
void nski_attempt_record(nski_connect *op, size_t candidate, int64_t started,
                         const char *syscall, int code) {
  const nsk_addr *addr = &nski_candidate(op, candidate)->addr;
  bool about_local = strcmp(syscall, "bind") == 0;
  nski_fail_at(&op->last, syscall, code, about_local ? &op->local : addr);
  nsk_attempt_result *more = realloc(op->results, (op->result_count + 1) * sizeof *more);
  if (more == NULL) return;
  op->results = more;
  more[op->result_count++] =
      (nsk_attempt_result){*addr, syscall, code, (double)(nsk_now() - started) / 1e9};
}

size_t nsk_attempt_line(const nsk_attempt_result *attempt, char *buf, size_t cap) {
  nsk_error error;
  nski_fail_at(&error, attempt->op, attempt->code, &attempt->addr);
  size_t length = nsk_error_line(&error, buf, cap);
  int n = snprintf(buf + length, cap - length, ", after %.3f s", attempt->seconds);
  return (size_t)n < cap - length ? length + (size_t)n : cap - 1;
}

static void forget(nski_connect *op, size_t i) {
  op->under_way--;
  memmove(&op->attempts[i], &op->attempts[i + 1],
          (op->under_way - i) * sizeof op->attempts[0]);
}

void nski_attempt_end(nski_connect *op, size_t i, const char *syscall, int code) {
  const nski_attempt attempt = op->attempts[i];
  nski_pollset_forget(&op->set, attempt.fd);
  nski_close_fd(attempt.fd);
  forget(op, i);
  nski_attempt_record(op, attempt.candidate, attempt.started, syscall, code);
}

void nski_attempt_close_all(nski_connect *op) {
  for (size_t i = 0; i < op->under_way; i++)
    nski_close_fd(op->attempts[i].fd);
  op->under_way = 0;
  nsk_pollset_close(&op->set);
}

static int type_of(const nsk_addrinfo *to) {
  return to->socktype != 0 ? to->socktype : SOCK_STREAM;
}

/* Bound to that very port it is meant to be. */
bool nski_attempt_reached_itself(const nski_connect *op, size_t i) {
  if (op->local.length > 0 && nsk_addr_port(&op->local) > 0) return false;
  const nsk_addrinfo *to = nski_candidate(op, op->attempts[i].candidate);
  return nski_reached_itself(op->attempts[i].fd, type_of(to), &to->addr);
}

enum { REPEATS = 2 };

int nski_attempt_repeat(nski_connect *op, size_t i, const char **syscall) {
  nski_attempt *attempt = &op->attempts[i];
  nski_disconnect(attempt->fd);
  *syscall = "connect";
  return attempt->repeats++ < REPEATS ? nski_attempt_begin(op, attempt) : ECONNREFUSED;
}

/* Before it is connected: the options, then its own address. */
static int set_up(const nski_connect *op, nski_attempt *attempt, const char **syscall) {
  nsk_socket s;
  nsk_error error;
  const nsk_addrinfo *to = nski_candidate(op, attempt->candidate);
  nsk_socket_init(&s);
  nski_socket_set(&s, attempt->fd, nsk_addr_family(&to->addr), type_of(to), to->protocol,
                  true);
  nsk_outcome outcome = nski_settings_before(op->settings, op->setting_count, &s, &error);
  attempt->lingers = s.lingers;
  *syscall = outcome == NSK_DONE ? "bind" : error.op;
  if (outcome != NSK_DONE) return error.code;
  if (op->local.length == 0) return 0;
  return bind(s.fd, nski_addr_sockaddr(&op->local), op->local.length) == 0 ? 0 : errno;
}

int nski_attempt_start(nski_connect *op, const char **syscall, bool *begun) {
  const nsk_addrinfo *to = nski_candidate(op, op->next);
  nski_attempt *attempt = &op->attempts[op->under_way];
  attempt->candidate = op->next++;
  attempt->started = nsk_now();
  attempt->repeats = 0;
  *begun = false;
  *syscall = "socket";
  attempt->fd = nski_open_fd(nsk_addr_family(&to->addr), type_of(to), to->protocol, true);
  if (attempt->fd < 0) return errno;
  op->under_way++;
  int code = set_up(op, attempt, syscall);
  if (code != 0) return code;
  *begun = true;
  *syscall = "connect";
  return nski_attempt_begin(op, attempt);
}

void nski_attempt_watch(nski_connect *op, nsk_interest *interest) {
  nsk_pollset *set = &op->set;
  if (op->under_way == 1 && op->worker == NULL) {
    interest->fd = op->attempts[0].fd;
    return;
  }
  set->entries = op->entries;
  set->count = 0;
  nski_pollset_changed(set);
  for (size_t i = 0; i < op->under_way; i++)
    op->entries[set->count++] = (nsk_entry){.fd = op->attempts[i].fd, .need = NSK_WRITE};
  if (op->worker != NULL)
    op->entries[set->count++] =
        (nsk_entry){.fd = nski_worker_fd(op->worker), .need = NSK_READ};
  interest->set = set;
}
