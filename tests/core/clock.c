/* Seconds into deadlines, and the one wait. */
#include "check.h"

#include <math.h>

static nsk_outcome deadline(double seconds, nsk_deadline *made, nsk_error *error) {
  return nsk_deadline_in(seconds, "connect", "conndeadl", made, error);
}

static void test_h039_refused_numbers(void **state) {
  (void)state;
  static const double bad[] = {-1.0, -1e-300, -INFINITY, NAN};
  for (size_t i = 0; i < COUNT(bad); i++) {
    nsk_deadline made = {42, 42};
    nsk_error error;
    nsk_outcome outcome = deadline(bad[i], &made, &error);
    assert_failed(outcome, &error, NSK_ARGUMENT, EINVAL, "connect");
    assert_non_null(strstr(line_of(&error), "connect conndeadl: EINVAL"));
    assert_int_equal(made.at, 42);
  }
}

static void test_h039_for_ever(void **state) {
  (void)state;
  static const double far[] = {INFINITY, 1e300, 9.3e9};
  for (size_t i = 0; i < COUNT(far); i++) {
    nsk_deadline made;
    nsk_error error;
    assert_int_equal(deadline(far[i], &made, &error), NSK_DONE);
    assert_true(made.at == NSK_NEVER && !nsk_passed(made.at));
  }
}

static void test_h040_rounding(void **state) {
  (void)state;
  static const struct {
    double seconds;
    int64_t least;
  } cases[] = {{0, 0},
               {1e-9, 1},
               {1.5e-9, 2},
               {1e-12, 1},
               {0.0009999995, 1000000},
               {0.1, 100000000},
               {9e9, 9000000000}};
  for (size_t i = 0; i < COUNT(cases); i++) {
    nsk_deadline made;
    nsk_error error;
    int64_t least = cases[i].seconds >= 1e9 ? cases[i].least * SECOND : cases[i].least;
    int64_t before = nsk_now();
    assert_int_equal(deadline(cases[i].seconds, &made, &error), NSK_DONE);
    int64_t after = nsk_now();
    assert_true(made.at >= before + least);
    assert_true(made.at <= after + least);
    assert_true(made.seconds == cases[i].seconds);
  }
}

static void test_h037_monotonic(void **state) {
  (void)state;
  struct timespec now;
  int64_t last = nsk_now();
  for (int i = 0; i < 1000; i++) {
    int64_t next = nsk_now();
    assert_true(next >= last);
    last = next;
  }
  clock_gettime(CLOCK_MONOTONIC, &now);
  int64_t kernel = (int64_t)now.tv_sec * SECOND + now.tv_nsec;
  assert_true(kernel >= last && kernel - last < 10 * SECOND);
}

static void test_time_of_day(void **state) {
  (void)state;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  int64_t since = nsk_time_of_day() - (int64_t)now.tv_sec * SECOND;
  assert_true(since > -3600 * SECOND && since < 3600 * SECOND);
}

static void test_left(void **state) {
  (void)state;
  const nsk_deadline passed = {nsk_now() - SECOND, 1}, never = {NSK_NEVER, INFINITY};
  assert_true(nsk_deadline_left(&passed) == 0);
  assert_true(isinf(nsk_deadline_left(&never)));
}

static void test_h043_waiting_on_nothing(void **state) {
  (void)state;
  nsk_error error;
  nsk_socket closed;
  nsk_socket_init(&closed);
  assert_failed(nsk_wait(-1, NSK_READ, NSK_NEVER, &error), &error, NSK_ERRNO, EBADF,
                "poll");
  assert_failed(nsk_socket_wait(&closed, NSK_READ, NSK_NEVER, NULL, &error), &error,
                NSK_ERRNO, EBADF, "poll");
  int fd = nski_open_fd(AF_UNIX, SOCK_STREAM, 0, true);
  close(fd);
  assert_failed(nsk_wait(fd, NSK_READ, NSK_NEVER, &error), &error, NSK_ERRNO, EBADF,
                "poll");
}

static void test_waiting(void **state) {
  (void)state;
  nsk_socket a, b;
  nsk_error error;
  size_t n;
  nsk_socket_init(&a);
  nsk_socket_init(&b);
  assert_int_equal(nsk_socket_pair(&a, &b, SOCK_STREAM, 0, true, &error), NSK_DONE);
  assert_int_equal(nsk_socket_wait(&a, NSK_READ, 0, NULL, &error), NSK_TIMEOUT);
  assert_int_equal(nsk_socket_wait(&a, NSK_WRITE, NSK_NEVER, NULL, &error), NSK_DONE);
  int64_t until = nsk_now() + 5 * MILLISECOND;
  assert_int_equal(nsk_socket_wait(&a, NSK_READ, until, NULL, &error), NSK_TIMEOUT);
  assert_true(nsk_now() >= until); /* H040: never early */
  assert_int_equal(nsk_socket_send(&b, "x", 1, 0, &n, &error), NSK_DONE);
  assert_int_equal(nsk_socket_wait(&a, NSK_READ, NSK_NEVER, NULL, &error), NSK_DONE);
  assert_int_equal(nsk_socket_close(&b, &error), NSK_DONE);
  /* A hang-up is ready: the operation itself reports it. */
  assert_int_equal(nsk_socket_wait(&a, NSK_WRITE, NSK_NEVER, NULL, &error), NSK_DONE);
  assert_int_equal(nsk_socket_close(&a, &error), NSK_DONE);
}

/* A wait beyond what every time_t holds is made in parts. */
static void test_time_left_is_cut(void **state) {
  (void)state;
  const int64_t longest = 2000000000;
  assert_true(nski_time_left(nsk_now() + (longest + 60) * SECOND).tv_sec == longest);
  assert_true(nski_time_left(nsk_now() + 60 * SECOND).tv_sec <= 60);
  assert_true(nski_time_left(nsk_now() - SECOND).tv_sec == 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_time_left_is_cut),
      cmocka_unit_test(test_h039_refused_numbers),
      cmocka_unit_test(test_h039_for_ever),
      cmocka_unit_test(test_h040_rounding),
      cmocka_unit_test(test_h037_monotonic),
      cmocka_unit_test(test_time_of_day),
      cmocka_unit_test(test_left),
      cmocka_unit_test(test_h043_waiting_on_nothing),
      cmocka_unit_test(test_waiting),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
