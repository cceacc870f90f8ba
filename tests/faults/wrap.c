/*
 * The wrapped calls. A row of core/sys.def without a function here does not compile:
 * see the table at the end.
 */
#include "fault.h"
#include "sys.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

static bool instead(const fault_rule *rule) {
  return rule != NULL && rule->kind == FAULT_RETURN;
}

static bool after(const fault_rule *rule) {
  return rule != NULL && rule->kind == FAULT_AFTER;
}

static size_t at_most(const fault_rule *rule, size_t length) {
  bool cut = rule != NULL && rule->kind == FAULT_SHORT && (size_t)rule->value < length;
  return cut ? (size_t)rule->value : length;
}

/* errno belongs to the call: nothing in here may change it but a rule. */
#define RETURN_BY_RULE(TYPE)  \
  do {                        \
    errno = rule->code;       \
    return (TYPE)rule->value; \
  } while (0)

/* A call that takes a descriptor first, CUT before the call itself. */
#define WRAP(TYPE, NAME, PARAMS, ARGS, FD, CUT)         \
  TYPE __real_##NAME PARAMS;                            \
  TYPE __wrap_##NAME PARAMS;                            \
  TYPE __wrap_##NAME PARAMS {                           \
    const fault_rule *rule = fault_enter(FAULT_##NAME); \
    fault_used(FAULT_##NAME, FD);                       \
    if (instead(rule)) RETURN_BY_RULE(TYPE);            \
    CUT;                                                \
    TYPE result = __real_##NAME ARGS;                   \
    if (after(rule)) RETURN_BY_RULE(TYPE);              \
    return result;                                      \
  }

#define USES(TYPE, NAME, PARAMS, ARGS) WRAP(TYPE, NAME, PARAMS, ARGS, fd, (void)0)
#define MOVES(NAME, PARAMS, ARGS) \
  WRAP(ssize_t, NAME, PARAMS, ARGS, fd, length = at_most(rule, length))
#define PLAIN(TYPE, NAME, PARAMS, ARGS) WRAP(TYPE, NAME, PARAMS, ARGS, -1, (void)0)

/* A call that makes a descriptor, from the one at FD where there is one. */
#define MAKES(NAME, PARAMS, ARGS, FD)                   \
  int __real_##NAME PARAMS;                             \
  int __wrap_##NAME PARAMS;                             \
  int __wrap_##NAME PARAMS {                            \
    const fault_rule *rule = fault_enter(FAULT_##NAME); \
    fault_used(FAULT_##NAME, FD);                       \
    if (instead(rule)) RETURN_BY_RULE(int);             \
    int made = __real_##NAME ARGS;                      \
    fault_made(FAULT_##NAME, made);                     \
    return made;                                        \
  }

#define MAKES_TWO(NAME, PARAMS, ARGS)                   \
  int __real_##NAME PARAMS;                             \
  int __wrap_##NAME PARAMS;                             \
  int __wrap_##NAME PARAMS {                            \
    const fault_rule *rule = fault_enter(FAULT_##NAME); \
    if (instead(rule)) RETURN_BY_RULE(int);             \
    int result = __real_##NAME ARGS;                    \
    if (result == 0) {                                  \
      fault_made(FAULT_##NAME, fds[0]);                 \
      fault_made(FAULT_##NAME, fds[1]);                 \
    }                                                   \
    return result;                                      \
  }

/* clang-format off */
MAKES(socket, (int family, int type, int protocol), (family, type, protocol), -1)
MAKES(accept, (int fd, struct sockaddr *addr, socklen_t *length), (fd, addr, length), fd)
MAKES(accept4, (int fd, struct sockaddr *addr, socklen_t *length, int flags),
      (fd, addr, length, flags), fd)
MAKES(eventfd, (unsigned count, int flags), (count, flags), -1)
MAKES_TWO(socketpair, (int family, int type, int protocol, int fds[2]),
          (family, type, protocol, fds))
MAKES_TWO(pipe, (int fds[2]), (fds))

USES(int, bind, (int fd, const struct sockaddr *addr, socklen_t length), (fd, addr, length))
USES(int, connect, (int fd, const struct sockaddr *addr, socklen_t length),
     (fd, addr, length))
USES(int, listen, (int fd, int backlog), (fd, backlog))
USES(int, shutdown, (int fd, int how), (fd, how))
USES(int, getsockname, (int fd, struct sockaddr *addr, socklen_t *length),
     (fd, addr, length))
USES(int, getpeername, (int fd, struct sockaddr *addr, socklen_t *length),
     (fd, addr, length))
USES(int, getsockopt, (int fd, int level, int name, void *value, socklen_t *length),
     (fd, level, name, value, length))
USES(int, setsockopt, (int fd, int level, int name, const void *value, socklen_t length),
     (fd, level, name, value, length))
USES(ssize_t, write, (int fd, const void *bytes, size_t length), (fd, bytes, length))
MOVES(send, (int fd, const void *bytes, size_t length, int flags),
      (fd, bytes, length, flags))
MOVES(sendto, (int fd, const void *bytes, size_t length, int flags,
               const struct sockaddr *addr, socklen_t size),
      (fd, bytes, length, flags, addr, size))
MOVES(recv, (int fd, void *bytes, size_t length, int flags), (fd, bytes, length, flags))
MOVES(recvfrom, (int fd, void *bytes, size_t length, int flags, struct sockaddr *addr,
                 socklen_t *size),
      (fd, bytes, length, flags, addr, size))

PLAIN(int, getnameinfo, (const struct sockaddr *addr, socklen_t length, char *host,
                         socklen_t host_size, char *service, socklen_t service_size,
                         int flags),
      (addr, length, host, host_size, service, service_size, flags))
PLAIN(unsigned, if_nametoindex, (const char *name), (name))
PLAIN(char *, if_indextoname, (unsigned index, char *name), (index, name))
PLAIN(int, pthread_create, (pthread_t *thread, const pthread_attr_t *attributes,
                            void *(*run)(void *), void *argument),
      (thread, attributes, run, argument))
/* clang-format on */

/* Fails after the descriptor has gone, as the kernel's close does. */
int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd) {
  const fault_rule *rule = fault_enter(FAULT_close);
  fault_closing(fd);
  int result = __real_close(fd);
  if (instead(rule) || after(rule)) RETURN_BY_RULE(int);
  return result;
}

int __real_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...) {
  va_list list;
  va_start(list, command);
  long argument = command == F_GETFD || command == F_GETFL ? 0 : va_arg(list, int);
  va_end(list);
  const fault_rule *rule = fault_enter(FAULT_fcntl);
  fault_used(FAULT_fcntl, fd);
  if (instead(rule)) RETURN_BY_RULE(int);
  int result = __real_fcntl(fd, command, argument);
  if (command == F_DUPFD || command == F_DUPFD_CLOEXEC) fault_made(FAULT_fcntl, result);
  return result;
}

int __real_getaddrinfo(const char *host, const char *service,
                       const struct addrinfo *hints, struct addrinfo **answer);
int __wrap_getaddrinfo(const char *host, const char *service,
                       const struct addrinfo *hints, struct addrinfo **answer);
int __wrap_getaddrinfo(const char *host, const char *service,
                       const struct addrinfo *hints, struct addrinfo **answer) {
  const fault_rule *rule = fault_enter(FAULT_getaddrinfo);
  if (instead(rule)) RETURN_BY_RULE(int);
  int code = __real_getaddrinfo(host, service, hints, answer);
  fault_plan *plan = fault_plan_in_use();
  if (code == 0 && plan != NULL) atomic_fetch_add(&plan->lists, 1);
  return code;
}

void __real_freeaddrinfo(struct addrinfo *answer);
void __wrap_freeaddrinfo(struct addrinfo *answer);
void __wrap_freeaddrinfo(struct addrinfo *answer) {
  fault_plan *plan = fault_plan_in_use();
  fault_enter(FAULT_freeaddrinfo);
  if (plan != NULL) atomic_fetch_sub(&plan->lists, 1);
  __real_freeaddrinfo(answer);
}

int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
  const int64_t second = 1000000000;
  const fault_rule *rule = fault_enter(FAULT_clock_gettime);
  int result = __real_clock_gettime(clock, now);
  if (rule != NULL && rule->kind == FAULT_SHIFT && rule->code == (int)clock) {
    int64_t at = now->tv_sec * second + now->tv_nsec + rule->value;
    *now = (struct timespec){at / second, at % second};
  }
  return result;
}

/* A wait under a storm of signals ends at the next one, unless it is over before. */
int __real_ppoll(struct pollfd *fds, nfds_t n, const struct timespec *limit,
                 const sigset_t *mask);
int __wrap_ppoll(struct pollfd *fds, nfds_t n, const struct timespec *limit,
                 const sigset_t *mask);
int __wrap_ppoll(struct pollfd *fds, nfds_t n, const struct timespec *limit,
                 const sigset_t *mask) {
  const fault_rule *rule = fault_enter(FAULT_ppoll);
  for (nfds_t i = 0; i < n; i++)
    fault_used(FAULT_ppoll, fds[i].fd);
  if (instead(rule)) RETURN_BY_RULE(int);
  if (rule == NULL || rule->kind != FAULT_STORM) return __real_ppoll(fds, n, limit, mask);
  const struct timespec next = {0, (long)rule->value};
  if (limit != NULL && limit->tv_sec == 0 && limit->tv_nsec <= next.tv_nsec)
    return __real_ppoll(fds, n, limit, mask);
  int ready = __real_ppoll(fds, n, &next, mask);
  if (ready != 0) return ready;
  errno = EINTR;
  return -1;
}

int __real_poll(struct pollfd *fds, nfds_t n, int limit);
int __wrap_poll(struct pollfd *fds, nfds_t n, int limit);
int __wrap_poll(struct pollfd *fds, nfds_t n, int limit) {
  const fault_rule *rule = fault_enter(FAULT_poll);
  for (nfds_t i = 0; i < n; i++)
    fault_used(FAULT_poll, fds[i].fd);
  if (instead(rule)) RETURN_BY_RULE(int);
  return __real_poll(fds, n, limit);
}

/* A row of sys.def that is not wrapped above is an undeclared name here. */
typedef void (*any_function)(void);
extern const any_function fault_wrapped[];
const any_function fault_wrapped[] = {
#define SYS(NAME) (any_function) __wrap_##NAME,
#include "sys.def"
};
