/* connect(2) on a socket, ended by a signal. */
#include <sys/syscall.h>

#include "kernel.h"

static bool interrupts;

/* Takes the place of libc's. The next one is ended before it has begun, as the wait for
   room in a unix queue is, or after: the handshake then goes on. */
int connect(int fd, const struct sockaddr *addr, socklen_t length) {
  int status = 0;
  bool begins = !interrupts || addr->sa_family != AF_UNIX;
  if (begins) status = (int)syscall(SYS_connect, fd, addr, length);
  if (!interrupts) return status;
  interrupts = false;
  errno = EINTR;
  return -1;
}

static nsk_socket opened(const nsk_addrinfo *at) {
  nsk_socket s;
  nsk_error error;
  nsk_socket_init(&s);
  assert_int_equal(
      nsk_socket_open(&s, nsk_addr_family(&at->addr), SOCK_STREAM, 0, true, &error),
      NSK_DONE);
  return s;
}

/* Nothing goes on: the queue was full, and the same call may be made again. */
static void test_unix_is_to_be_tried_again(void **state) {
  (void)state;
  nsk_error error;
  nsk_addrinfo at = abstract_name("interrupted");
  int listener = plain_listener(&at, 1);
  nsk_socket s = opened(&at);
  interrupts = true;
  assert_int_equal(nsk_socket_connect(&s, &at.addr, &error), NSK_AGAIN);
  assert_int_equal(error.code, EAGAIN);
  assert_int_equal(nsk_socket_connect(&s, &at.addr, &error), NSK_DONE);
  close_socket(&s);
  close(listener);
}

/* The handshake goes on: the next call says how it has ended, or that it is under way. */
static void test_tcp_goes_on(void **state) {
  (void)state;
  nsk_error error;
  nsk_addrinfo at = inet_any_port();
  int listener = plain_listener(&at, 1);
  nsk_socket s = opened(&at);
  interrupts = true;
  assert_int_equal(nsk_socket_connect(&s, &at.addr, &error), NSK_AGAIN);
  assert_int_equal(error.code, EINPROGRESS);
  assert_int_equal(nsk_wait(s.fd, NSK_WRITE, NSK_NEVER, &error), NSK_DONE);
  assert_int_equal(nsk_socket_connect(&s, &at.addr, &error), NSK_DONE);
  close_socket(&s);
  close(listener);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      leaving_nothing(test_unix_is_to_be_tried_again),
      leaving_nothing(test_tcp_goes_on),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
