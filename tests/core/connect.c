/* The connect operation over TCP: candidates, shares, deadlines, resolving. */
#include "kernel.h"

#include <sys/wait.h>

typedef struct {
  nsk_connect op;
  nsk_socket socket;
  nsk_addrinfo peer;
  nsk_interest interest;
  nsk_error error;
} attempt;

static nsk_outcome start(attempt *a, const nsk_target *target, nsk_deadline deadline,
                         bool may_block) {
  memset(a, 0, sizeof *a);
  nsk_socket_init(&a->socket);
  return nsk_connect_start(&a->op, target, deadline, may_block, &a->error);
}

/* A deadline at a point of time that the test has to know. */
static nsk_deadline at_time(int64_t at) {
  return (nsk_deadline){at, 0.06};
}

static nsk_outcome step(attempt *a) {
  return nsk_connect_step(&a->op, &a->socket, &a->peer, &a->interest, &a->error);
}

/* Steps and waits, as an adapter does, until the operation is over. */
static nsk_outcome run(attempt *a) {
  for (;;) {
    nsk_outcome outcome = step(a);
    if (outcome != NSK_AGAIN) return outcome;
    if (a->interest.need == NSK_RESOLVE)
      outcome = nsk_connect_resolve(&a->op, &a->error);
    else
      outcome = nsk_wait_for(&a->interest, NULL, &a->error);
    if (outcome == NSK_FAILED) return outcome;
  }
}

/* What the operation knows. */
static nski_connect *inside(attempt *a) {
  return (void *)a->op.inside;
}

/* The candidates that a resolver would have given. */
static void give_candidates(attempt *a, const nsk_addrinfo *of, size_t count) {
  inside(a)->list.items = calloc(count, sizeof *inside(a)->list.items);
  assert_non_null(inside(a)->list.items);
  for (size_t i = 0; i < count; i++)
    inside(a)->list.items[i] = of[i];
  inside(a)->list.count = count;
}

static void test_connected(void **state) {
  (void)state;
  attempt a;
  nsk_addrinfo at = inet_any_port();
  int listener = plain_listener(&at, 1);
  nsk_target target = {.address = &at};
  assert_int_equal(start(&a, &target, NSK_NO_DEADLINE, true), NSK_DONE);
  assert_int_equal(run(&a), NSK_DONE);
  nsk_connect_drop(&a.op);
  assert_true(nsk_addr_equal(&a.peer.addr, &at.addr));
  assert_int_equal(a.socket.family, AF_INET);
  assert_int_equal(a.socket.type, SOCK_STREAM);
  assert_false(nsk_socket_blocking(&a.socket));
  assert_true(fcntl(a.socket.fd, F_GETFL) & O_NONBLOCK);
  assert_true(fcntl(a.socket.fd, F_GETFD) & FD_CLOEXEC);
  close_socket(&a.socket);
  close(listener);
}

static void test_refused(void **state) {
  (void)state;
  attempt a;
  nsk_addrinfo at = inet_any_port();
  int bound = plain_listener(&at, -1); /* it never listens: the port refuses */
  nsk_target target = {.address = &at};
  assert_int_equal(start(&a, &target, NSK_NO_DEADLINE, true), NSK_DONE);
  assert_failed(run(&a), &a.error, NSK_ERRNO, ECONNREFUSED, "connect");
  assert_int_equal(a.error.subject_length, strlen(text_of(&at.addr)));
  assert_memory_equal(a.error.subject, text_of(&at.addr), a.error.subject_length);
  assert_int_equal(a.socket.fd, -1);
  /* Over is over. */
  assert_failed(step(&a), &a.error, NSK_ERRNO, EBADF, "connect");
  nsk_connect_drop(&a.op);
  close(bound);
}

/* A fresh socket for each candidate, and the last error is the answer. */
static void test_h032_h035_the_next_candidate(void **state) {
  (void)state;
  attempt a;
  nsk_addrinfo at[3] = {inet_any_port(), inet_any_port(), inet_any_port()};
  int refusing = plain_listener(&at[0], -1), listener = plain_listener(&at[2], 1);
  nsk_target target = {.address = &at[0]};
  at[1] = at[0];
  assert_int_equal(start(&a, &target, NSK_NO_DEADLINE, true), NSK_DONE);
  give_candidates(&a, at, 3);
  assert_int_equal(run(&a), NSK_DONE);
  assert_true(nsk_addr_equal(&a.peer.addr, &at[2].addr));
  nsk_connect_drop(&a.op);
  close_socket(&a.socket);
  close(listener);
  assert_int_equal(start(&a, &target, NSK_NO_DEADLINE, true), NSK_DONE);
  give_candidates(&a, at, 3);
  assert_failed(run(&a), &a.error, NSK_ERRNO, ECONNREFUSED, "connect");
  assert_memory_equal(a.error.subject, text_of(&at[2].addr), a.error.subject_length);
  nsk_connect_drop(&a.op);
  close(refusing);
}

/* Three silent addresses share 60 ms; none is given the whole of it. Returns whether
 * each had its turn, which a machine that does much else may prevent. */
