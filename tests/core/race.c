/* A race of candidates beside a resolver that answers one family when it is told to, and
   the resolver itself. */
#include <semaphore.h>

#include "resolver.h"

/* ------------------------------------------------------------------ a resolver -- */

/* Takes the place of libc's: each family's answer waits for its semaphore. */
static sem_t may_answer4, may_answer6;

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                struct addrinfo **answer) {
  (void)host;
  sem_t *gate = hints->ai_family == AF_INET6 ? &may_answer6 : &may_answer4;
  while (sem_wait(gate) != 0) {}
  if (hints->ai_family == AF_INET6) return EAI_NONAME;
  *answer = loopback_answer(service);
  return *answer != NULL ? 0 : EAI_MEMORY;
}

void freeaddrinfo(struct addrinfo *answer) {
  free(answer);
}

static int open_gates(void **state) {
  sem_init(&may_answer4, 0, 0);
  sem_init(&may_answer6, 0, 0);
  return count_before(state);
}

#define with_resolver(test) cmocka_unit_test_setup_teardown(test, open_gates, count_after)

static bool readable(int fd, int64_t until) {
  nsk_error error;
  return nsk_wait(fd, NSK_READ, until, &error) == NSK_DONE;
}

/* What was announced has been taken: no one is woken until there is more. */
static void test_each_answer_wakes_once(void **state) {
  (void)state;
  nski_worker *worker;
  nsk_list list;
  nsk_error error;
  int family;
  nsk_query query = {.family = AF_UNSPEC, .socktype = SOCK_STREAM};
  nsk_texts texts = {.have_host = true, .host = "gate.example"};
  int64_t limit = nsk_now() + 20 * SECOND;
  assert_int_equal(nski_worker_start(&worker, &query, &texts, true, &error), NSK_DONE);
  int fd = nski_worker_fd(worker);
  assert_int_equal(nski_worker_take(worker, &family, &list, &error), NSK_AGAIN);
  assert_false(readable(fd, 0));
  sem_post(&may_answer4);
  assert_true(readable(fd, limit));
  assert_int_equal(nski_worker_take(worker, &family, &list, &error), NSK_DONE);
  assert_int_equal(family, AF_INET);
  nsk_list_free(&list);
  assert_int_equal(nski_worker_take(worker, &family, &list, &error), NSK_AGAIN);
  assert_false(readable(fd, 0));
  sem_post(&may_answer6);
  assert_true(readable(fd, limit));
  assert_int_equal(nski_worker_take(worker, &family, &list, &error), NSK_FAILED);
  assert_int_equal(family, AF_INET6);
  nski_worker_drop(worker);
}

/* ---------------------------------------------------------------------- a race -- */

typedef struct {
  nsk_connect op;
  nsk_socket socket;
  nsk_addrinfo peer;
  nsk_interest interest;
  nsk_error error;
} attempt;

/* What the operation knows. */
static nski_connect *inside(attempt *a) {
  return (void *)a->op.inside;
}

static void start(attempt *a, const nsk_target *target) {
  nsk_deadline deadline = {nsk_now() + 1000 * SECOND, 1000};
  memset(a, 0, sizeof *a);
  nsk_socket_init(&a->socket);
  assert_int_equal(nsk_connect_start(&a->op, target, deadline, false, &a->error),
                   NSK_DONE);
  inside(a)->head_start = 500 * SECOND; /* no turn comes by itself */
}

static void give_candidates(attempt *a, const nsk_addrinfo *of, size_t count) {
  inside(a)->list.items = calloc(count, sizeof *of);
  assert_non_null(inside(a)->list.items);
  memcpy(inside(a)->list.items, of, count * sizeof *of);
  inside(a)->list.count = count;
  inside(a)->race = true;
}

static nsk_outcome step(attempt *a) {
  return nsk_connect_step(&a->op, &a->socket, &a->peer, &a->interest, &a->error);
}

static void next_may_start(attempt *a) {
  inside(a)->turn = nsk_now();
}

/* A candidate that is refused has the next one start, though the first is on its way and
   the turn of the next would be much later. */
