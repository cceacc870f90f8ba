/* Several descriptors waited for as one, and what polls ready and gives nothing. */
#include "system/pollset.h"
#include "kernel.h"
#include "system/retry.h"

#include <sys/resource.h>

static void open_pair(nsk_socket *a, nsk_socket *b) {
  nsk_error error;
  nsk_socket_init(a);
  nsk_socket_init(b);
  assert_int_equal(nsk_socket_pair(a, b, SOCK_STREAM, 0, true, &error), NSK_DONE);
}

static void send_byte(nsk_socket *s) {
  size_t n;
  nsk_error error;
  assert_int_equal(nsk_socket_send(s, "x", 1, 0, &n, &error), NSK_DONE);
}

static nsk_interest all_of(nsk_pollset *set, nsk_entry *entries, size_t count,
                           int64_t until) {
  *set = (nsk_pollset){0};
  set->entries = entries;
  set->count = count;
  return (nsk_interest){.fd = -1, .need = NSK_READ, .until = until, .set = set};
}

/* ------------------------------------------------------------------ in one poll(2) -- */

static void test_each_entry_is_answered(void **state) {
  (void)state;
  nsk_socket a, b;
  nsk_pollset set;
  nsk_error error;
  open_pair(&a, &b);
  nsk_entry entries[] = {{.fd = a.fd, .need = NSK_READ},
                         {.fd = a.fd, .need = NSK_WRITE},
                         {.fd = b.fd, .need = NSK_READ},
                         {.fd = a.fd, .need = NSK_WRITE}};
  nsk_interest interest = all_of(&set, entries, 4, NSK_NEVER);
  assert_int_equal(nsk_wait_for(&interest, NULL, &error), NSK_DONE);
  assert_true(!entries[0].ready && entries[1].ready && !entries[2].ready &&
              entries[3].ready);
  assert_int_equal(set.ready, 2);
  send_byte(&a);
  assert_int_equal(nsk_wait_for(&interest, NULL, &error), NSK_DONE);
  assert_true(!entries[0].ready && entries[2].ready);
  assert_int_equal(set.ready, 3);
  close_socket(&a);
  close_socket(&b);
}

static void test_time_is_up(void **state) {
  (void)state;
  nsk_socket a, b;
  nsk_pollset set;
  nsk_error error;
  open_pair(&a, &b);
  nsk_entry entry = {.fd = a.fd, .need = NSK_READ};
  int64_t until = nsk_now() + 5 * MILLISECOND;
  nsk_interest interest = all_of(&set, &entry, 1, until);
  assert_int_equal(nsk_wait_for(&interest, NULL, &error), NSK_TIMEOUT);
  assert_true(nsk_now() >= until && set.looked && set.ready == 0);
  interest = all_of(&set, NULL, 0, nsk_now() + MILLISECOND);
  assert_int_equal(nsk_wait_for(&interest, NULL, &error), NSK_TIMEOUT);
  close_socket(&a);
  close_socket(&b);
}

static void test_not_open(void **state) {
  (void)state;
  nsk_pollset set;
  nsk_error error;
  nsk_entry entries[] = {{.fd = 123456, .need = NSK_READ}, {.fd = -1, .need = NSK_READ}};
  nsk_interest interest = all_of(&set, entries, 1, NSK_NEVER);
  assert_failed(nsk_wait_for(&interest, NULL, &error), &error, NSK_ERRNO, EBADF, "poll");
  assert_failed(nsk_wait_by_one(&interest, &error), &error, NSK_ERRNO, EBADF, "poll");
  interest = all_of(&set, entries, 2, NSK_NEVER);
  assert_failed(nsk_wait_for(&interest, NULL, &error), &error, NSK_ERRNO, EBADF, "poll");
  interest = (nsk_interest){.fd = -1, .need = NSK_READ, .until = 0};
  assert_failed(nsk_wait_for(&interest, NULL, &error), &error, NSK_ERRNO, EBADF, "poll");
  nsk_pollset_close(&set);
}

