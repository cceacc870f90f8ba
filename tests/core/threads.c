/*
 * The core on several threads at a time, for ThreadSanitizer above all (`./dev asan` runs
 * the programs of tests/core under it too): the resolver's workers and those who drop
 * them, closing under a call, errors. A case is a function that each thread repeats with
 * numbers of its own, and that says whether all was right; on_threads() runs it.
 */
#include <signal.h>
#include <stdatomic.h>

#include "resolver.h"

enum { THREADS = 6, ROUNDS = 150 };

/* What a thread has: its number, numbers that follow from it, and what all share. */
typedef struct {
  unsigned dice;
  void *shared;
} worker;

static unsigned draw(worker *w, unsigned below) {
  w->dice = w->dice * 1103515245u + 12345u;
  return (w->dice >> 16) % below;
}

static void sleep_us(unsigned microseconds) {
  const struct timespec time = {0, (long)microseconds * 1000};
  nanosleep(&time, NULL);
}

/* ------------------------------------------------------------------ a resolver -- */

/* A handler would run in the thread that takes the signal. */
static bool takes_signals(void) {
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, NULL, &mask);
  return !sigismember(&mask, SIGUSR1) || !sigismember(&mask, SIGINT);
}

/* Takes the place of libc's: it is late by up to a millisecond, and may fail. */
static atomic_uint asked, asked_with_signals;
static atomic_int lists;

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                struct addrinfo **answer) {
  unsigned number = atomic_fetch_add(&asked, 1);
  if (takes_signals()) atomic_fetch_add(&asked_with_signals, 1);
  sleep_us(number * 7919 % 1000);
  if (number % 5 == 4) return EAI_AGAIN;
  if (hints->ai_family == AF_INET6) return EAI_NONAME;
  (void)host;
  *answer = loopback_answer(service);
  if (*answer == NULL) return EAI_MEMORY;
  atomic_fetch_add(&lists, 1);
  return 0;
}

void freeaddrinfo(struct addrinfo *answer) {
  atomic_fetch_sub(&lists, 1);
  free(answer);
}

/* ----------------------------------------------------------------------- cases -- */

/* Connects by name that end in each way: connected, failed, late, dropped on the way. */
static bool connect_and_drop(worker *w) {
  const nsk_addrinfo *at = w->shared;
  nsk_connect op;
  nsk_socket got;
  nsk_addrinfo peer;
  nsk_interest interest;
  nsk_error error;
  bool race = draw(w, 2) == 0;
  nsk_endpoint where = numbered("slow.example", nsk_addr_port(&at->addr));
  nsk_target target = {.query = {where, race ? AF_UNSPEC : AF_INET, SOCK_STREAM, 0, 0},
                       .race = race};
  unsigned steps = draw(w, 6);
  nsk_deadline deadline;
  memset(&op, 0, sizeof op);
  nsk_socket_init(&got);
  nsk_deadline_in(draw(w, 2000) / 1e6, "connect", "sec", &deadline, &error);
  nsk_outcome outcome = nsk_connect_start(&op, &target, deadline, false, &error);
  bool begun = outcome == NSK_DONE;
  for (outcome = NSK_AGAIN; begun && outcome == NSK_AGAIN && steps > 0; steps--) {
    outcome = nsk_connect_step(&op, &got, &peer, &interest, &error);
    if (outcome == NSK_AGAIN)
      nsk_wait(interest.fd, interest.need, interest.until, &error);
  }
  nsk_connect_drop(&op);
  bool connected = got.fd >= 0;
  if (connected) nsk_socket_close(&got, &error);
  return begun && connected == (outcome == NSK_DONE) && takes_signals();
}

/* A socket as an adapter has it: its lock, and how many are inside. */
typedef struct {
  pthread_mutex_t lock;
  nsk_socket socket;
  int inside, leaving;
  nsk_outcome outcome;
} guarded;

static void *wait_inside(void *argument) {
  guarded *g = argument;
  nsk_error error;
  char byte;
  size_t n;
  pthread_mutex_lock(&g->lock);
  nsk_socket view = g->socket;
  g->inside += view.fd >= 0;
  pthread_mutex_unlock(&g->lock);
  if (view.fd < 0) return NULL;
  nsk_outcome outcome;
  do
    outcome = nsk_socket_recv(&view, &byte, 1, 0, &n, &error);
  while (outcome == NSK_INTERRUPTED);
  pthread_mutex_lock(&g->lock);
  g->outcome = outcome;
  if (--g->inside == 0 && g->leaving >= 0) nsk_fd_close(g->leaving, &error);
  pthread_mutex_unlock(&g->lock);
  return NULL;
}

