/* What waiting promises: hang-ups, held signals, edges, and a parent's group. */
#include "kernel.h"
#include "system/pollset.h"
#include "system/retry.h"

#include <fcntl.h>
#include <sys/wait.h>

static void open_pipe(int fds[2]) {
  assert_int_equal(pipe(fds), 0);
}

/* ------------------------------------------------------------------- readiness -- */

/* poll(2) and epoll(7) say nothing but "hung up" of a pipe whose other end has gone. */
static void test_hang_up_is_readiness(void **state) {
  (void)state;
  int fds[2];
  size_t count;
  nsk_error error;
  nsk_group group;
  nsk_ready ready[NSK_READY_MOST];
  open_pipe(fds);
  close(fds[1]);
  nsk_entry entry = {.fd = fds[0], .need = NSK_READ};
  nsk_pollset set = {.entries = &entry, .count = 1};
  nsk_interest interest = {.fd = -1, .need = NSK_READ, .until = 0, .set = &set};
  assert_int_equal(nsk_wait_for(&interest, NULL, &error), NSK_DONE);
  assert_true(entry.ready);
  assert_int_equal(nsk_group_open(&group, &error), NSK_DONE);
  assert_int_equal(nsk_group_watch(&group, fds[0], true, false, &error), NSK_DONE);
  assert_int_equal(nsk_group_wait(&group, 0, NULL, ready, &count, &error), NSK_DONE);
  assert_true(count == 1 && ready[0].fd == fds[0] && ready[0].reading);
  nsk_group_close(&group);
  close(fds[0]);
}

/* The end of one side is all that tells an empty packet from the end of a connection. */
static void test_hung_up_on_one_side(void **state) {
  (void)state;
  int fds[2];
  assert_int_equal(nski_open_pair(SOCK_STREAM, 0, true, fds), 0);
  assert_false(nski_hung_up(fds[0]));
#ifdef POLLRDHUP
  assert_int_equal(shutdown(fds[1], SHUT_WR), 0);
  assert_true(nski_hung_up(fds[0]));
  assert_false(nski_hung_up(fds[1]));
#endif
  close(fds[1]);
  close(fds[0]);
}

/* No descriptor was left, and no time is what brings one. */
static void test_a_collection_is_not_waited_for(void **state) {
  (void)state;
  nsk_error error;
  nsk_interest interest = {.fd = -1, .need = NSK_COLLECT, .until = NSK_NEVER};
  assert_int_equal(nsk_wait_for(&interest, NULL, &error), NSK_DONE);
  assert_int_equal(nsk_wait_briefly(&interest, &error), NSK_TIMEOUT);
}

static void test_signals_are_let_in_after_it(void **state) {
  (void)state;
  nsk_error error;
  nsk_signals held = {.closes = false};
  nsk_pollset none = {.count = 0};
  nsk_interest interest = {.fd = -1, .need = NSK_READ, .until = 0, .set = &none};
  nsk_signals_hold(&held);
  assert_int_equal(nsk_wait_for(&interest, &held, &error), NSK_TIMEOUT);
  assert_null(nski_signals_before(&held));
  nsk_signals_release(&held);
}

/* An urgent byte alone makes no receive possible, and a full buffer no send. */
static void test_urgent_bytes_are_asked_for(void **state) {
  (void)state;
  static const char much[65536];
  nsk_error error;
  nsk_addrinfo at = inet_any_port();
  int listener = plain_listener(&at, 1), fd = plain_socket(&at);
  int status = connect(fd, nski_addr_sockaddr(&at.addr), at.addr.length);
  assert_true(status == 0 || errno == EINPROGRESS);
  int64_t limit = nsk_now() + 20 * SECOND;
  assert_int_equal(nsk_wait(listener, NSK_READ, limit, &error), NSK_DONE);
  int peer = accept(listener, NULL, NULL);
  assert_true(peer >= 0);
  /* What is acknowledged makes room again. */
  while (nsk_wait(fd, NSK_WRITE, nsk_now() + 50 * MILLISECOND, &error) == NSK_DONE)
    assert_true(send(fd, much, sizeof much, MSG_DONTWAIT) > 0 || errno == EAGAIN);
  assert_int_equal(nsk_wait(fd, NSK_READ_URGENT, 0, &error), NSK_TIMEOUT);
  assert_int_equal(send(peer, "!", 1, MSG_OOB), 1);
  assert_int_equal(nsk_wait(fd, NSK_WRITE_URGENT, limit, &error), NSK_DONE);
  assert_int_equal(nsk_wait(fd, NSK_READ_URGENT, limit, &error), NSK_DONE);
#ifdef __linux__
  assert_int_equal(nsk_wait(fd, NSK_READ, 0, &error), NSK_TIMEOUT);
#endif
  close(peer);
  close(fd);
  close(listener);
}

/* A call that says so does not wait, though the socket blocks; nor does a round of a file
   that waits elsewhere. One that waits would end the program. */
