/* Forks are counted, and what the system lets a call wait is one point of time. */
#include "kernel.h"
#include "system/pollset.h"

#include <sys/wait.h>

/* What the function says in a child. */
static unsigned in_child(unsigned (*ask)(void)) {
  unsigned answer = 0;
  int ends[2], status;
  assert_int_equal(pipe(ends), 0);
  pid_t child = fork();
  assert_int_not_equal(child, -1);
  if (child == 0) {
    answer = ask();
    _exit(write(ends[1], &answer, sizeof answer) == (ssize_t)sizeof answer ? 0 : 1);
  }
  assert_int_equal(read(ends[0], &answer, sizeof answer), sizeof answer);
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
  close(ends[0]);
  close(ends[1]);
  return answer;
}

static unsigned grandchild(void) {
  return in_child(nsk_fork_generation);
}

static void test_generations(void **state) {
  (void)state;
  unsigned ours = nsk_fork_generation();
  assert_int_not_equal(ours, 0);
  assert_int_equal(nsk_fork_generation(), ours);
  unsigned child = in_child(nsk_fork_generation);
  assert_int_not_equal(child, ours);
  unsigned below = in_child(grandchild);
  assert_true(below != ours && below != child);
  assert_int_equal(nsk_fork_generation(), ours);
}

/* A receive of the parent's that was under way holds nothing in the child. */
static void test_a_receive_of_the_parent(void **state) {
  (void)state;
  nsk_socket a, b;
  nsk_error error;
  nsk_transfer op;
  char byte;
  size_t n;
  int status;
  nsk_socket_init(&a);
  nsk_socket_init(&b);
  assert_int_equal(nsk_socket_pair(&a, &b, SOCK_STREAM, 0, true, &error), NSK_DONE);
  nsk_outcome outcome =
      nsk_transfer_receive(&op, &a, NSK_RECEIVE_ALL, 4, NSK_NO_DEADLINE, &error);
  assert_int_equal(outcome, NSK_DONE);
  outcome = nsk_socket_recv(&a, &byte, 1, 0, &n, &error);
  assert_failed(outcome, &error, NSK_ERRNO, EBUSY, "recv");
  pid_t child = fork();
  assert_int_not_equal(child, -1);
  if (child == 0)
    _exit(nsk_socket_recv(&a, &byte, 1, 0, &n, &error) == NSK_AGAIN ? 0 : 1);
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
  nsk_transfer_end(&op, &a, false);
  close_socket(&a);
  close_socket(&b);
}

static void set_time(const nsk_socket *s, int option, time_t seconds,
                     suseconds_t micros) {
  struct timeval time = {seconds, micros};
  assert_int_equal(setsockopt(s->fd, SOL_SOCKET, option, &time, sizeof time), 0);
}

static void test_limits(void **state) {
  (void)state;
  nsk_socket a, b;
  nsk_error error;
  const int64_t before = nsk_now();
  nsk_socket_init(&a);
  nsk_socket_init(&b);
  assert_int_equal(nsk_socket_pair(&a, &b, SOCK_STREAM, 0, false, &error), NSK_DONE);
  assert_true(nsk_socket_limit(&a, NSK_READ, before) == NSK_NEVER);
  assert_true(nsk_socket_limit(&a, NSK_WRITE, before) == NSK_NEVER);
  set_time(&a, SO_RCVTIMEO, 5, 500000);
  set_time(&a, SO_SNDTIMEO, 1000000, 0);
  int64_t reading = nsk_socket_limit(&a, NSK_READ, before);
  int64_t writing = nsk_socket_limit(&a, NSK_WRITE, before);
  /* The kernel counts in ticks of up to 10 ms and rounds up. */
  assert_true(reading >= before + 5500 * MILLISECOND);
  assert_true(reading <= before + 5510 * MILLISECOND);
  assert_true(writing >= before + 1000000 * SECOND);
  assert_true(writing <= before + 1000001 * SECOND);
  nsk_socket_close(&a, &error);
  nsk_socket_close(&b, &error);
  assert_true(nsk_socket_limit(&a, NSK_READ, before) == NSK_NEVER);
}

/* What is taken out of a group is told no more, although a child has its copy. */
static void test_a_copy_elsewhere(void **state) {
  (void)state;
  nsk_socket a, b;
  nsk_error error;
  size_t sent;
  nsk_socket_init(&a);
  nsk_socket_init(&b);
  assert_int_equal(nsk_socket_pair(&a, &b, SOCK_STREAM, 0, true, &error), NSK_DONE);
  int group = nski_pollset_open(), copy = nski_dup_fd(a.fd);
  assert_true(group >= 0 && copy >= 0);
  assert_int_equal(nski_pollset_add(group, a.fd, POLLIN), 0);
  nski_pollset_remove(group, a.fd);
  nsk_socket_close(&a, &error);
  assert_int_equal(nsk_socket_send(&b, "x", 1, 0, &sent, &error), NSK_DONE);
  assert_int_equal(nsk_wait(copy, NSK_READ, NSK_NEVER, &error), NSK_DONE);
  assert_int_equal(nsk_wait(group, NSK_READ, nsk_now(), &error), NSK_TIMEOUT);
  close(copy);
  close(group);
  nsk_socket_close(&b, &error);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      leaving_nothing(test_generations),
      leaving_nothing(test_a_receive_of_the_parent),
      leaving_nothing(test_limits),
      leaving_nothing(test_a_copy_elsewhere),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
