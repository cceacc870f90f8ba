/* The connect operation on unix sockets, whose listeners say EAGAIN when full. */
#include "kernel.h"

/* A connect, and a listener whose queue is full. */
typedef struct {
  nsk_connect op;
  nsk_socket socket;
  nsk_interest interest;
  nsk_error error;
  int hole[HOLE];
} attempt;

static nsk_outcome step(attempt *a) {
  nsk_addrinfo peer;
  return nsk_connect_step(&a->op, &a->socket, &peer, &a->interest, &a->error);
}

static void begin(attempt *a, const nsk_addrinfo *at, nsk_deadline deadline) {
  nsk_target target = {.address = at};
  nsk_socket_init(&a->socket);
  assert_int_equal(nsk_connect_start(&a->op, &target, deadline, true, &a->error),
                   NSK_DONE);
}

static void begin_at_full_queue(attempt *a, const char *word, nsk_deadline deadline) {
  nsk_addrinfo at = abstract_name(word);
  black_hole(&at, a->hole);
  begin(a, &at, deadline);
}

static void end(attempt *a) {
  nsk_connect_drop(&a->op);
  close_hole(a->hole);
}

static void wait_out(attempt *a) {
  assert_int_equal(nsk_wait_for(&a->interest, NULL, &a->error), NSK_TIMEOUT);
}

/* poll(2) calls such a socket writable, so the interest must be for another descriptor.
 */
static void test_pauses_grow(void **state) {
  (void)state;
  attempt a;
  int64_t deadline = nsk_now() + 40 * MILLISECOND;
  begin_at_full_queue(&a, "hole", (nsk_deadline){deadline, 0.04});
  nsk_outcome outcome;
  int pauses = 0;
  for (int64_t before = nsk_now(); (outcome = step(&a)) == NSK_AGAIN;
       before = nsk_now()) {
    int64_t pause = MILLISECOND << pauses;
    assert_int_equal(a.interest.need, NSK_READ);
    assert_true(a.interest.until <= deadline);
    assert_true(a.interest.until <= nsk_now() + pause);
    if (a.interest.until < deadline) assert_true(a.interest.until >= before + pause);
    wait_out(&a);
    pauses++;
  }
  assert_int_equal(outcome, NSK_TIMEOUT);
  assert_true(nsk_now() >= deadline);
  assert_in_range(pauses, 1, 6); /* 1, 2, 4, 8, 16 ms and the rest; or late and fewer */
  assert_int_equal(a.error.code, ETIMEDOUT);
  end(&a);
}

/* However long the queue stays full, room in it is seen soon. */
static void test_pauses_are_capped(void **state) {
  (void)state;
  attempt a;
  begin_at_full_queue(&a, "capped", NSK_NO_DEADLINE);
  for (int pauses = 0; pauses < 9; pauses++) {
    assert_int_equal(step(&a), NSK_AGAIN);
    assert_true(a.interest.until <= nsk_now() + 50 * MILLISECOND);
    wait_out(&a);
  }
  end(&a);
}

/* A step before the pause is over asks for the same again and makes no connect. */
static void test_early_steps_are_harmless(void **state) {
  (void)state;
  attempt a;
  begin_at_full_queue(&a, "early", NSK_NO_DEADLINE);
  assert_int_equal(step(&a), NSK_AGAIN);
  wait_out(&a);
  assert_int_equal(step(&a), NSK_AGAIN);
  const nsk_interest first = a.interest;
  assert_int_equal(step(&a), NSK_AGAIN);
  if (nsk_now() < first.until) {
    assert_int_equal(a.interest.fd, first.fd);
    assert_true(a.interest.until == first.until);
  }
  end(&a);
}

static void test_room_at_last(void **state) {
  (void)state;
  attempt a;
  int accepted[HOLE], count = 0;
  begin_at_full_queue(&a, "room", NSK_NO_DEADLINE);
  assert_int_equal(step(&a), NSK_AGAIN);
  while (count < HOLE && (accepted[count] = accept(a.hole[0], NULL, NULL)) >= 0)
    count++;
  assert_true(count > 0 && count < HOLE);
  nsk_outcome outcome;
  while ((outcome = step(&a)) == NSK_AGAIN)
    wait_out(&a);
  assert_int_equal(outcome, NSK_DONE);
  assert_int_equal(a.socket.family, AF_UNIX);
  close_socket(&a.socket);
  while (count > 0)
    close(accepted[--count]);
  end(&a);
}

static void test_nobody_listens(void **state) {
  (void)state;
  attempt a;
  nsk_addrinfo at = abstract_name("nobody");
  begin(&a, &at, NSK_NO_DEADLINE);
  nsk_outcome outcome = step(&a);
  assert_failed(outcome, &a.error, NSK_ERRNO, ECONNREFUSED, "connect");
  assert_memory_equal(a.error.subject, text_of(&at.addr), a.error.subject_length);
  nsk_connect_drop(&a.op);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      leaving_nothing(test_pauses_grow),
      leaving_nothing(test_pauses_are_capped),
      leaving_nothing(test_early_steps_are_harmless),
      leaving_nothing(test_room_at_last),
      leaving_nothing(test_nobody_listens),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
