/* The kernel's side of a test: plain sockets, and what this process has open. */
#ifndef NSK_TEST_KERNEL_H
#define NSK_TEST_KERNEL_H

#include "check.h"

#include <dirent.h>
#include <netinet/tcp.h>

static inline int entries(DIR *folder) {
  int count = 0;
  while (readdir(folder) != NULL)
    count++;
  closedir(folder);
  return count;
}

/* How many descriptors are open; the one that looks is always among them. */
static inline int open_descriptors(void) {
  DIR *folder = opendir("/proc/self/fd");
  if (folder == NULL) folder = opendir("/dev/fd");
  assert_non_null(folder);
  return entries(folder);
}

static void *do_nothing(void *argument) {
  return argument;
}

/* A sanitizer may start a thread of its own beside the first of the program. */
static inline void start_first_thread(void) {
  pthread_t thread;
  assert_int_equal(pthread_create(&thread, NULL, do_nothing, NULL), 0);
  pthread_join(thread, NULL);
}

static inline int count_threads(void) {
  DIR *folder = opendir("/proc/self/task");
  return folder != NULL ? entries(folder) : 0;
}

/* What a test that must leave nothing open has found. */
static int descriptors_before, threads_before;

/* A resolver that no call waits for has files open until it ends. */
static inline void until_alone(void) {
  const struct timespec moment = {0, 1000000};
  for (int tries = 0; tries < 20000 && count_threads() > threads_before; tries++)
    nanosleep(&moment, NULL);
}

static inline int count_before(void **state) {
  (void)state;
  start_first_thread();
  threads_before = count_threads();
  descriptors_before = open_descriptors();
  return 0;
}

static inline int count_after(void **state) {
  (void)state;
  until_alone();
  assert_int_equal(open_descriptors(), descriptors_before);
  return 0;
}

#define leaving_nothing(test) \
  cmocka_unit_test_setup_teardown(test, count_before, count_after)

static inline nsk_addrinfo inet_any_port(void) {
  nsk_addrinfo ai = {.socktype = SOCK_STREAM};
  nsk_error error;
  nsk_endpoint at = numbered("127.0.0.1", 0);
  assert_int_equal(nsk_addr_inet(&ai.addr, &at, false, "inet", &error), NSK_DONE);
  return ai;
}

/* A name that no other process has. */
static inline nsk_addrinfo abstract_name(const char *word) {
  nsk_addrinfo ai = {.socktype = SOCK_STREAM};
  nsk_error error;
  char name[64];
  name[0] = '\0';
  int length = snprintf(name + 1, sizeof name - 1, "nsk-%d-%s", (int)getpid(), word);
  assert_int_equal(nsk_addr_unix(&ai.addr, name, (size_t)length + 1, "unix", &error),
                   NSK_DONE);
  return ai;
}

static inline int plain_socket(const nsk_addrinfo *ai) {
  int fd =
      socket(nsk_addr_family(&ai->addr), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  assert_true(fd >= 0);
  return fd;
}

/* Binds and listens; the address gets its real port. */
static inline int plain_listener(nsk_addrinfo *ai, int backlog) {
  int fd = plain_socket(ai);
  socklen_t room;
  assert_int_equal(bind(fd, nski_addr_sockaddr(&ai->addr), ai->addr.length), 0);
  struct sockaddr *space = nski_addr_space(&ai->addr, &room);
  assert_int_equal(getsockname(fd, space, &room), 0);
  nski_addr_filled(&ai->addr, room);
  if (backlog >= 0) assert_int_equal(listen(fd, backlog), 0);
  return fd;
}

enum { HOLE = 2 };

/* Of a listener, tcp_info tells how many wait in its queue, and how many may. */
static inline bool full_queue(int listener) {
  struct tcp_info info;
  socklen_t size = sizeof info;
  assert_int_equal(getsockopt(listener, IPPROTO_TCP, TCP_INFO, &info, &size), 0);
  return info.tcpi_unacked > info.tcpi_sacked;
}

/* A listener whose queue is full, so that it answers no one: Linux lets one connection
 * wait where none may. fds[0] is the listener. */
static inline void black_hole(nsk_addrinfo *ai, int fds[HOLE]) {
  const struct timespec moment = {0, MILLISECOND};
  fds[0] = plain_listener(ai, 0);
  fds[1] = plain_socket(ai);
  int status = connect(fds[1], nski_addr_sockaddr(&ai->addr), ai->addr.length);
  assert_true(status == 0 || errno == EINPROGRESS);
  if (nsk_addr_family(&ai->addr) == AF_UNIX) return;
  for (int tries = 0; !full_queue(fds[0]); tries++) {
    assert_true(tries < 20000);
    nanosleep(&moment, NULL);
  }
}

static inline void close_hole(const int fds[HOLE]) {
  for (int i = 0; i < HOLE; i++)
    close(fds[i]);
}

static inline void close_socket(nsk_socket *s) {
  nsk_error error;
  assert_int_equal(nsk_socket_close(s, &error), NSK_DONE);
}

#endif
