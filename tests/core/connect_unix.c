/* The connect operation on unix sockets, whose listeners say EAGAIN when full. */
#include "kernel.h"

static nsk_outcome step(nsk_connect *op, nsk_socket *out, nsk_interest *interest,
                        nsk_error *error) {
  nsk_addrinfo peer;
  return nsk_connect_step(op, out, &peer, interest, error);
}

/* poll(2) calls such a socket writable, so the interest must be for another descriptor.
 */
static void test_pauses_grow(void **state) {
  (void)state;
  nsk_connect op;
  nsk_socket s;
  nsk_interest interest;
  nsk_error error;
  int hole[HOLE];
  nsk_addrinfo at = abstract_name("hole");
  black_hole(&at, hole);
  nsk_target target = {.at = &at};
  nsk_socket_init(&s);
  int64_t deadline = nsk_now() + 40 * MILLISECOND;
  assert_int_equal(
      nsk_connect_start(&op, &target, (nsk_deadline){deadline, 0.04}, true, &error),
      NSK_DONE);
  nsk_outcome outcome;
  int pauses = 0;
  for (int64_t before = nsk_now();
       (outcome = step(&op, &s, &interest, &error)) == NSK_AGAIN; before = nsk_now()) {
    int64_t pause = MILLISECOND << pauses;
    assert_int_equal(interest.need, NSK_READ);
    assert_true(interest.until <= deadline);
    assert_true(interest.until <= nsk_now() + pause);
    if (interest.until < deadline) assert_true(interest.until >= before + pause);
    assert_int_equal(nsk_wait_for(&interest, NULL, &error), NSK_TIMEOUT);
    pauses++;
  }
  assert_int_equal(outcome, NSK_TIMEOUT);
  assert_true(nsk_now() >= deadline);
  assert_in_range(pauses, 1, 6); /* 1, 2, 4, 8, 16 ms and the rest; or late and fewer */
  assert_int_equal(error.code, ETIMEDOUT);
  nsk_connect_drop(&op);
  close_hole(hole);
}

/* A step before the pause is over asks for the same again and connects to nobody. */
static void test_early_steps_are_harmless(void **state) {
  (void)state;
  nsk_connect op;
  nsk_socket s;
  nsk_interest first, again;
  nsk_error error;
  int hole[HOLE];
  nsk_addrinfo at = abstract_name("early");
  black_hole(&at, hole);
  nsk_target target = {.at = &at};
  nsk_socket_init(&s);
  assert_int_equal(nsk_connect_start(&op, &target, NSK_NO_DEADLINE, true, &error),
                   NSK_DONE);
  assert_int_equal(step(&op, &s, &first, &error), NSK_AGAIN);
  assert_int_equal(nsk_wait_for(&first, NULL, &error), NSK_TIMEOUT);
  assert_int_equal(step(&op, &s, &first, &error), NSK_AGAIN);
  assert_int_equal(step(&op, &s, &again, &error), NSK_AGAIN);
  if (nsk_now() < first.until) {
    assert_int_equal(again.fd, first.fd);
    assert_true(again.until == first.until);
  }
  nsk_connect_drop(&op);
  close_hole(hole);
}

static void test_room_at_last(void **state) {
  (void)state;
  nsk_connect op;
  nsk_socket s;
  nsk_interest interest;
  nsk_error error;
  int hole[HOLE], accepted[HOLE], count = 0;
  nsk_addrinfo at = abstract_name("room");
  black_hole(&at, hole);
  nsk_target target = {.at = &at};
  nsk_socket_init(&s);
  assert_int_equal(nsk_connect_start(&op, &target, NSK_NO_DEADLINE, true, &error),
                   NSK_DONE);
  assert_int_equal(step(&op, &s, &interest, &error), NSK_AGAIN);
  while (count < HOLE && (accepted[count] = accept(hole[0], NULL, NULL)) >= 0)
    count++;
  assert_true(count > 0 && count < HOLE);
  nsk_outcome outcome;
  while ((outcome = step(&op, &s, &interest, &error)) == NSK_AGAIN)
    assert_int_equal(nsk_wait_for(&interest, NULL, &error), NSK_TIMEOUT);
  assert_int_equal(outcome, NSK_DONE);
  assert_int_equal(s.family, AF_UNIX);
  nsk_connect_drop(&op);
  close_socket(&s);
  while (count > 0)
    close(accepted[--count]);
  close_hole(hole);
}

static void test_nobody_listens(void **state) {
  (void)state;
  nsk_connect op;
  nsk_socket s;
  nsk_interest interest;
  nsk_error error;
  nsk_addrinfo at = abstract_name("nobody");
  nsk_target target = {.at = &at};
  nsk_socket_init(&s);
  assert_int_equal(nsk_connect_start(&op, &target, NSK_NO_DEADLINE, true, &error),
                   NSK_DONE);
  nsk_outcome outcome = step(&op, &s, &interest, &error);
  assert_failed(outcome, &error, NSK_ERRNO, ECONNREFUSED, "connect");
  assert_memory_equal(error.subject, text_of(&at.addr), error.subject_length);
  nsk_connect_drop(&op);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      leaving_nothing(test_pauses_grow),
      leaving_nothing(test_early_steps_are_harmless),
      leaving_nothing(test_room_at_last),
      leaving_nothing(test_nobody_listens),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
