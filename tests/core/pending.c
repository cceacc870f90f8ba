/* Memory to receive into, and bytes that are kept for the next receive (H055). */
#include "check.h"

static void open_pair(nsk_socket *a, nsk_socket *b, int type) {
  nsk_error error;
  nsk_socket_init(a);
  nsk_socket_init(b);
  assert_int_equal(nsk_socket_pair(a, b, type, 0, true, &error), NSK_DONE);
}

static void close_pair(nsk_socket *a, nsk_socket *b) {
  nsk_error error;
  assert_int_equal(nsk_socket_close(a, &error), NSK_DONE);
  assert_int_equal(nsk_socket_close(b, &error), NSK_DONE);
}

/* Keeps text as if it had been received and its string could not be made. */
static void keep(nsk_socket *s, const char *text) {
  nsk_buffer *buffer = NULL;
  assert_true(nsk_buffer_reserve(&buffer, strlen(text)));
  memcpy(buffer->data, text, strlen(text));
  nsk_socket_put_back(s, buffer, strlen(text), NULL);
}

static void test_reserve(void **state) {
  (void)state;
  nsk_buffer *buffer = NULL;
  assert_true(nsk_buffer_reserve(&buffer, 1));
  nsk_buffer *first = buffer;
  assert_true(nsk_buffer_reserve(&buffer, 4096));
  assert_ptr_equal(buffer, first);
  assert_true(nsk_buffer_reserve(&buffer, 1 << 20));
  assert_true(buffer->capacity >= 1 << 20);
  assert_true(nsk_buffer_reserve(&buffer, 10)); /* a large one does not stay */
  assert_true(buffer->capacity < 1 << 20);
  nsk_buffer *before = buffer;
  assert_false(nsk_buffer_reserve(&buffer, SIZE_MAX));
  assert_false(nsk_buffer_reserve(&buffer, SIZE_MAX - 8));
  assert_ptr_equal(buffer, before);
  nsk_buffer_free(buffer);
  nsk_buffer_free(NULL);
}

static void test_kept_bytes_come_first(void **state) {
  (void)state;
  nsk_socket a, b;
  nsk_error error;
  char buf[16];
  size_t n;
  open_pair(&a, &b, SOCK_STREAM);
  assert_int_equal(nsk_socket_send(&b, "new", 3, 0, &n, &error), NSK_DONE);
  keep(&a, "kept");
  assert_int_equal(nsk_socket_wait(&a, NSK_READ, 0, NULL, &error), NSK_DONE);
  assert_int_equal(nsk_socket_recv(&a, buf, 16, MSG_PEEK, &n, &error), NSK_DONE);
  assert_int_equal(n, 4);
  assert_int_equal(nsk_socket_recv(&a, buf, 3, 0, &n, &error), NSK_DONE);
  assert_memory_equal(buf, "kep", 3);
  assert_int_equal(nsk_socket_recv(&a, buf, 16, 0, &n, &error), NSK_DONE);
  assert_int_equal(n, 1);
  assert_memory_equal(buf, "t", 1);
  assert_null(a.side);
  assert_int_equal(nsk_socket_recv(&a, buf, 16, 0, &n, &error), NSK_DONE);
  assert_memory_equal(buf, "new", 3);
  assert_int_equal(nsk_socket_recv(&a, buf, 16, 0, &n, &error), NSK_AGAIN);
  close_pair(&a, &b);
}

static void test_kept_bytes_make_readable(void **state) {
  (void)state;
  nsk_socket a, b;
  nsk_error error;
  open_pair(&a, &b, SOCK_STREAM);
  assert_int_equal(nsk_socket_wait(&a, NSK_READ, 0, NULL, &error), NSK_TIMEOUT);
  keep(&a, "x");
  assert_int_equal(nsk_socket_wait(&a, NSK_READ, NSK_NEVER, NULL, &error), NSK_DONE);
  assert_int_equal(nsk_socket_wait(&a, NSK_READ_URGENT, NSK_NEVER, NULL, &error),
                   NSK_DONE);
  char buf[4];
  size_t n;
  assert_int_equal(nsk_socket_recv(&a, buf, 4, 0, &n, &error), NSK_DONE);
  assert_int_equal(nsk_socket_wait(&a, NSK_READ, 0, NULL, &error), NSK_TIMEOUT);
  close_pair(&a, &b);
}