static void test_no_wait_in_a_blocking_socket(void **state) {
  (void)state;
  nsk_socket to, from, pair[2];
  nsk_error error;
  size_t n;
  nsk_outcome outcome;
  nsk_addrinfo at = abstract_name("no-wait");
  nsk_socket_init(&to);
  nsk_socket_init(&from);
  nsk_socket_init(&pair[0]);
  nsk_socket_init(&pair[1]);
  alarm(30);
  assert_int_equal(nsk_socket_open(&to, AF_UNIX, SOCK_DGRAM, 0, true, &error), NSK_DONE);
  assert_int_equal(bind(to.fd, nski_addr_sockaddr(&at.addr), at.addr.length), 0);
  outcome = nsk_socket_open(&from, AF_UNIX, SOCK_DGRAM, 0, false, &error);
  assert_int_equal(outcome, NSK_DONE);
  do
    outcome = nsk_socket_sendto(&from, "x", 1, &at.addr, MSG_DONTWAIT, &n, &error);
  while (outcome == NSK_DONE);
  assert_int_equal(outcome, NSK_AGAIN);
  outcome = nsk_socket_pair(&pair[0], &pair[1], SOCK_STREAM, 0, false, &error);
  assert_int_equal(outcome, NSK_DONE);
  int file = open("/dev/zero", O_RDONLY | O_CLOEXEC);
  assert_true(file >= 0);
  do
    outcome = nski_send_file_now(&pair[0], file, 65536, 0, &n, &error);
  while (outcome == NSK_DONE);
  assert_int_equal(outcome, NSK_AGAIN);
  alarm(0);
  close(file);
  close_socket(&pair[0]);
  close_socket(&pair[1]);
  close_socket(&from);
  close_socket(&to);
}

/* ----------------------------------------------------------------------- edges -- */

/* However often it was posted. */
static void test_an_event_that_is_cleared(void **state) {
  (void)state;
  nsk_event event;
  nsk_error error;
  assert_int_equal(nsk_event_open(&event, &error), NSK_DONE);
  assert_true(nski_event_clear(&event));
  nsk_event_post(&event);
  nsk_event_post(&event);
  assert_int_equal(nsk_wait(event.wait_fd, NSK_READ, 0, &error), NSK_DONE);
  assert_true(nski_event_clear(&event));
  assert_int_equal(nsk_wait(event.wait_fd, NSK_READ, 0, &error), NSK_TIMEOUT);
  nsk_event_close(&event);
}

/* Being told again of what was there all the time would be no news. */
static void test_an_edge_is_told_once(void **state) {
  (void)state;
  nsk_event event;
  nsk_error error;
  assert_int_equal(nsk_event_open(&event, &error), NSK_DONE);
  int edge = nski_pollset_open_edge(event.wait_fd, POLLIN);
  for (int i = 0; edge >= 0 && i < 3; i++) {
    nsk_event_post(&event);
    assert_true(nski_pollset_take_edge(edge));
    assert_false(nski_pollset_take_edge(edge));
  }
  if (edge >= 0) close(edge);
  nsk_event_close(&event);
}

/* Where each try itself makes news, a try follows none of them at once. */
static void test_news_is_doubted(void **state) {
  (void)state;
  nsk_event event;
  nsk_error error;
  nski_retry retry = {0};
  bool before = false;
  assert_int_equal(nsk_event_open(&event, &error), NSK_DONE);
  for (int i = 0; i < 20; i++) {
    nsk_interest interest = {.fd = event.wait_fd, .need = NSK_READ, .until = NSK_NEVER};
    nsk_event_post(&event);
    bool at_once = nski_retry_wait(&retry, &interest) == NSK_DONE;
    assert_false(at_once && before);
    before = at_once;
  }
  nski_retry_end(&retry);
  nsk_event_close(&event);
}

static void test_a_pause_ends_at_the_deadline(void **state) {
  (void)state;
  enum { SOON = 1 };
  nsk_event event;
  nsk_error error;
  nski_retry retry = {0};
  assert_int_equal(nsk_event_open(&event, &error), NSK_DONE);
  nsk_event_post(&event);
  for (int i = 0; i < 20; i++) {
    nsk_interest interest = {.fd = event.wait_fd, .need = NSK_READ, .until = SOON};
    nski_retry_wait(&retry, &interest);
    assert_true(interest.until == SOON);
  }
  nski_retry_end(&retry);
  nsk_event_close(&event);
}

/* ----------------------------------------------------------------- descriptors -- */

static void test_a_duplicate_is_not_inherited(void **state) {
  (void)state;
  int fds[2];
  open_pipe(fds);
  int fd = nski_dup_fd(fds[0]);
  assert_true(fd >= 0);
  assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  close(fd);
  close(fds[0]);
  close(fds[1]);
}

/* A group is one for parent and child: what the child closes stays in the parent's. */
static void test_a_child_leaves_its_parents_group(void **state) {
  (void)state;
  int fds[2], status;
  nsk_error error;
  open_pipe(fds);
  nsk_entry entry = {.fd = fds[0], .need = NSK_READ};
  nsk_pollset set = {.entries = &entry, .count = 1};
  nsk_interest interest = {.fd = -1, .need = NSK_READ, .until = NSK_NEVER, .set = &set};
  assert_int_equal(nsk_wait_by_one(&interest, &error), NSK_AGAIN);
  pid_t child = fork();
  if (child == 0) {
    nski_pollset_forget(&set, fds[0]);
    _exit(0);
  }
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(write(fds[1], "x", 1), 1);
  assert_int_equal(nsk_wait(interest.fd, NSK_READ, nsk_now() + 10 * SECOND, &error),
                   NSK_DONE);
  nsk_pollset_close(&set);
  close(fds[0]);
  close(fds[1]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      leaving_nothing(test_hang_up_is_readiness),
      leaving_nothing(test_hung_up_on_one_side),
      leaving_nothing(test_a_collection_is_not_waited_for),
      leaving_nothing(test_signals_are_let_in_after_it),
      leaving_nothing(test_no_wait_in_a_blocking_socket),
      leaving_nothing(test_urgent_bytes_are_asked_for),
      leaving_nothing(test_an_event_that_is_cleared),
      leaving_nothing(test_an_edge_is_told_once),
      leaving_nothing(test_news_is_doubted),
      leaving_nothing(test_a_pause_ends_at_the_deadline),
      leaving_nothing(test_a_duplicate_is_not_inherited),
      leaving_nothing(test_a_child_leaves_its_parents_group),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