static bool had_their_shares(void) {
  attempt a;
  int hole[HOLE];
  nsk_addrinfo at = inet_any_port();
  black_hole(&at, hole);
  const nsk_addrinfo same[3] = {at, at, at};
  nsk_target target = {.address = &at};
  int64_t began = nsk_now(), deadline = began + 60 * MILLISECOND, turns[3];
  size_t turn = 0;
  nsk_outcome outcome;
  assert_int_equal(start(&a, &target, at_time(deadline), true), NSK_DONE);
  give_candidates(&a, same, 3);
  while ((outcome = step(&a)) == NSK_AGAIN) {
    assert_int_equal(a.interest.need, NSK_WRITE);
    if (turn == 0 || a.interest.until != turns[turn - 1])
      turns[turn++] = a.interest.until;
    assert_true(turn <= 3);
    assert_int_not_equal(nsk_wait_for(&a.interest, NULL, &a.error), NSK_FAILED);
  }
  assert_int_equal(outcome, NSK_TIMEOUT);
  assert_true(nsk_now() >= deadline);
  if (turn == 0) turns[0] = deadline; /* which had passed when it began */
  /* A third of all the time, half of what is left then, the rest. */
  assert_true(turns[0] >= began + 20 * MILLISECOND);
  assert_true(turn < 2 || (turns[1] > turns[0] && turns[1] <= deadline));
  assert_true(turn < 3 || (turns[1] < deadline && turns[2] == deadline));
  assert_int_equal(a.error.code, ETIMEDOUT);
  assert_non_null(strstr(line_of(&a.error), "ETIMEDOUT (110) no answer within 0.06 s"));
  nsk_connect_drop(&a.op);
  close_hole(hole);
  return turn == 3 && turns[0] < deadline - 30 * MILLISECOND;
}

static void test_shares_of_a_deadline(void **state) {
  (void)state;
  for (int tries = 0; !had_their_shares(); tries++)
    assert_true(tries < 200);
}

/* Without a deadline a silent address has ten seconds unless it is the last one. */
static void test_shares_of_no_deadline(void **state) {
  (void)state;
  attempt a;
  int hole[HOLE];
  nsk_addrinfo at = inet_any_port();
  black_hole(&at, hole);
  const nsk_addrinfo same[2] = {at, at};
  nsk_target target = {.address = &at};
  assert_int_equal(start(&a, &target, NSK_NO_DEADLINE, true), NSK_DONE);
  give_candidates(&a, same, 2);
  int64_t before = nsk_now();
  assert_int_equal(step(&a), NSK_AGAIN);
  assert_true(a.interest.until >= before + 10 * SECOND &&
              a.interest.until <= nsk_now() + 10 * SECOND);
  nsk_connect_drop(&a.op);
  assert_int_equal(start(&a, &target, NSK_NO_DEADLINE, true), NSK_DONE);
  assert_int_equal(step(&a), NSK_AGAIN);
  assert_true(a.interest.until == NSK_NEVER);
  nsk_connect_drop(&a.op);
  nsk_connect_drop(&a.op); /* any time, idempotent */
  close_hole(hole);
}

/* H041: one attempt and one look, then the time is up. */
static void test_h041_no_time_at_all(void **state) {
  (void)state;
  attempt a;
  int hole[HOLE];
  nsk_addrinfo at = inet_any_port();
  black_hole(&at, hole);
  nsk_target target = {.address = &at};
  assert_int_equal(start(&a, &target, at_time(0), true), NSK_DONE);
  assert_int_equal(step(&a), NSK_TIMEOUT);
  nsk_connect_drop(&a.op);
  close_hole(hole);
  nsk_addrinfo open = abstract_name("no-time");
  int listener = plain_listener(&open, 1);
  target.address = &open;
  assert_int_equal(start(&a, &target, at_time(0), true), NSK_DONE);
  assert_int_equal(step(&a), NSK_DONE);
  nsk_connect_drop(&a.op);
  close_socket(&a.socket);
  close(listener);
}

static nsk_target named(const char *host, int64_t port) {
  nsk_target target = {.query = {numbered(host, port), AF_INET, SOCK_STREAM, 0, 0}};
  return target;
}

static void test_a_name_in_place(void **state) {
  (void)state;
  attempt a;
  nsk_addrinfo at = inet_any_port();
  int listener = plain_listener(&at, 1);
  nsk_target target = named("localhost", nsk_addr_port(&at.addr));
  assert_int_equal(start(&a, &target, NSK_NO_DEADLINE, true), NSK_DONE);
  assert_int_equal(step(&a), NSK_AGAIN);
  assert_int_equal(a.interest.need, NSK_RESOLVE);
  assert_int_equal(a.interest.fd, -1);
  assert_int_equal(run(&a), NSK_DONE);
  nsk_connect_drop(&a.op);
  close_socket(&a.socket);
  close(listener);
}

static void test_h025_a_name_on_a_worker(void **state) {
  (void)state;
  attempt a;
  nsk_addrinfo at = inet_any_port();
  int listener = plain_listener(&at, 1);
  nsk_target target = named("localhost", nsk_addr_port(&at.addr));
  assert_int_equal(start(&a, &target, at_time(nsk_now() + 20 * SECOND), false), NSK_DONE);
  assert_int_equal(run(&a), NSK_DONE);
  nsk_connect_drop(&a.op);
  close_socket(&a.socket);
  close(listener);
}