/* A packet is received whole or cut, never in two parts. */
static void test_kept_packets(void **state) {
  (void)state;
  nsk_socket a, b;
  nsk_error error;
  nsk_addr from = {.length = 77};
  char buf[16];
  size_t n;
  open_pair(&a, &b, SOCK_DGRAM);
  keep(&a, "second");
  keep(&a, "first");
  assert_int_equal(nsk_socket_recvfrom(&a, buf, 2, 0, &n, &from, &error), NSK_DONE);
  assert_int_equal(n, 2);
  assert_memory_equal(buf, "fi", 2);
  assert_int_equal(from.length, 0); /* the sender of the buffer, who has no name */
  assert_int_equal(nsk_socket_recv(&a, buf, 16, 0, &n, &error), NSK_DONE);
  assert_int_equal(n, 6);
  assert_memory_equal(buf, "second", 6);
  keep(&a, ""); /* an empty packet is data */
  n = 9;
  assert_int_equal(nsk_socket_recv(&a, buf, 16, 0, &n, &error), NSK_DONE);
  assert_int_equal(n, 0);
  assert_int_equal(nsk_socket_recv(&a, buf, 16, 0, &n, &error), NSK_AGAIN);
  close_pair(&a, &b);
}

/* A buffer that another sender's packet was in before. */
static void test_no_sender_of_before(void **state) {
  (void)state;
  nsk_socket a, b;
  nsk_error error;
  nsk_buffer *buffer = NULL;
  nsk_addr from = {.length = 77};
  char byte;
  size_t n;
  open_pair(&a, &b, SOCK_DGRAM);
  assert_true(nsk_buffer_reserve(&buffer, 1));
  nski_addr_any(&buffer->from, AF_INET, false, 1);
  buffer->data[0] = 'x';
  nsk_socket_put_back(&a, buffer, 1, NULL);
  assert_int_equal(nsk_socket_recvfrom(&a, &byte, 1, 0, &n, &from, &error), NSK_DONE);
  assert_int_equal(from.length, 0);
  close_pair(&a, &b);
}

/* As long as no receive has taken of it, and it is the first. */
static void test_taken_back(void **state) {
  (void)state;
  nsk_socket a, b;
  nsk_error error;
  nsk_buffer *buffer = NULL;
  char byte;
  size_t n;
  open_pair(&a, &b, SOCK_STREAM);
  assert_true(nsk_buffer_reserve(&buffer, 2));
  memcpy(buffer->data, "xy", 2);
  assert_null(nsk_socket_take_back(&a, buffer, 2));
  nsk_socket_put_back(&a, buffer, 2, NULL);
  assert_ptr_equal(nsk_socket_take_back(&a, buffer, 2), buffer);
  assert_int_equal(nsk_socket_pending(&a), 0);
  assert_false(nsk_socket_has_pending(&a));
  nsk_socket_put_back(&a, buffer, 2, NULL); /* it has all that this needs again */
  keep(&a, "z");
  assert_null(nsk_socket_take_back(&a, buffer, 2));
  assert_int_equal(nsk_socket_recv(&a, &byte, 1, 0, &n, &error), NSK_DONE);
  assert_int_equal(nsk_socket_recv(&a, &byte, 1, 0, &n, &error), NSK_DONE);
  assert_int_equal(byte, 'x');
  assert_null(nsk_socket_take_back(&a, buffer, 2));
  assert_null(nsk_socket_take_back(&a, buffer, 1));
  assert_int_equal(nsk_socket_pending(&a), 1);
  close_pair(&a, &b);
}

