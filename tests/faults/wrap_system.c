/* The wrapped calls that are not on sockets: waiting, clocks, resolver, interfaces. */
#include "wrap.h"

#include <ifaddrs.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/stat.h>

/* clang-format off */
MAKES(eventfd, (unsigned count, int flags), (count, flags), -1)
MAKES(epoll_create1, (int flags), (flags), -1)
MAKES_TWO(pipe, (int fds[2]), (fds))
USES(int, epoll_ctl, (int fd, int op, int of, struct epoll_event *event),
     (fd, op, of, event))
USES(int, epoll_pwait,
     (int fd, struct epoll_event *events, int count, int limit, const sigset_t *mask),
     (fd, events, count, limit, mask))
USES(int, epoll_wait, (int fd, struct epoll_event *events, int count, int limit),
     (fd, events, count, limit))
USES(ssize_t, read, (int fd, void *bytes, size_t length), (fd, bytes, length))
USES(ssize_t, write, (int fd, const void *bytes, size_t length), (fd, bytes, length))
USES(int, fchmod, (int fd, mode_t mode), (fd, mode))
MAKES(open, (const char *path, int flags), (path, flags), -1)
USES(int, fstat, (int fd, struct stat *about), (fd, about))
PLAIN(int, chmod, (const char *path, mode_t mode), (path, mode))
PLAIN(int, lstat, (const char *path, struct stat *about), (path, about))
PLAIN(int, unlink, (const char *path), (path))
/* From a file that is the user's. */
PLAIN(ssize_t, pread, (int fd, void *bytes, size_t length, off_t offset),
      (fd, bytes, length, offset))
PLAIN(int, fflush, (FILE *file), (file))

PLAIN(int, getnameinfo, (const struct sockaddr *addr, socklen_t length, char *host,
                         socklen_t host_size, char *service, socklen_t service_size,
                         int flags),
      (addr, length, host, host_size, service, service_size, flags))
PLAIN(int, sigpending, (sigset_t *set), (set))
PLAIN(int, sigtimedwait, (const sigset_t *set, siginfo_t *info, const struct timespec *limit),
      (set, info, limit))
PLAIN(unsigned, if_nametoindex, (const char *name), (name))
PLAIN(int, getifaddrs, (struct ifaddrs **rows), (rows))
PLAIN(int, pthread_create, (pthread_t *thread, const pthread_attr_t *attributes,
                            void *(*run)(void *), void *argument),
      (thread, attributes, run, argument))
/* clang-format on */

char *__real_getcwd(char *folder, size_t size);
char *__wrap_getcwd(char *folder, size_t size);
char *__wrap_getcwd(char *folder, size_t size) {
  const fault_rule *rule = fault_enter(FAULT_getcwd);
  if (!fault_instead(rule)) return __real_getcwd(folder, size);
  errno = rule->code;
  return NULL;
}

char *__real_if_indextoname(unsigned index, char *name);
char *__wrap_if_indextoname(unsigned index, char *name);
char *__wrap_if_indextoname(unsigned index, char *name) {
  const fault_rule *rule = fault_enter(FAULT_if_indextoname);
  if (!fault_instead(rule)) return __real_if_indextoname(index, name);
  errno = rule->code;
  return NULL;
}

void __real_freeifaddrs(struct ifaddrs *rows);
void __wrap_freeifaddrs(struct ifaddrs *rows);
void __wrap_freeifaddrs(struct ifaddrs *rows) {
  fault_enter(FAULT_freeifaddrs);
  __real_freeifaddrs(rows);
}

int __real_ioctl(int fd, unsigned long request, ...);
int __wrap_ioctl(int fd, unsigned long request, ...);
int __wrap_ioctl(int fd, unsigned long request, ...) {
  va_list list;
  va_start(list, request);
  void *argument = va_arg(list, void *);
  va_end(list);
  const fault_rule *rule = fault_enter(FAULT_ioctl);
  fault_used(FAULT_ioctl, fd);
  if (fault_instead(rule)) RETURN_BY_RULE(int);
  return __real_ioctl(fd, request, argument);
}

static void count_lists(int change) {
  fault_plan *plan = fault_plan_in_use();
  if (plan != NULL) atomic_fetch_add(&plan->lists, change);
}

int __real_getaddrinfo(const char *host, const char *service,
                       const struct addrinfo *hints, struct addrinfo **answer);
int __wrap_getaddrinfo(const char *host, const char *service,
                       const struct addrinfo *hints, struct addrinfo **answer);
int __wrap_getaddrinfo(const char *host, const char *service,
                       const struct addrinfo *hints, struct addrinfo **answer) {
  const fault_rule *rule = fault_enter(FAULT_getaddrinfo);
  if (fault_instead(rule)) RETURN_BY_RULE(int);
  int code = __real_getaddrinfo(host, service, hints, answer);
  if (code == 0) count_lists(1);
  return code;
}

void __real_freeaddrinfo(struct addrinfo *answer);
void __wrap_freeaddrinfo(struct addrinfo *answer);
void __wrap_freeaddrinfo(struct addrinfo *answer) {
  fault_enter(FAULT_freeaddrinfo);
  count_lists(-1);
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
  if (fault_instead(rule)) RETURN_BY_RULE(int);
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
  if (fault_instead(rule)) RETURN_BY_RULE(int);
  return __real_poll(fds, n, limit);
}