static void test_the_next_after_a_refusal(void **state) {
  (void)state;
  attempt a;
  int hole[HOLE];
  nsk_outcome outcome;
  nsk_addrinfo at[3] = {inet_any_port(), inet_any_port(), inet_any_port()};
  black_hole(&at[0], hole);
  int refusing = plain_listener(&at[1], -1), listener = plain_listener(&at[2], 1);
  nsk_target target = {.address = &at[0]};
  start(&a, &target);
  give_candidates(&a, at, 3);
  assert_int_equal(step(&a), NSK_AGAIN);
  next_may_start(&a);
  while ((outcome = step(&a)) == NSK_AGAIN && inside(&a)->result_count == 0)
    assert_int_equal(nsk_wait_for(&a.interest, NULL, &a.error), NSK_DONE);
  assert_int_equal(inside(&a)->result_count, 1);
  assert_int_equal(inside(&a)->next, 3);
  while (outcome == NSK_AGAIN) {
    assert_int_equal(nsk_wait_for(&a.interest, NULL, &a.error), NSK_DONE);
    outcome = step(&a);
  }
  assert_int_equal(outcome, NSK_DONE);
  assert_true(nsk_addr_equal(&a.peer.addr, &at[2].addr));
  nsk_connect_drop(&a.op);
  close_socket(&a.socket);
  close(listener);
  close(refusing);
  close_hole(hole);
}

/* For a scheduler that waits for one descriptor all are in a group, and one that is
   started later is too. */
static void test_a_later_one_is_waited_for(void **state) {
  (void)state;
  attempt a;
  int hole[HOLE];
  nsk_error error;
  nsk_addrinfo at = inet_any_port();
  black_hole(&at, hole);
  const nsk_addrinfo same[3] = {at, at, at};
  nsk_target target = {.address = &at};
  start(&a, &target);
  give_candidates(&a, same, 3);
  assert_int_equal(step(&a), NSK_AGAIN);
  for (size_t i = 1; i < 3; i++) {
    next_may_start(&a);
    assert_int_equal(step(&a), NSK_AGAIN);
    assert_int_equal(inside(&a)->under_way, i + 1);
    assert_int_equal(nsk_wait_by_one(&a.interest, &error), NSK_AGAIN);
  }
  assert_false(readable(a.interest.fd, 0));
  shutdown(inside(&a)->attempts[2].fd, SHUT_RDWR); /* as if it had come to something */
  assert_true(readable(a.interest.fd, nsk_now() + 20 * SECOND));
  nsk_connect_drop(&a.op);
  close_hole(hole);
}

/* All addresses of one family have failed, and the other one's name server keeps silent:
   that is not waited for until the deadline. */
static void test_a_silent_server_holds_no_failure(void **state) {
  (void)state;
  attempt a;
  nsk_addrinfo at = inet_any_port();
  int refusing = plain_listener(&at, -1);
  nsk_endpoint where = numbered("gate.example", nsk_addr_port(&at.addr));
  nsk_target target = {.query = {where, AF_UNSPEC, SOCK_STREAM, 0, 0}, .race = true};
  start(&a, &target);
  sem_post(&may_answer4);
  int64_t limit = nsk_now() + 200 * SECOND;
  while (inside(&a)->result_count == 0) {
    assert_int_equal(step(&a), NSK_AGAIN);
    if (inside(&a)->result_count == 0)
      assert_int_not_equal(nsk_wait_for(&a.interest, NULL, &a.error), NSK_FAILED);
    assert_true(nsk_now() < limit);
  }
  assert_true(a.interest.until <= inside(&a)->turn + 500 * SECOND);
  inside(&a)->turn = 1;
  assert_failed(step(&a), &a.error, NSK_ERRNO, ECONNREFUSED, "connect");
  nsk_connect_drop(&a.op);
  sem_post(&may_answer6);
  close(refusing);
}

static nsk_addrinfo of_family(int family, int number) {
  nsk_addrinfo ai = {.socktype = SOCK_STREAM};
  nski_addr_any(&ai.addr, family, false, number);
  return ai;
}

/* The families in turn, from the first that has not been started; else as they came. */
static void test_the_order(void **state) {
  (void)state;
  static const int raced[] = {1, 2, 5, 3, 6, 4}, plain[] = {1, 2, 3, 4, 5, 6};
  nsk_addrinfo all[6];
  for (int i = 0; i < 6; i++)
    all[i] = of_family(i < 4 ? AF_INET6 : AF_INET, i + 1);
  for (int race = 0; race < 2; race++) {
    nski_connect op = {
        .list = {.items = calloc(6, sizeof *all), .count = 6}, .next = 2, .race = race};
    assert_non_null(op.list.items);
    memcpy(op.list.items, all, sizeof all);
    nski_candidates_order(&op);
    for (int i = 0; i < 6; i++)
      assert_int_equal(nsk_addr_port(&op.list.items[i].addr), (race ? raced : plain)[i]);
    nsk_list_free(&op.list);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      with_resolver(test_each_answer_wakes_once),
      with_resolver(test_the_next_after_a_refusal),
      with_resolver(test_a_later_one_is_waited_for),
      with_resolver(test_a_silent_server_holds_no_failure),
      with_resolver(test_the_order),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