/* Until a read holds the socket, other receives may take what it has looked at. */
static void test_mark_in_what_came_later(void **state) {
  nsk_socket a, b;
  nsk_error error;
  nsk_interest interest;
  char buf[16];
  size_t n;
  (void)state;
  for (int hold = 0; hold <= 1; hold++) {
    nsk_read read = {.kind = NSK_READ_UNTIL,
                     .name = "readuntil",
                     .reader = {NSK_READER_LIMIT, NSK_READER_SIZE},
                     .mark = "XY",
                     .mark_length = 2,
                     .deadline = NSK_NO_DEADLINE};
    open_pair(&a, &b, SOCK_STREAM);
    assert_int_equal(nsk_socket_send(&b, "before", 6, 0, &n, &error), NSK_DONE);
    assert_int_equal(nsk_read_step(&read, &a, NULL, &interest, &error), NSK_AGAIN);
    assert_int_equal(nsk_socket_recv(&a, buf, sizeof buf, 0, &n, &error), NSK_DONE);
    assert_int_equal(n, 6);
    assert_int_equal(nsk_socket_send(&b, "XY, behind", 10, 0, &n, &error), NSK_DONE);
    nsk_read_ready(&a);
    if (hold) assert_int_equal(nsk_read_hold(&read, &a, &error), NSK_DONE);
    assert_int_equal(nsk_read_step(&read, &a, NULL, &interest, &error), NSK_DONE);
    assert_int_equal(read.done, 2);
    nsk_read_end(&read, &a, NULL, true);
    assert_int_equal(nsk_socket_pending(&a), 8);
    close_pair(&a, &b);
  }
}

static void test_closing_frees_what_is_kept(void **state) {
  (void)state;
  nsk_socket a, b;
  nsk_error error;
  char buf[4];
  size_t n;
  int fd;
  open_pair(&a, &b, SOCK_STREAM);
  keep(&a, "one");
  keep(&b, "two");
  assert_int_equal(nsk_socket_close(&a, &error), NSK_DONE);
  assert_null(a.side);
  nsk_outcome outcome = nsk_socket_recv(&a, buf, sizeof buf, 0, &n, &error);
  assert_failed(outcome, &error, NSK_ERRNO, EBADF, "recv");
  /* They would be lost to who has the descriptor then. */
  outcome = nsk_socket_release(&b, &fd, &error);
  assert_failed(outcome, &error, NSK_ERRNO, EBUSY, "unwrap");
  assert_int_equal(nsk_socket_recv(&b, buf, sizeof buf, 0, &n, &error), NSK_DONE);
  assert_null(b.side);
  assert_int_equal(nsk_socket_release(&b, &fd, &error), NSK_DONE);
  assert_int_equal(nsk_fd_close(fd, &error), NSK_DONE);
}

/* A thread receives on a copy while another's send meets the reset: what has come is no
   whole, and the error comes with it and once more after it. */
static void test_reset_beside_a_transfer(void **state) {
  (void)state;
  nsk_socket a, b;
  nsk_error error;
  nsk_transfer op;
  nsk_interest interest;
  char buf[8];
  size_t n;
  open_pair(&a, &b, SOCK_STREAM);
  assert_int_equal(nsk_socket_send(&b, "part", 4, 0, &n, &error), NSK_DONE);
  assert_int_equal(nsk_socket_close(&b, &error), NSK_DONE);
  assert_int_equal(
      nsk_transfer_receive(&op, &a, NSK_RECEIVE_ALL, 8, NSK_NO_DEADLINE, &error),
      NSK_DONE);
  nsk_socket copy = a;
  nsk_outcome outcome = nsk_transfer_step(&op, &copy, &interest, &error);
  assert_int_equal(outcome, NSK_DONE);
  a.error = ECONNRESET; /* as a send notes it */
  outcome = nsk_transfer_noted(&op, &a, outcome, &error);
  assert_failed(outcome, &error, NSK_ERRNO, ECONNRESET, "recv");
  nsk_transfer_end(&op, &a, false);
  assert_int_equal(nsk_socket_recv(&a, buf, sizeof buf, 0, &n, &error), NSK_DONE);
  assert_memory_equal(buf, "part", 4);
  outcome = nsk_socket_recv(&a, buf, sizeof buf, 0, &n, &error);
  assert_failed(outcome, &error, NSK_ERRNO, ECONNRESET, "recv");
  assert_int_equal(nsk_socket_recv(&a, buf, sizeof buf, 0, &n, &error), NSK_END);
  assert_int_equal(nsk_socket_close(&a, &error), NSK_DONE);
}