/* poll(2) refuses more entries than RLIMIT_NOFILE, also when it has been lowered. */
static void test_more_than_the_limit(void **state) {
  (void)state;
  enum { MANY = 200, LOW = 50 };
  nsk_entry entries[2 * MANY];
  nsk_pollset set;
  nsk_error error;
  nsk_socket a, b;
  struct rlimit limit, low;
  open_pair(&a, &b);
  for (size_t i = 0; i < MANY; i++) {
    int fd = nski_dup_fd(a.fd);
    assert_true(fd >= 0);
    entries[i] = entries[MANY + i] = (nsk_entry){.fd = fd, .need = NSK_READ};
  }
  assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
  low = limit;
  low.rlim_cur = LOW;
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
  nsk_interest interest = all_of(&set, entries, COUNT(entries), nsk_now() + MILLISECOND);
  assert_int_equal(nsk_wait_for(&interest, NULL, &error), NSK_TIMEOUT);
  send_byte(&b);
  interest.until = NSK_NEVER;
  assert_int_equal(nsk_wait_for(&interest, NULL, &error), NSK_DONE);
  assert_int_equal(set.ready, COUNT(entries));
  assert_int_equal(nsk_wait_by_one(&interest, &error), NSK_DONE);
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
  for (size_t i = 0; i < MANY; i++)
    close(entries[i].fd);
  close_socket(&a);
  close_socket(&b);
}

/* ----------------------------------------------------------------- for a scheduler -- */

/* Waits as a scheduler does, for one descriptor at a time. */
static nsk_outcome wait_by_one(const nsk_interest *wanted) {
  nsk_error error;
  for (;;) {
    nsk_interest interest = *wanted;
    nsk_outcome outcome = nsk_wait_by_one(&interest, &error);
    if (outcome != NSK_AGAIN) return outcome;
    assert_int_equal(interest.need, NSK_READ);
    outcome = nsk_wait(interest.fd, interest.need, interest.until, &error);
    assert_true(outcome == NSK_DONE || outcome == NSK_TIMEOUT);
  }
}

static void *send_later(void *socket) {
  const struct timespec moment = {0, 10000000};
  nanosleep(&moment, NULL);
  send_byte(socket);
  return NULL;
}

static void test_one_for_all(void **state) {
  (void)state;
  nsk_socket a, b, c, d;
  nsk_pollset set;
  pthread_t thread;
  open_pair(&a, &b);
  open_pair(&c, &d);
  nsk_entry entries[] = {{.fd = a.fd, .need = NSK_READ},
                         {.fd = c.fd, .need = NSK_READ},
                         {.fd = a.fd, .need = NSK_READ}};
  nsk_interest interest = all_of(&set, entries, 3, nsk_now() + 5 * MILLISECOND);
  assert_int_equal(wait_by_one(&interest), NSK_DONE);
  assert_int_equal(set.ready, 0); /* the time has passed */
  interest.until = NSK_NEVER;
  assert_int_equal(pthread_create(&thread, NULL, send_later, &d), 0);
  assert_int_equal(wait_by_one(&interest), NSK_DONE);
  assert_true(!entries[0].ready && entries[1].ready && !entries[2].ready);
  assert_int_equal(pthread_join(thread, NULL), 0);
  nsk_pollset_close(&set);
  nsk_pollset_close(&set);
  close_socket(&a);
  close_socket(&b);
  close_socket(&c);
  close_socket(&d);
}

/* Nothing becomes ready when there is nothing: a pause. */
static void test_one_for_none(void **state) {
  (void)state;
  nsk_pollset set;
  nsk_error error;
  nsk_interest interest = all_of(&set, NULL, 0, NSK_NEVER);
  assert_int_equal(nsk_wait_by_one(&interest, &error), NSK_AGAIN);
  assert_true(interest.until == NSK_NEVER);
  assert_int_equal(nsk_wait(interest.fd, NSK_READ, nsk_now() + MILLISECOND, &error),
                   NSK_TIMEOUT);
  nsk_pollset_close(&set);
}

/* ------------------------------------------------------- ready, and gives nothing -- */

