/* Many packets where the system takes one a call, whichever way this build has. */
#define nski_send_packets each_send
#define nski_receive_packets each_receive
#include "message/packets_each.c"

#include "check.h"

enum { PACKETS = 5, ROOM = 8 };

static nski_header header[PACKETS];
static struct iovec piece[PACKETS];
static char room[PACKETS][ROOM];

static void give_room(size_t length) {
  memset(header, 0, sizeof header);
  for (size_t i = 0; i < PACKETS; i++) {
    piece[i] = (struct iovec){room[i], length};
    header[i].msg_hdr.msg_iov = &piece[i];
    header[i].msg_hdr.msg_iovlen = 1;
  }
}

static void test_all_of_them(void **state) {
  (void)state;
  int fd[2];
  assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd), 0);
  give_room(0);
  for (size_t i = 0; i < PACKETS; i++) {
    memset(room[i], 'a' + (int)i, ROOM);
    piece[i].iov_len = i + 1;
  }
  assert_int_equal(each_send(fd[0], header, 0, 0), 0);
  assert_int_equal(each_send(fd[0], header, 3, 0), 3);
  assert_int_equal(each_send(fd[0], header + 3, 2, 0), 2);
  assert_int_equal(header[4].msg_len, 5);

  /* The socket blocks: no receive waits once there is a packet. */
  give_room(ROOM);
  memset(room, 0, sizeof room);
  assert_int_equal(each_receive(fd[1], header, 2, 0), 2);
  assert_int_equal(each_receive(fd[1], header + 2, 3, 0), 3);
  for (size_t i = 0; i < PACKETS; i++) {
    assert_int_equal(header[i].msg_len, i + 1);
    assert_int_equal(room[i][i], 'a' + (int)i);
  }
  assert_int_equal(each_receive(fd[1], header, PACKETS, MSG_DONTWAIT), -1);
  assert_int_equal(errno, EAGAIN);
  close(fd[0]);
  close(fd[1]);
}

/* Those before the one that is refused count; the next call says why. */
static void test_one_is_refused(void **state) {
  (void)state;
  static char huge[1 << 20];
  int fd[2];
  assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd), 0);
  give_room(2);
  piece[2] = (struct iovec){huge, sizeof huge};
  assert_int_equal(each_send(fd[0], header, PACKETS, MSG_DONTWAIT), 2);
  assert_int_equal(each_send(fd[0], header + 2, PACKETS - 2, MSG_DONTWAIT), -1);
  assert_int_equal(errno, EMSGSIZE);
  give_room(ROOM);
  assert_int_equal(each_receive(fd[1], header, PACKETS, 0), 2);
  close(fd[0]);
  close(fd[1]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_all_of_them),
      cmocka_unit_test(test_one_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
