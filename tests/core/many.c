/* Many packets in one call: what goes back to the socket, and what is joined. */
#include "kernel.h"
#include "message/packets.h"

#include <netinet/udp.h>
#ifdef __linux__
#include <linux/net_tstamp.h>
#endif

enum { MANY = 4, SIZE = 64 };

static void receive(nsk_batch *batch, nsk_socket *s) {
  nsk_error error;
  assert_int_equal(nsk_socket_recvmany(s, batch, MANY, 0, &error), NSK_DONE);
}

static void assert_next(nsk_socket *s, const char *text) {
  nsk_error error;
  char buf[SIZE];
  size_t n;
  assert_int_equal(nsk_socket_recv(s, buf, sizeof buf, 0, &n, &error), NSK_DONE);
  assert_int_equal(n, strlen(text));
  assert_memory_equal(buf, text, n);
}

/* There was no memory for the result: each is received later, whole and in its order. */
static void test_put_back(void **state) {
  (void)state;
  nsk_socket a, b;
  nsk_error error;
  nsk_batch *batch = NULL;
  char byte;
  size_t n;
  nsk_socket_init(&a);
  nsk_socket_init(&b);
  assert_int_equal(nsk_socket_pair(&a, &b, SOCK_DGRAM, 0, true, &error), NSK_DONE);
  assert_int_equal(nsk_socket_send(&b, "first", 5, 0, &n, &error), NSK_DONE);
  assert_int_equal(nsk_socket_send(&b, "second", 6, 0, &n, &error), NSK_DONE);
  assert_int_equal(nsk_socket_send(&b, "third", 5, 0, &n, &error), NSK_DONE);
  assert_true(nsk_batch_reserve(&batch, &a, MANY, SIZE));
  receive(batch, &a);
  assert_int_equal(batch->packets, 3);
  nsk_batch_put_back(&a, batch);
  assert_next(&a, "first");
  assert_next(&a, "second");
  assert_next(&a, "third");
  assert_int_equal(nsk_socket_recv(&a, &byte, 1, 0, &n, &error), NSK_AGAIN);
  nsk_batch_free(batch);
  close_socket(&a);
  close_socket(&b);
}

static void open_udp(nsk_socket *s, nsk_addrinfo *at) {
  nsk_error error;
  *at = inet_any_port();
  nsk_socket_init(s);
  assert_int_equal(nsk_socket_open(s, AF_INET, SOCK_DGRAM, 0, true, &error), NSK_DONE);
  assert_int_equal(bind(s->fd, nski_addr_sockaddr(&at->addr), at->addr.length), 0);
  assert_int_equal(nsk_socket_name(s, &at->addr, &error), NSK_DONE);
}

/* A shorter one at the end of those that the system has joined counts, and what comes
   after it has its own place. */
static void test_a_short_one_at_the_end(void **state) {
  (void)state;
  unsigned char texts[] = "aabbc";
  const nsk_piece packets[] = {{texts, 2}, {texts + 2, 2}, {texts + 4, 1}};
  nsk_socket from, to;
  nsk_addrinfo source, at;
  nsk_error error;
  nsk_batch *batch = NULL;
  nsk_packet packet;
  nsk_batch_place place = {0, 0};
  open_udp(&from, &source);
  open_udp(&to, &at);
#ifdef UDP_GRO
  const int on = 1;
  setsockopt(to.fd, IPPROTO_UDP, UDP_GRO, &on, sizeof on); /* or each comes by itself */
#endif
  const nsk_addr *const all[] = {&at.addr};
  nsk_sending sending = {.packets = packets, .count = 3, .to = all, .to_one = true};
  assert_int_equal(nsk_socket_sendmany(&from, &sending, 0, &error), NSK_DONE);
  assert_int_equal(sending.done, 3);
  assert_true(nsk_batch_reserve(&batch, &to, MANY, SIZE));
  assert_int_equal(nsk_wait(to.fd, NSK_READ, nsk_now() + 20 * SECOND, &error), NSK_DONE);
  receive(batch, &to);
  assert_int_equal(batch->packets, 3);
  for (size_t i = 0; i < 3; i++) {
    assert_true(nsk_batch_next(batch, &place, &packet));
    assert_int_equal(packet.length, packets[i].length);
    assert_memory_equal(packet.bytes, packets[i].base, packet.length);
  }
  assert_false(nsk_batch_next(batch, &place, &packet));
  nsk_batch_free(batch);
  close_socket(&from);
  close_socket(&to);
}

/* A blocking socket waits for the first packet, not for as many as there is room for; and
   not at all where a call says so. */
static void test_one_is_enough(void **state) {
  (void)state;
  nsk_socket a, b;
  nsk_error error;
  nsk_batch *batch = NULL;
  unsigned char byte = 'x';
  const nsk_piece packet = {&byte, 1};
  nsk_outcome outcome = NSK_DONE;
  nsk_socket_init(&a);
  nsk_socket_init(&b);
  assert_int_equal(nsk_socket_pair(&a, &b, SOCK_DGRAM, 0, false, &error), NSK_DONE);
  while (outcome == NSK_DONE) {
    nsk_sending sending = {.packets = &packet, .count = 1};
    outcome = nsk_socket_sendmany(&b, &sending, MSG_DONTWAIT, &error);
  }
  assert_int_equal(outcome, NSK_AGAIN);
  assert_true(nsk_batch_reserve(&batch, &a, NSK_MANY_MAX, SIZE));
  do
    outcome = nsk_socket_recvmany(&a, batch, NSK_MANY_MAX, 0, &error);
  while (outcome == NSK_DONE && nsk_wait(a.fd, NSK_READ, 0, &error) == NSK_DONE);
  assert_int_equal(outcome, NSK_DONE);
  outcome = nsk_socket_recvmany(&a, batch, 1, MSG_DONTWAIT, &error);
  assert_int_equal(outcome, NSK_AGAIN);
  nsk_batch_free(batch);
  close_socket(&a);
  close_socket(&b);
}

/* A time is told once for a message, so each packet is one. */
static void test_no_segments_where_times_are_told(void **state) {
  (void)state;
#ifdef SO_TIMESTAMPING
  nsk_socket s;
  nsk_addrinfo at;
  open_udp(&s, &at);
  const int what = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
  bool before = nski_may_segment(&s, 0);
  assert_int_equal(setsockopt(s.fd, SOL_SOCKET, SO_TIMESTAMPING, &what, sizeof what), 0);
  assert_false(nski_may_segment(&s, 0));
  const int none = 0;
  assert_int_equal(setsockopt(s.fd, SOL_SOCKET, SO_TIMESTAMPING, &none, sizeof none), 0);
  assert_int_equal(nski_may_segment(&s, 0), before);
  close_socket(&s);
#endif
}

int main(void) {
  const struct CMUnitTest tests[] = {
      leaving_nothing(test_put_back),
      leaving_nothing(test_a_short_one_at_the_end),
      leaving_nothing(test_one_is_enough),
      leaving_nothing(test_no_segments_where_times_are_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