static void test_receive_size(void **state) {
  (void)state;
  static const int64_t bad[] = {0, -1, INT64_MIN};
  size_t size = 7;
  nsk_error error;
  for (size_t i = 0; i < COUNT(bad); i++) {
    nsk_outcome outcome = nsk_receive_size(bad[i], "recv", &size, &error);
    assert_failed(outcome, &error, NSK_ARGUMENT, EINVAL, "recv");
  }
  assert_string_equal(line_of(&error), "recv bufsize: EINVAL (22) must be at least 1");
  assert_int_equal(size, 7);
  assert_int_equal(nsk_receive_size(4096, "recv", &size, &error), NSK_DONE);
  assert_int_equal(size, 4096);
}

static nsk_outcome begin(nsk_transfer *op, nsk_socket *s, size_t n, nsk_error *error) {
  return nsk_transfer_receive(op, s, NSK_RECEIVE_ALL, n, NSK_NO_DEADLINE, error);
}

/* Two that were kept, of which one has been begun, are one for who receives all. */
static void test_parts_are_joined(void **state) {
  (void)state;
  nsk_socket a, b;
  nsk_error error;
  nsk_transfer op;
  nsk_interest interest;
  char byte;
  size_t n;
  open_pair(&a, &b, SOCK_STREAM);
  keep(&a, "xcd");
  assert_int_equal(nsk_socket_recv(&a, &byte, 1, 0, &n, &error), NSK_DONE);
  keep(&a, "ab");
  assert_int_equal(begin(&op, &a, 4, &error), NSK_DONE);
  assert_int_equal(nsk_transfer_step(&op, &a, &interest, &error), NSK_DONE);
  assert_memory_equal(nsk_transfer_bytes(&op), "abcd", 4);
  nsk_transfer_end(&op, &a, true);
  close_pair(&a, &b);
}

static void test_one_receive_at_a_time(void **state) {
  (void)state;
  nsk_socket a, b;
  nsk_error error;
  nsk_transfer first, second;
  open_pair(&a, &b, SOCK_STREAM);
  assert_int_equal(begin(&first, &a, 4, &error), NSK_DONE);
  assert_failed(begin(&second, &a, 4, &error), &error, NSK_ERRNO, EBUSY, "recv");
  nsk_transfer_end(&second, &a, false);
  nsk_transfer_end(&first, &a, false);
  assert_int_equal(begin(&second, &a, 4, &error), NSK_DONE);
  nsk_transfer_end(&second, &a, false);
  close_pair(&a, &b);
}

/* Only what ends a connection is told to who receives. */
static void test_errors_that_are_noted(void **state) {
  (void)state;
  nsk_socket a, b;
  nsk_error error;
  char byte;
  size_t n;
  open_pair(&a, &b, SOCK_STREAM);
  nski_note_error(&a, ENOBUFS);
  assert_int_equal(a.error, 0);
  nski_note_error(&a, ECONNRESET);
  assert_int_equal(a.error, ECONNRESET);
  a.error = 0;
  assert_int_equal(nsk_socket_recv(&a, &byte, 1, 0, &n, &error), NSK_AGAIN);
  close_pair(&a, &b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_reserve),
      cmocka_unit_test(test_kept_bytes_come_first),
      cmocka_unit_test(test_kept_bytes_make_readable),
      cmocka_unit_test(test_kept_packets),
      cmocka_unit_test(test_no_sender_of_before),
      cmocka_unit_test(test_taken_back),
      cmocka_unit_test(test_mark_in_what_came_later),
      cmocka_unit_test(test_closing_frees_what_is_kept),
      cmocka_unit_test(test_reset_beside_a_transfer),
      cmocka_unit_test(test_receive_size),
      cmocka_unit_test(test_parts_are_joined),
      cmocka_unit_test(test_one_receive_at_a_time),
      cmocka_unit_test(test_errors_that_are_noted),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