static int udp(nsk_addrinfo *at) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  socklen_t length = at->addr.length;
  assert_true(fd >= 0);
  assert_int_equal(bind(fd, nski_addr_sockaddr(&at->addr), length), 0);
  struct sockaddr *space = nski_addr_space(&at->addr, &length);
  assert_int_equal(getsockname(fd, space, &length), 0);
  nski_addr_filled(&at->addr, length);
  return fd;
}

#ifdef IP_RECVERR

/* Its own peer, it takes no other's datagrams. The port of a closed one would refuse as
   well, until another process gets it. */
static int refusing(nsk_addrinfo *at) {
  int fd = udp(at);
  assert_int_equal(connect(fd, nski_addr_sockaddr(&at->addr), at->addr.length), 0);
  return fd;
}

/* A socket whose error queue has an unread ICMP message. */
static int with_unread_error(nsk_addrinfo *at) {
  const int on = 1;
  nsk_error error;
  nsk_addrinfo gone = inet_any_port();
  *at = inet_any_port();
  int refuses = refusing(&gone), fd = udp(at);
  assert_int_equal(setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on), 0);
  sendto(fd, "x", 1, 0, nski_addr_sockaddr(&gone.addr), gone.addr.length);
  assert_int_equal(nsk_wait(fd, NSK_READ, nsk_now() + 10 * SECOND, &error), NSK_DONE);
  char byte;
  assert_int_equal(recv(fd, &byte, 1, 0), -1); /* ECONNREFUSED; the queue keeps it */
  close(refuses);
  return fd;
}

/* Tries, and waits for what a retry says, until there is a byte or the time is up; how
   often that was. */
static int tries(int fd, int64_t until, bool by_one) {
  nski_retry retry = {0};
  nsk_error error;
  int count = 0;
  char byte;
  for (;;) {
    count++;
    if (recv(fd, &byte, 1, 0) >= 0 || nsk_now() >= until) break;
    nsk_interest interest = {.fd = fd, .need = NSK_READ, .until = until};
    if (nski_retry_wait(&retry, &interest) == NSK_DONE) continue;
    if (by_one) assert_int_equal(nsk_wait_by_one(&interest, &error), NSK_AGAIN);
    if (by_one) interest.set = NULL;
    assert_int_not_equal(nsk_wait_for(&interest, NULL, &error), NSK_FAILED);
  }
  nski_retry_end(&retry);
  nski_retry_end(&retry);
  return count;
}

/* A machine may let the first time pass before the second try. */
static void check_tries(int fd, bool by_one) {
  int count = tries(fd, nsk_now() + 200 * MILLISECOND, by_one);
  assert_in_range(count, 1, 20);
  if (count < 2) assert_in_range(tries(fd, nsk_now() + 2 * SECOND, by_one), 2, 100);
}

static void test_unread_error_does_not_spin(void **state) {
  (void)state;
  nsk_addrinfo at;
  int fd = with_unread_error(&at);
  check_tries(fd, false);
  check_tries(fd, true);
  close(fd);
}

typedef struct {
  int fd;
  nsk_addrinfo to;
} sender;

static void *send_to(void *argument) {
  const sender *s = argument;
  const struct timespec moment = {0, 100000000};
  nanosleep(&moment, NULL);
  sendto(s->fd, "x", 1, 0, nski_addr_sockaddr(&s->to.addr), s->to.addr.length);
  return NULL;
}

/* What comes is not slept on. */
static void test_unread_error_hides_nothing(void **state) {
  (void)state;
  sender s;
  pthread_t thread;
  nsk_addrinfo other = inet_any_port();
  int fd = with_unread_error(&s.to);
  s.fd = udp(&other);
  assert_int_equal(pthread_create(&thread, NULL, send_to, &s), 0);
  int64_t until = nsk_now() + 10 * SECOND;
  assert_in_range(tries(fd, until, false), 1, 300); /* each 50 ms, however late it is */
  assert_true(nsk_now() < until);
  assert_int_equal(pthread_join(thread, NULL), 0);
  close(s.fd);
  close(fd);
}

#endif

/* A wait that a signal ended, or whose reason another has taken, is made again as it
   was. */