/* A blocking receive that another thread's close ends; the last of them closes. */
static bool close_under_call(worker *w) {
  guarded g = {.lock = PTHREAD_MUTEX_INITIALIZER, .leaving = -1, .outcome = NSK_END};
  nsk_socket peer;
  nsk_error error;
  pthread_t thread;
  nsk_socket_init(&g.socket);
  nsk_socket_init(&peer);
  if (nsk_socket_pair(&g.socket, &peer, SOCK_STREAM, 0, false, &error) != NSK_DONE)
    return false;
  if (pthread_create(&thread, NULL, wait_inside, &g) != 0) return false;
  sleep_us(draw(w, 200));
  pthread_mutex_lock(&g.lock);
  nsk_socket gone = g.socket;
  g.socket.fd = -1;
  if (g.inside > 0) {
    nsk_fd_shutdown(gone.fd, nsk_shut_both, &error);
    g.leaving = gone.fd;
    gone.fd = -1;
  }
  pthread_mutex_unlock(&g.lock);
  bool closed = nsk_socket_close(&gone, &error) == NSK_DONE;
  pthread_join(thread, NULL);
  pthread_mutex_destroy(&g.lock);
  return nsk_socket_close(&peer, &error) == NSK_DONE && closed && g.outcome == NSK_END;
}

/* A peer that has gone raises no SIGPIPE in any thread, and errors have their words. */
static bool send_to_none(worker *w) {
  nsk_socket a, b;
  nsk_error error;
  char line[NSK_LINE_MAX];
  size_t n;
  (void)w;
  nsk_socket_init(&a);
  nsk_socket_init(&b);
  if (nsk_socket_pair(&a, &b, SOCK_STREAM, 0, true, &error) != NSK_DONE) return false;
  nsk_socket_close(&b, &error);
  bool failed = nsk_socket_send(&a, "x", 1, 0, &n, &error) == NSK_FAILED;
  failed = failed && error.code == EPIPE && nsk_error_line(&error, line, sizeof line) > 0;
  nsk_socket_close(&a, &error);
  return failed;
}

/* ---------------------------------------------------------------------- running -- */

typedef bool (*step)(worker *w);

typedef struct {
  step run;
  worker own;
  atomic_int *failures;
} job;

static void *repeat(void *argument) {
  job *j = argument;
  for (int i = 0; i < ROUNDS; i++)
    if (!j->run(&j->own)) atomic_fetch_add(j->failures, 1);
  return NULL;
}

/* cmocka's assertions are for the first thread: the others count. */
static void on_threads(step run, void *shared) {
  pthread_t threads[THREADS];
  job jobs[THREADS];
  atomic_int failures = 0;
  for (unsigned i = 0; i < THREADS; i++) {
    jobs[i] = (job){run, {i + 1, shared}, &failures};
    assert_int_equal(pthread_create(&threads[i], NULL, repeat, &jobs[i]), 0);
  }
  for (int i = 0; i < THREADS; i++)
    pthread_join(threads[i], NULL);
  assert_int_equal(failures, 0);
}

static void test_connects_dropped(void **state) {
  (void)state;
  nsk_addrinfo at = inet_any_port();
  int listener = plain_listener(&at, SOMAXCONN);
  on_threads(connect_and_drop, &at);
  close(listener);
  until_alone();
  assert_true(asked > ROUNDS);
  assert_int_equal(asked_with_signals, 0);
  assert_int_equal(lists, 0); /* also what came too late */
}

static void test_close_under_call(void **state) {
  (void)state;
  on_threads(close_under_call, NULL);
}

static void test_send_to_none(void **state) {
  (void)state;
  on_threads(send_to_none, NULL);
}

int main(void) {
  const struct CMUnitTest cases[] = {
      leaving_nothing(test_connects_dropped),
      leaving_nothing(test_close_under_call),
      leaving_nothing(test_send_to_none),
  };
  return cmocka_run_group_tests(cases, NULL, NULL);
}
