/* Who closes a descriptor that a message carries: what was received is the library's
   until it is taken, what was pushed stays the program's. */
#include "kernel.h"

#include <fcntl.h>

static bool is_open(int fd) {
  return fcntl(fd, F_GETFD) >= 0;
}

static int some_descriptor(void) {
  int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  assert_true(fd >= 0);
  return fd;
}

static void push_rights(nsk_control *control, int fd) {
  nsk_cmsg cmsg;
  nsk_error error;
  const int64_t number = fd;
  assert_int_equal(nsk_cmsg_make_rights(&cmsg, &number, 1, &error), NSK_DONE);
  assert_int_equal(nsk_control_push(control, &cmsg, &error), NSK_DONE);
  nsk_cmsg_free(&cmsg);
}

static void push_bytes(nsk_control *control, size_t length) {
  static const unsigned char bytes[256];
  nsk_cmsg cmsg;
  nsk_error error;
  assert_true(length <= sizeof bytes);
  assert_int_equal(nsk_cmsg_make(&cmsg, 7, 7, bytes, length, &error), NSK_DONE);
  assert_int_equal(nsk_control_push(control, &cmsg, &error), NSK_DONE);
  nsk_cmsg_free(&cmsg);
}

/* As if recvmsg(2) had filled it with what was pushed. */
static void make_received(nsk_control *control) {
  nski_control_received(control, control->end);
}

static nsk_cmsg shifted(nsk_control *control) {
  nsk_cmsg cmsg;
  nsk_error error;
  assert_int_equal(nsk_control_shift(control, &cmsg, &error), NSK_DONE);
  return cmsg;
}

static void test_what_was_pushed_stays_open(void **state) {
  (void)state;
  nsk_control control;
  int fd = some_descriptor();
  nsk_control_init(&control);
  push_rights(&control, fd);
  nsk_cmsg cmsg = shifted(&control);
  assert_false(cmsg.owned);
  nsk_cmsg_free(&cmsg);
  push_rights(&control, fd);
  nsk_control_free(&control);
  assert_true(is_open(fd));
  close(fd);
}

static void test_what_was_received_is_closed(void **state) {
  (void)state;
  nsk_control control;
  int first = some_descriptor(), second = some_descriptor();
  nsk_control_init(&control);
  push_rights(&control, first);
  push_rights(&control, second);
  make_received(&control);
  nsk_cmsg cmsg = shifted(&control);
  assert_true(cmsg.owned);
  nsk_cmsg_free(&cmsg);
  assert_false(is_open(first));
  assert_true(is_open(second));
  nsk_control_free(&control);
  assert_false(is_open(second));
}

static void test_what_was_taken_stays_open(void **state) {
  (void)state;
  nsk_control control;
  int fd = some_descriptor();
  nsk_control_init(&control);
  push_rights(&control, fd);
  make_received(&control);
  nsk_cmsg cmsg = shifted(&control);
  assert_int_equal(nsk_cmsg_fd(&cmsg, 0), fd);
  nsk_cmsg_take(&cmsg);
  nsk_cmsg_free(&cmsg);
  nsk_control_free(&control);
  assert_true(is_open(fd));
  close(fd);
}

/* What is pushed takes the place of what was received and shifted. */
static void test_pushed_where_a_received_one_was(void **state) {
  (void)state;
  nsk_control control;
  int fd = some_descriptor();
  nsk_control_init(&control);
  push_bytes(&control, 200);
  push_bytes(&control, 8);
  make_received(&control);
  nsk_cmsg cmsg = shifted(&control);
  nsk_cmsg_free(&cmsg);
  push_rights(&control, fd);
  assert_int_equal(control.start, 0);
  cmsg = shifted(&control);
  assert_int_equal(cmsg.length, 8);
  nsk_cmsg_free(&cmsg);
  nsk_control_free(&control);
  assert_true(is_open(fd));
  close(fd);
}

/* A message whose result could not be made: the descriptors go, its bytes stay. */
static void test_a_parcel_that_is_not_delivered(void **state) {
  (void)state;
  nsk_socket a, b;
  nsk_error error;
  char buf[8];
  size_t n;
  int fd = some_descriptor();
  const int64_t fds[] = {fd, fd};
  nsk_socket_init(&a);
  nsk_socket_init(&b);
  assert_int_equal(nsk_socket_pair(&a, &b, SOCK_STREAM, 0, true, &error), NSK_DONE);
  assert_int_equal(nsk_socket_sendfds(&b, fds, 2, "text", 4, NULL, 0, &n, &error),
                   NSK_DONE);
  nsk_parcel *parcel = nsk_parcel_new(sizeof buf);
  assert_non_null(parcel);
  assert_int_equal(nsk_socket_recvfds(&a, parcel, 0, &error), NSK_DONE);
  assert_int_equal(parcel->count, 2);
  const int received[] = {parcel->fds[0], parcel->fds[1]};
  nsk_parcel_end(&a, parcel, false);
  assert_false(is_open(received[0]) || is_open(received[1]));
  assert_int_equal(nsk_socket_recv(&a, buf, sizeof buf, 0, &n, &error), NSK_DONE);
  assert_int_equal(n, 4);
  assert_memory_equal(buf, "text", 4);
  close_socket(&a);
  close_socket(&b);
  close(fd);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      leaving_nothing(test_what_was_pushed_stays_open),
      leaving_nothing(test_what_was_received_is_closed),
      leaving_nothing(test_what_was_taken_stays_open),
      leaving_nothing(test_pushed_where_a_received_one_was),
      leaving_nothing(test_a_parcel_that_is_not_delivered),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
