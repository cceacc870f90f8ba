/* SIGPIPE is kept in, and what the program has done with it stays. */
#include <signal.h>

#include "kernel.h"

static bool is_pending(void) {
  sigset_t pending;
  sigpending(&pending);
  return sigismember(&pending, SIGPIPE) == 1;
}

static bool is_blocked(void) {
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, NULL, &mask);
  return sigismember(&mask, SIGPIPE) == 1;
}

static void set_blocked(bool blocked) {
  sigset_t pipe_only;
  sigemptyset(&pipe_only);
  sigaddset(&pipe_only, SIGPIPE);
  pthread_sigmask(blocked ? SIG_BLOCK : SIG_UNBLOCK, &pipe_only, NULL);
}

static volatile sig_atomic_t came;

static void note(int number) {
  (void)number;
  came++;
}

/* Writes into a pipe that has no reader, as any descriptor's writev does. */
static void write_to_none(void) {
  int ends[2];
  size_t n;
  nsk_error error;
  nsk_iovec iov;
  nsk_iovec_init(&iov);
  assert_int_equal(pipe(ends), 0);
  close(ends[0]);
  assert_int_equal(nsk_iovec_add(&iov, "x", 1, &error), NSK_DONE);
  nsk_outcome outcome = nsk_fd_writev(ends[1], &iov, 0, 1, &n, &error);
  assert_failed(outcome, &error, NSK_ERRNO, EPIPE, "writev");
  nsk_iovec_free(&iov);
  close(ends[1]);
}

static int catch_it(void **state) {
  struct sigaction action = {.sa_handler = note};
  came = 0;
  assert_int_equal(sigaction(SIGPIPE, &action, NULL), 0);
  return count_before(state);
}

static int let_it_be(void **state) {
  signal(SIGPIPE, SIG_DFL);
  return count_after(state);
}

static void test_none_comes(void **state) {
  (void)state;
  write_to_none();
  assert_int_equal(came, 0);
  assert_false(is_blocked());
  assert_false(is_pending());
}

static void test_blocked_stays_blocked(void **state) {
  (void)state;
  set_blocked(true);
  write_to_none();
  assert_true(is_blocked());
  assert_false(is_pending());
  set_blocked(false);
  assert_int_equal(came, 0);
}

/* One that another has left pending is another's. */
static void test_pending_stays_pending(void **state) {
  (void)state;
  set_blocked(true);
  raise(SIGPIPE);
  assert_true(is_pending());
  write_to_none();
  assert_true(is_pending());
  set_blocked(false);
  assert_int_equal(came, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_none_comes, catch_it, let_it_be),
      cmocka_unit_test_setup_teardown(test_blocked_stays_blocked, catch_it, let_it_be),
      cmocka_unit_test_setup_teardown(test_pending_stays_pending, catch_it, let_it_be),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