static void test_first_retry_is_plain(void **state) {
  (void)state;
  nsk_socket a, b;
  nski_retry retry = {0};
  open_pair(&a, &b);
  for (int i = 0; i < 3; i++) {
    nsk_interest interest = {.fd = a.fd, .need = NSK_READ, .until = NSK_NEVER};
    assert_int_equal(nski_retry_wait(&retry, &interest), NSK_AGAIN);
    assert_true(interest.fd == a.fd && interest.until == NSK_NEVER);
    assert_null(interest.set);
  }
  nski_retry_end(&retry);
  close_socket(&a);
  close_socket(&b);
}

/* However often a descriptor was ready for nothing, what comes is seen soon. */
static void test_pauses_have_an_end(void **state) {
  (void)state;
  nsk_event event;
  nsk_error error;
  nski_retry retry = {0};
  int64_t longest = 0;
  assert_int_equal(nsk_event_open(&event, &error), NSK_DONE);
  nsk_event_post(&event);
  for (int i = 0; i < 20; i++) {
    nsk_interest interest = {.fd = event.wait_fd, .need = NSK_READ, .until = NSK_NEVER};
    if (nski_retry_wait(&retry, &interest) == NSK_DONE || interest.set == NULL) continue;
    longest = interest.until - nsk_now();
    assert_true(longest <= 50 * MILLISECOND);
  }
  nski_retry_end(&retry);
  nsk_event_close(&event);
}

/* ---------------------------------------------------------------------- descriptors --
 */

static void assert_not_inherited(int fd) {
  assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

/* A program that is started has none of what the core opens beside sockets. */
static void test_not_inherited(void **state) {
  (void)state;
  nsk_event event;
  nsk_error error;
  nsk_group group;
  int fd;
  assert_int_equal(nsk_event_open(&event, &error), NSK_DONE);
  assert_not_inherited(event.wait_fd);
  assert_not_inherited(event.post_fd);
  assert_int_equal(nsk_group_open(&group, &error), NSK_DONE);
  if (nsk_group_fd(&group, &fd, &error) == NSK_DONE) assert_not_inherited(fd);
  fd = nski_pollset_open_edge(event.wait_fd, POLLIN);
  if (fd >= 0) {
    assert_not_inherited(fd);
    close(fd);
  }
  nsk_group_close(&group);
  nsk_event_close(&event);
}

/* --------------------------------------------------------------------- signals -- */

static volatile sig_atomic_t came;

static void note(int number) {
  (void)number;
  came++;
}

/* One that comes while they are held ends the wait, which a handler before it could not
   have done. */
static void test_no_signal_is_missed(void **state) {
  (void)state;
  nsk_signals held = {.closes = false};
  nsk_error error;
  struct sigaction action = {.sa_handler = note}, before;
  sigset_t now;
  nsk_pollset none;
  nsk_interest interest = all_of(&none, NULL, 0, nsk_now() + 10 * SECOND);
  assert_int_equal(sigaction(SIGUSR1, &action, &before), 0);
  came = 0;
  nsk_signals_hold(&held);
  raise(SIGUSR1);
#ifdef NSK_HAVE_PPOLL
  assert_int_equal(came, 0);
  assert_int_equal(nsk_wait_for(&interest, &held, &error), NSK_INTERRUPTED);
#endif
  nsk_signals_release(&held);
  assert_int_equal(came, 1);
  assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &now), 0);
  assert_int_equal(sigismember(&now, SIGUSR1), 0);
  assert_int_equal(sigaction(SIGUSR1, &before, NULL), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      leaving_nothing(test_each_entry_is_answered),
      leaving_nothing(test_time_is_up),
      leaving_nothing(test_not_open),
      leaving_nothing(test_more_than_the_limit),
      leaving_nothing(test_one_for_all),
      leaving_nothing(test_one_for_none),
#ifdef IP_RECVERR
      leaving_nothing(test_unread_error_does_not_spin),
      leaving_nothing(test_unread_error_hides_nothing),
#endif
      leaving_nothing(test_first_retry_is_plain),
      leaving_nothing(test_pauses_have_an_end),
      leaving_nothing(test_not_inherited),
      leaving_nothing(test_no_signal_is_missed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