/* The answer is waited for no more; the worker frees it. */
static void test_h025_losing_interest(void **state) {
  (void)state;
  for (int i = 0; i < 20; i++) {
    attempt a;
    nsk_target target = named("localhost", 1);
    assert_int_equal(start(&a, &target, at_time(nsk_now() + 20 * SECOND), false),
                     NSK_DONE);
    nsk_connect_drop(&a.op);
    nsk_connect_drop(&a.op);
  }
}

static void test_a_name_and_no_time(void **state) {
  (void)state;
  attempt a;
  nsk_target target = named("localhost", 1);
  assert_int_equal(start(&a, &target, at_time(0), false), NSK_DONE);
  assert_int_equal(step(&a), NSK_TIMEOUT);
  assert_string_equal(a.error.op, "getaddrinfo");
  assert_int_equal(a.error.code, ETIMEDOUT);
  nsk_connect_drop(&a.op);
}

static nsk_target serviced(const char *host, bool race) {
  nsk_target target = {.query = {endpoint(host, "domain"), AF_UNSPEC, SOCK_STREAM, 0, 0},
                       .race = race};
  return target;
}

/* The service is looked up, which may take as long as a host. */
static void test_h025_a_service_by_name(void **state) {
  (void)state;
  for (int race = 0; race < 2; race++) {
    attempt a;
    nsk_target target = serviced("127.0.0.1", race);
    assert_int_equal(start(&a, &target, NSK_NO_DEADLINE, true), NSK_DONE);
    assert_null(inside(&a)->worker);
    assert_int_equal(step(&a), NSK_AGAIN);
    assert_int_equal(a.interest.need, NSK_RESOLVE);
    nsk_connect_drop(&a.op);
    for (int by_time = 0; by_time < 2; by_time++) {
      nsk_deadline deadline =
          by_time ? at_time(nsk_now() + 20 * SECOND) : NSK_NO_DEADLINE;
      assert_int_equal(start(&a, &target, deadline, false), NSK_DONE);
      assert_non_null(inside(&a)->worker);
      /* Digits have one family. */
      assert_false(nski_worker_owes(inside(&a)->worker, AF_INET6));
      assert_true(nski_worker_owes(inside(&a)->worker, AF_INET));
      nsk_connect_drop(&a.op);
    }
    assert_int_equal(start(&a, &target, at_time(0), false), NSK_DONE);
    assert_int_equal(step(&a), NSK_TIMEOUT);
    nsk_connect_drop(&a.op);
  }
}

/* In a child the resolver's threads are missing: it asks anew, and drops what is its
   parent's without a lock that a thread may have had. */
static void test_a_name_after_fork(void **state) {
  (void)state;
  attempt a;
  int status;
  nsk_addrinfo at = inet_any_port();
  int listener = plain_listener(&at, 4);
  nsk_target target = named("localhost", nsk_addr_port(&at.addr));
  for (int asks = 0; asks < 2; asks++) {
    assert_int_equal(start(&a, &target, at_time(nsk_now() + 20 * SECOND), false),
                     NSK_DONE);
    nski_worker *before = inside(&a)->worker;
    pid_t child = fork();
    assert_int_not_equal(child, -1);
    if (child == 0) {
      alarm(20);
      if (!nski_worker_is_parents(before)) _exit(1);
      if (asks && run(&a) != NSK_DONE) _exit(2);
      nsk_connect_drop(&a.op);
      _exit(inside(&a)->worker == NULL ? 0 : 3);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(run(&a), NSK_DONE);
    nsk_connect_drop(&a.op);
    close_socket(&a.socket);
  }
  close(listener);
}

static void test_refused_arguments(void **state) {
  (void)state;
  attempt a;
  nsk_target target = named("", 1);
  assert_failed(start(&a, &target, NSK_NO_DEADLINE, true), &a.error, NSK_ARGUMENT, EINVAL,
                "getaddrinfo");
  nsk_connect_drop(&a.op);
  target = named("127.0.0.1", 65536);
  assert_failed(start(&a, &target, NSK_NO_DEADLINE, true), &a.error, NSK_RESOLVER,
                EAI_SERVICE, "getaddrinfo");
  nsk_connect_drop(&a.op);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      leaving_nothing(test_connected),
      leaving_nothing(test_refused),
      leaving_nothing(test_h032_h035_the_next_candidate),
      leaving_nothing(test_shares_of_a_deadline),
      leaving_nothing(test_shares_of_no_deadline),
      leaving_nothing(test_h041_no_time_at_all),
      leaving_nothing(test_a_name_in_place),
      leaving_nothing(test_h025_a_name_on_a_worker),
      leaving_nothing(test_h025_losing_interest),
      leaving_nothing(test_a_name_and_no_time),
      leaving_nothing(test_h025_a_service_by_name),
      leaving_nothing(test_a_name_after_fork),
      leaving_nothing(test_refused_arguments),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
